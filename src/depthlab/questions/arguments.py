"""The command line of a question: overrides of a sweep, and the question's own options."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, final

from depthlab.command_line.figure_style import FIGURE_KEYS, PAGE_STYLE, FigureStyle, read_figure_style
from depthlab.invocation import command, program
from depthlab.recipe import Override, did_you_mean, override_keys, read_steering, sweep_words

if TYPE_CHECKING:
    from depthlab.sweeps.plan.trial import Trial

OUTPUT, UNTIL = "output", "until"

_NO_RUN = (
    "this question takes no run=, as it compares all runs of a sweep: type its axes, such as seed=0,1,2, which find "
    "runs that are there; lesion, paths, votes, exponent and reuse take run="
)

SWEEP_HELP = """\
Any key of a sweep can be typed, and overrides the default: values such as depth=20,56 or 'seed=range(5)', one value
for what is held such as data=cifar10 epochs=15, and how trials are computed, such as sweep.cpu=2; python train.py
--help lists all of them. The same command again continues, repairs or extends: what finished is not run again.
Exit code 3: trials are missing, and the page says which.
"""


@final
@dataclass(frozen=True)
class Usage:
    """What can be typed behind the name of a command, and how its help puts it."""

    name: str  # of the report's folder
    sweep: str  # the named space (conf/sweep/NAME.yaml) that is asked about where no other is typed
    about: str  # the first lines of the help
    options: Mapping[str, str]  # the question's own keys, beside `output`, and what each means
    examples: Sequence[str]  # words to type, for the help
    sweep_help: str  # what the help says of the overrides of a sweep
    unit: str = "points"  # in which `until=` is typed; "" where it can't be


@final
@dataclass(frozen=True)
class Arguments:
    """What was typed: a sweep's `overrides`, its named space first; the question's own `options`; the page's folder."""

    overrides: tuple[str, ...]
    options: dict[str, str]
    output: Path
    until: float | None = None  # half-width until which seeds are added, in the unit of the question
    wanted: "Callable[[Trial], bool] | None" = field(default=None, compare=False)  # which trials of the grid
    implied: tuple[str, ...] = field(default=(), compare=False)  # overrides that were not typed
    style: FigureStyle = PAGE_STYLE  # of the figures


def read_arguments(argv: Sequence[str], usage: Usage) -> Arguments:
    """Read a question's command line; `--help` prints what can be typed, and exits.

    Everything is checked that can be without composing each trial: that takes torch, and comes with the sweep.

    Raises:
        ValueError: in one line, for what can't be read, does not exist or has two values.
    """
    keys = {
        OUTPUT: f"the folder of the page, its figures and tables [reports/{usage.name}]",
        **usage.options,
        **FIGURE_KEYS,
    }
    if usage.unit:
        keys[UNTIL] = f"add seeds until what the verdict rests on is known to within so many {usage.unit} [none]"
    if "--help" in argv or "-h" in argv:
        print(_help(usage, keys))
        raise SystemExit(0)
    words, options = _part(argv, keys)
    implied = () if "sweep" in override_keys(words) else (f"sweep={usage.sweep}",)
    try:
        words = sweep_words([*implied, *words])
    except ValueError as error:
        raise ValueError(_with_own_keys(str(error), words, keys)) from error
    output = Path(options.pop(OUTPUT, f"reports/{usage.name}")).expanduser()
    if output.exists() and not output.is_dir():  # said before anything is trained, not when the page is to be written
        raise ValueError(f"{OUTPUT}={output} is a file: type a folder for the page and its figures")
    until = read_positive(options, UNTIL, 0.5) if UNTIL in options else None
    style = read_figure_style(options)
    own = {key: value for key, value in options.items() if key not in (UNTIL, *FIGURE_KEYS)}
    return Arguments(tuple(words), own, output, until, implied=implied, style=style)


def read_positive(options: Mapping[str, str], key: str, default: float) -> float:
    """Return a positive number that was typed for an option, or its default. Raises `ValueError`."""
    typed = options.get(key)
    try:
        value = default if typed is None else float(typed)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"{key}={typed} is not a positive number: type one such as {key}={default:g}")
    return value


def _part(argv: Sequence[str], keys: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Return the overrides of the sweep, and the values of the question's own options."""
    words: list[str] = []
    values: dict[str, str] = {}
    for word in argv:
        option = Override.parse(word)
        if word in ("-m", "--multirun"):
            continue  # every command of a question is a sweep
        if word == "--dry-run":
            words.append("sweep.dry_run=true")
        elif option.key == "run" and "run" not in keys:
            raise ValueError(f"{word}: {_NO_RUN}")
        elif word.startswith("-"):
            raise ValueError(_unknown_flag(word))
        elif option.key not in keys or option.prefix == "~":
            words.append(word)
        elif not option.value:
            raise ValueError(f"{word!r} has no value: {option.key}=... is {keys[option.key]}")
        elif values.get(option.key, option.value) != option.value:
            raise ValueError(f"{option.key} is typed twice, as {values[option.key]} and as {option.value}")
        else:
            values[option.key] = option.value
    return words, values


def _unknown_flag(word: str) -> str:
    name = word.lstrip("-")
    typed = f"; keys are typed without dashes, {name}" if "=" in name else ""
    return f"there is no flag {word}{typed}; the flags are --dry-run and --help"


def _with_own_keys(problem: str, words: Sequence[str], keys: Mapping[str, str]) -> str:
    """Return the message; where a key is unknown, our own keys are among those that may have been meant."""
    for key in override_keys(words):
        if f"no key {key}" in problem or f"{key!r} is not key=value" in problem:
            near = did_you_mean(key, keys)
            listed = f"; beside those of a sweep, {program()} takes {', '.join(keys)}"
            return f"there is no key {key}{near}" if near else f"{problem}{listed}"
    return problem


def _help(usage: Usage, keys: Mapping[str, str]) -> str:
    script = program()
    params = read_steering([f"sweep={usage.sweep}"])[0]["params"]
    width = max(len(line) for line in (script, *(f"{script} {words}" for words in usage.examples))) + 2
    space = " ".join(f"{key}={value}" for key, value in params.items())
    column = max(map(len, (*keys, "--dry-run"))) + 2
    return "\n".join(
        [
            *([usage.about.strip(), ""] if usage.about.strip() else []),
            f"  {script:{width}}{space}",
            *(f"  {script} {words}" for words in usage.examples),
            "",
            usage.sweep_help.replace("python train.py", command("train")),
            *(f"  {key:{column}}{meaning}" for key, meaning in keys.items()),
            f"  {'--dry-run':{column}}print the trials, their cost and time; start nothing",
        ]
    )
