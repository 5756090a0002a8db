"""The door that `train.py` opens: Hydra's command line, with our words for what goes wrong."""

import argparse
import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

import hydra
from hydra.errors import HydraException
from omegaconf import DictConfig
from omegaconf.errors import OmegaConfBaseException

from depthlab.command_line.errors import errors_in_one_line
from depthlab.command_line.flags import read_flags
from depthlab.command_line.json_line import json_if_asked
from depthlab.invocation import called, command
from depthlab.recipe import CONF, Recipe, check_single_run, checked_overrides, from_hydra, one_line, sweep_words

SCRIPT = "python train.py"


def main(task: Callable[[Recipe], Any]) -> None:
    """Read the command line with Hydra, check all of it, and run `task` on the recipe; -m begins a sweep instead.

    What was typed is checked before anything heavy is imported. A sweep checks each of its combinations by itself.
    """

    def run_task(cfg: DictConfig) -> None:
        # Hydra would print about an error of the task, then raise it again: end here
        with _environment("HYDRA_FULL_ERROR", asked), errors_in_one_line():
            task(from_hydra(cfg))

    asked = os.environ.get("HYDRA_FULL_ERROR")
    with json_if_asked(), errors_in_one_line():
        flags, words = read_flags(sys.argv[1:])
        sys.argv[1:] = _checked(flags, words)
        with (
            _own_name(),
            _environment("HYDRA_FULL_ERROR", "1"),
        ):  # else Hydra prints its errors itself, and exits with 1
            try:
                hydra.main(config_path=str(CONF), config_name="train", version_base="1.3")(run_task)()
            except (HydraException, OmegaConfBaseException) as error:
                raise ValueError(one_line(error)) from error


def _checked(flags: argparse.Namespace, words: list[str]) -> list[str]:
    """Check what was typed, and return the words that Hydra is to read."""
    if flags.config_name or flags.config_path or flags.experimental_rerun or flags.shell_completion:
        return words  # another configuration than ours, or words that are still being typed
    folders = [] if flags.config_dir is None else [f"hydra.searchpath=[file://{Path(flags.config_dir).absolute()}]"]
    typed = [*flags.overrides, *folders]
    rest = words[: len(words) - len(flags.overrides)]
    if flags.help or flags.hydra_help or flags.cfg or flags.info:
        checked: Sequence[str] = checked_overrides(typed)
    elif flags.multirun:
        return [*rest, *sweep_words(typed)]  # the sweep has to be told of the folders, too
    else:
        checked = check_single_run(typed).overrides
    return [*rest, *(override for override in checked if override not in folders)]


@contextmanager
def _own_name() -> Iterator[None]:
    """Let the help, which is written for `python train.py`, name the command, or say how that is typed here."""
    here = command("train")
    if here == SCRIPT or not {"--help", "-h"} & set(sys.argv):
        yield
        return
    text = io.StringIO()
    try:
        with redirect_stdout(text):
            yield
    finally:  # Hydra exits after its help
        if called()[0] == "depthlab":
            print(text.getvalue().replace(SCRIPT, "depthlab train"), end="")
        else:  # its path may be long, so that it is told once
            print(f"{text.getvalue().rstrip()}\n\nIn this shell, {SCRIPT} is typed as:\n\n  {here}")


@contextmanager
def _environment(name: str, value: str | None) -> Iterator[None]:
    """Set a variable of the environment, or take it away, and put it back afterwards."""
    before = os.environ.get(name)
    _set(name, value)
    try:
        yield
    finally:
        _set(name, before)


def _set(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value
