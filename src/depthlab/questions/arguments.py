"""The command line of a question's pipeline: the words of a sweep, and keys of the pipeline's own."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import final

from depthlab.recipe import did_you_mean, read_steering, sweep_words

OUTPUT = "output"

# keys of pipelines that choose the value of an axis on validation; see depthlab.questions.degradation.tuning
TUNE_KEYS = {
    "tune": "an axis, such as learning_rate, to choose for each network on validation [none]",
    "tune.values": "the values to choose from, with commas [0.1, 0.3, 1 and 3 times the held one]",
    "tune.seed": "the seed or seeds of the runs that choose, apart from the others [1000]",
}
_WORDS = """\
Any words of a sweep can be typed, and win over the default: values such as depth=20,56 or 'seed=range(5)', one value
for what is held such as data=cifar10 epochs=15, and how trials are computed, such as sweep.cpu=2; python train.py
--help tells them all. The same command again continues, repairs or extends: what finished is not run again.
Exit code 3: trials are missing, and the page says which.
"""


@final
@dataclass(frozen=True)
class Question:
    """What was typed.

    `words` are those of a sweep, the named space first; `own` maps the pipeline's own keys to their values, and
    `output` is the folder of the page.
    """

    words: tuple[str, ...]
    own: dict[str, str]
    output: Path


def ask(
    argv: Sequence[str],
    *,
    sweep: str,
    about: str,
    own: Mapping[str, str] | None = None,
    examples: Sequence[str] = (),
    words_help: str = _WORDS,
) -> Question:
    """Read a pipeline's command line; `--help` prints what can be typed, and exits.

    Everything is checked that can be without composing each trial: that takes torch, and comes with the sweep.

    Args:
        argv: What was typed behind the script's name.
        sweep: The named space (conf/sweep/NAME.yaml) that is asked about where no other is typed; names the report.
        about: The first lines of the help.
        own: The pipeline's own keys, beside `output`, and what each means.
        examples: Words to type, for the help.
        words_help: What the help says of the words of a sweep.

    Raises:
        ValueError: in one line, for what can't be read, does not exist or is typed twice.
    """
    keys = {OUTPUT: f"the folder of the page, its figures and tables [reports/{sweep}]", **(own or {})}
    if "--help" in argv or "-h" in argv:
        print(_help(about, sweep, keys, examples, words_help))
        raise SystemExit(0)
    words, values = _part(argv, keys)
    if not any(word.partition("=")[0] == "sweep" for word in words):
        words.insert(0, f"sweep={sweep}")
    try:
        words = sweep_words(words)
    except ValueError as error:
        raise ValueError(_with_own_keys(str(error), words, keys)) from error
    output = Path(values.pop(OUTPUT, f"reports/{sweep}")).expanduser()
    if output.exists() and not output.is_dir():  # said before anything is trained, not when the page is to be written
        raise ValueError(f"{OUTPUT}={output} is a file: type a folder for the page and its figures")
    return Question(tuple(words), values, output)


def _part(argv: Sequence[str], keys: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Return the words of the sweep, and the values of the pipeline's own keys."""
    words: list[str] = []
    values: dict[str, str] = {}
    for word in argv:
        key, equals, value = word.partition("=")
        if word == "--dry-run":
            words.append("sweep.dry_run=true")
        elif word.startswith("-"):
            raise ValueError(_unknown_flag(word))
        elif key not in keys:
            words.append(word)
        elif not equals or not value:
            raise ValueError(f"{word!r} has no value: {key}=... is {keys[key]}")
        elif key in values:
            raise ValueError(f"{key} is typed twice, as {values[key]} and as {value}")
        else:
            values[key] = value
    return words, values


def _unknown_flag(word: str) -> str:
    if word in ("-m", "--multirun"):
        return f"{word} is not needed here, where every command is a sweep: leave it out"
    name = word.lstrip("-")
    typed = f"; keys are typed without dashes, {name}" if "=" in name else ""
    return f"there is no flag {word}{typed}; the flags are --dry-run and --help"


def _with_own_keys(problem: str, words: Sequence[str], keys: Mapping[str, str]) -> str:
    """Return the message; where a key is unknown, our own keys are among those that may have been meant."""
    for word in words:
        key = word.partition("=")[0]
        if f"no key {key}" in problem or f"{key!r} is not key=value" in problem:
            near = did_you_mean(key, keys)
            listed = f"; beside those of a sweep, python {sys.argv[0]} takes {', '.join(keys)}"
            return f"there is no key {key}{near}" if near else f"{problem}{listed}"
    return problem


def _help(about: str, sweep: str, keys: Mapping[str, str], examples: Sequence[str], words_help: str) -> str:
    script = f"python {sys.argv[0]}"
    params = read_steering([f"sweep={sweep}"])[0]["params"]
    width = max(len(line) for line in (script, *(f"{script} {words}" for words in examples))) + 2
    space = " ".join(f"{key}={value}" for key, value in params.items())
    column = max(map(len, (*keys, "--dry-run"))) + 2
    return "\n".join(
        [
            *([about.strip(), ""] if about.strip() else []),
            f"  {script:{width}}{space}",
            *(f"  {script} {words}" for words in examples),
            "",
            words_help,
            *(f"  {key:{column}}{meaning}" for key, meaning in keys.items()),
            f"  {'--dry-run':{column}}print the trials, their cost and time; start nothing",
        ]
    )
