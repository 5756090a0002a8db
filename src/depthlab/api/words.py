"""Arguments of Python as words of the command line, so that both are checked by the same rules."""

import shlex
from collections.abc import Iterator, Mapping
from typing import Any


def words_of(typed: tuple[str | Mapping[str, Any], ...], settings: Mapping[str, Any], *, several: bool) -> list[str]:
    """Return the words: those of strings as in a shell, then `key=value` of dictionaries and of keywords.

    Args:
        typed: Strings such as "model=resnet depth=20", and dictionaries such as {"model.shortcut": "A"}.
        settings: Keywords; `dry_run=True` is the flag --dry-run.
        several: Whether a list is several values, as in a sweep; else it is one value, such as depth=[3, 4, 6, 3].
    """
    words: list[str] = []
    for one in typed:
        words += shlex.split(one) if isinstance(one, str) else _words("", one, several)
    rest = dict(settings)
    if rest.pop("dry_run", False):
        words.append("--dry-run")
    return words + list(_words("", rest, several))


def _words(prefix: str, settings: Mapping[str, Any], several: bool) -> Iterator[str]:
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from _words(f"{prefix}{key}.", value, several)
        else:
            yield f"{prefix}{key}={_text(value, several)}"


def _text(value: Any, several: bool) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple | range):
        inner = ",".join(_text(one, False) for one in value)
        return inner if several else f"[{inner}]"
    return str(value)
