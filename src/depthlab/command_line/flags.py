"""The words that begin with a dash: Hydra's flags, checked before Hydra sees them."""

import argparse
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from hydra._internal.utils import get_args_parser

from depthlab.invocation import command
from depthlab.recipe import AXES, GROUPS, Override

_DRY_RUN = "--dry-run"


def read_flags(argv: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Return Hydra's flags, with the other words as `overrides`, and all words in an order that Hydra can read.

    Hydra itself gives up on `depth=56 -m seed=0,1`, where a flag stands between words. Our own flag, --dry-run, is a
    short form of `-m sweep.dry_run=true`.

    Raises:
        ValueError: for a flag that does not exist, or has no such value.
    """
    parser = get_args_parser()
    parser.exit_on_error = False
    parser.allow_abbrev = False
    parser.add_argument(_DRY_RUN, action="store_true")
    try:
        flags, unknown = parser.parse_known_intermixed_args(list(argv))
    except argparse.ArgumentError as error:
        raise ValueError(f"{error}; {command('train')} --hydra-help lists the flags") from error
    if unknown:
        raise ValueError(_unknown_flag(unknown[0], parser))
    if flags.config_dir is not None and not Path(flags.config_dir).is_dir():
        raise ValueError(f"--config-dir {flags.config_dir}: there is no such folder")
    rest = [word for word in argv if word != _DRY_RUN]
    for word in flags.overrides:
        rest.remove(word)
    if flags.dry_run:
        flags.overrides.append("sweep.dry_run=true")
        rest += [] if flags.multirun else ["-m"]
        flags.multirun = True
    return flags, [*rest, *flags.overrides]


def _unknown_flag(word: str, parser: argparse.ArgumentParser) -> str:
    option = Override.parse(word.lstrip("-"))
    key, value = option.key.replace("-", "_"), option.value
    if key in (*AXES, *GROUPS) or "." in key:
        return f"{word}: keys are typed without dashes, {key}={value or '...'}"
    known = [flag for action in parser._actions for flag in action.option_strings]
    near = get_close_matches(Override.parse(word).key, known, n=1) or [
        f"{key}={value or '...'}" for key in get_close_matches(key, (*AXES, *GROUPS), n=1)
    ]
    guess = f"; did you mean {near[0]}?" if near else ";"
    return f"there is no flag {word}{guess} {command('train')} --help tells what can be typed"
