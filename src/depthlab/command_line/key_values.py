"""The command line of a small command: `depthlab predict run=ID images=FOLDER`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from depthlab.command_line.errors import errors_in_one_line
from depthlab.command_line.json_line import json_if_asked
from depthlab.invocation import program
from depthlab.recipe import Override, did_you_mean


def run_command(command: Callable[[], Any]) -> None:
    """Run the script's function: a `ValueError` or `OSError` ends in one line and exit code 2."""
    with json_if_asked(), errors_in_one_line():
        command()


def key_values(
    argv: Sequence[str],
    *,
    required: Mapping[str, str],
    optional: Mapping[str, str] | None = None,
    first: str | None = None,
    about: str = "",
) -> dict[str, str]:
    """Return what was typed as key=value.

    `required` and `optional` map each key to what it means. `first` is the one key whose value may be typed alone, as
    `rerun.py RUN_ID`. `--help` prints `about` and the keys, and exits.

    Raises:
        ValueError: for a key that is missing, unknown, without a value or typed with two values.
    """
    known = {**required, **(optional or {})}
    usage = " ".join([program(), *(f"{key}=..." for key in required)])
    if "--help" in argv or "-h" in argv:
        print(_help(about, usage, required, optional or {}))
        raise SystemExit(0)
    values: dict[str, str] = {}
    for word in argv:
        key, value = _split(word, first, known)
        if key not in known:
            near = did_you_mean(key, known) or ";"
            raise ValueError(
                f"there is no key {key}{near} "
                + (f"type {usage}" if required else f"the keys of {usage} are {', '.join(known)}")
            )
        if not value:
            raise ValueError(f"{word} has no value: {key} is {known[key]}")
        if values.get(key, value) != value:
            raise ValueError(f"{key} is typed twice, as {values[key]} and as {value}")
        values[key] = value
    missing = [key for key in required if key not in values]
    if missing:
        raise ValueError(f"{missing[0]}=... is missing, {required[missing[0]]}: type {usage}")
    return values


def _split(word: str, first: str | None, known: Mapping[str, str]) -> tuple[str, str]:
    override = Override.parse(word.lstrip("-"))
    if override.value is not None:
        return override.key, override.value
    if first is not None and not word.startswith("-"):
        return first, word
    raise ValueError(f"{word!r} is not key=value; {_allowed(known)}")


def _allowed(known: Mapping[str, str]) -> str:
    return f"the keys are {', '.join(known)}"


def _help(about: str, usage: str, required: Mapping[str, str], optional: Mapping[str, str]) -> str:
    width = max(map(len, [*required, *optional]), default=0) + 2
    lines = [f"  {key:{width}}{meaning}" for key, meaning in required.items()]
    lines += [f"  {key:{width}}{meaning} (optional)" for key, meaning in optional.items()]
    return "\n".join([*([about.strip(), ""] if about.strip() else []), f"  {usage}", "", *lines])
