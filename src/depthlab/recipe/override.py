"""One override of a command line, `key=value`, as text; `ParsedOverride` is what Hydra's grammar makes of it."""

from collections.abc import Container, Iterable, KeysView, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self, final


@final
@dataclass(frozen=True)
class Override:
    """What `+model.hidden=64` sets: the key model.hidden to the text 64, with the prefix +.

    Nothing is checked: a word without an equals sign has the value None.
    """

    key: str
    value: str | None
    prefix: str = ""  # "", +, ++ or ~, as Hydra knows them

    @classmethod
    def parse(cls, word: str) -> Self:
        """Take a word apart; `str` of the result is the word again."""
        left, equals, value = word.partition("=")
        key = left.lstrip("+~")
        return cls(key, value if equals else None, left[: len(left) - len(key)])

    @property
    def group(self) -> str:
        """The first part of the key: model of `model.hidden=64`."""
        return self.key.partition(".")[0]

    @property
    def plain(self) -> str:
        """The override without its prefix."""
        return str(replace(self, prefix=""))

    def __str__(self) -> str:
        return f"{self.prefix}{self.key}" + ("" if self.value is None else f"={self.value}")


def override_keys(words: Iterable[str]) -> KeysView[str]:
    """Return the keys that the words set, in their order, each once."""
    return {Override.parse(word).key: None for word in words}.keys()


def override_values(words: Iterable[str]) -> dict[str, str]:
    """Return key -> text; of several words for a key the last one counts, and one without a value is left out."""
    parsed = map(Override.parse, words)
    return {one.key: one.value for one in parsed if one.value is not None}


def without_keys(words: Iterable[str], keys: Container[str]) -> list[str]:
    """Return the words that set none of the keys."""
    return [word for word in words if Override.parse(word).key not in keys]


def override_words(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the words that set these keys."""
    return tuple(f"{key}={value}" for key, value in values.items())
