"""Arguments of Python as words of the command line, so that both are checked by the same rules."""

import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol, runtime_checkable

from depthlab.api.errors import UserError


@runtime_checkable
class _Array(Protocol):
    """An array or number of numpy, pandas or torch."""

    def tolist(self) -> Any: ...


def words_of(typed: tuple[Any, ...], settings: Mapping[str, Any], *, several: bool) -> list[str]:
    """Return the words: those of strings as in a shell, then `key=value` of dictionaries and of keywords.

    Args:
        typed: Strings such as "model=resnet depth=20", lists of words, dictionaries such as {"model.shortcut": "A"}.
        settings: Keywords; `dry_run=True` is the flag --dry-run.
        several: Whether a list is several values, as in a sweep; else it is one value, such as depth=[3, 4, 6, 3].

    Raises:
        UserError: something else was passed, or a quote is not closed.
    """
    words: list[str] = []
    for one in typed:
        words += _words("", one, several) if isinstance(one, Mapping) else _split(one)
    rest = dict(settings)
    if rest.pop("dry_run", False):
        words.append("--dry-run")
    return words + list(_words("", rest, several))


def _split(typed: Any) -> list[str]:
    if isinstance(typed, list | tuple) and all(isinstance(word, str) for word in typed):
        return list(typed)  # as a shell has split them
    if not isinstance(typed, str):
        raise UserError(
            f'{typed!r} is none of what can be passed: "model=resnet depth=20", model="resnet", or a dictionary'
        )
    try:
        return shlex.split(typed)
    except ValueError as error:
        raise UserError(f"{typed!r} can't be split into words: {str(error).lower()}") from None


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
    if isinstance(value, _Array):
        return _text(value.tolist(), several)
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        inner = ",".join(_text(one, False) for one in value)
        return inner if several else f"[{inner}]"
    return str(value)
