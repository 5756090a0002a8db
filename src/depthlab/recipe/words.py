"""What was typed, word by word: each must be `key=value`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException

from depthlab.recipe import conf
from depthlab.recipe.nearest import nearest
from depthlab.recipe.recipe import GROUPS
from depthlab.recipe.table import TABLE
from depthlab.recipe.wording import listed


@final
@dataclass(frozen=True)
class Typed:
    """One word of the command line, such as `depth=56`, as Hydra's grammar reads it."""

    text: str
    override: Override

    @property
    def key(self) -> str:
        return str(self.override.key_or_group)

    @property
    def plain(self) -> str:
        """Return the word without + and ~."""
        return self.text.lstrip("+~")

    @property
    def value(self) -> str:
        """Return what stands right of the equals sign."""
        return self.text.partition("=")[2]

    @property
    def is_add(self) -> bool:
        return bool(self.override.is_add() or self.override.is_force_add())

    @property
    def is_delete(self) -> bool:
        return bool(self.override.is_delete())

    @property
    def is_sweep(self) -> bool:
        return bool(self.override.is_sweep_override())

    @property
    def is_hydra(self) -> bool:
        return bool(self.override.is_hydra_override())

    @property
    def is_choice(self) -> bool:
        """Tell whether it chooses an option of a group, or adds a folder where options are found."""
        return self.key in GROUPS or self.key == "hydra.searchpath"


def read_words(words: Sequence[str]) -> list[Typed]:
    """Parse the words. Needs an opened conf.

    Raises:
        ValueError: for a word that is not key=value.
    """
    parser = OverridesParser.create(conf.loader())
    return [_read_word(word, parser) for word in words]


def choices_of(typed: Sequence[Typed]) -> tuple[str, ...]:
    """Return the words that choose options."""
    return tuple(word.text for word in typed if word.is_choice)


def known_words() -> list[str]:
    """Return all that can stand left of an equals sign, with the default choices. Needs an opened conf."""
    return [*conf.known().keys, *GROUPS]


def example_of(key: str) -> str:
    """Return a word to type for the key."""
    return f"{key}={TABLE[key][1] if key in TABLE else '...'}"


def _read_word(word: str, parser: OverridesParser) -> Typed:
    if "=" not in word and not word.startswith("~"):
        raise ValueError(_no_equals_sign(word))
    try:
        typed = Typed(word, parser.parse_overrides([word])[0])
    except HydraException as error:
        raise ValueError(_unreadable(word)) from error
    if not typed.key:
        raise ValueError(_no_key(word))
    return typed


def _no_equals_sign(word: str) -> str:
    meant = [f"{group}={word}" for group in GROUPS if word in conf.options(group)]
    if not meant:
        near = nearest(word, known_words())
        meant = [example_of(near)] if near else []
    return f"{word!r} is not key=value" + (f"; did you mean {listed(meant)}?" if meant else ", such as depth=56")


def _no_key(word: str) -> str:
    return f"{word!r} has no key: type key=value, such as depth=56"


def _unreadable(word: str) -> str:
    typed_key, _, value = word.partition("=")
    key = typed_key.strip(" :+~")
    if not key:
        return _no_key(word)
    if any(value.count(left) != value.count(right) for left, right in ("[]", "{}", "()")):
        return f"{word} can't be read: a bracket is not closed; put a list in quotes, such as 'depth=[3,3,3]'"
    if any(value.count(quote) % 2 for quote in "\"'"):
        return f"{word} can't be read: a quotation mark is not closed"
    if value.startswith("="):
        return f"{word} can't be read: type {key}={value.lstrip('=')}, with one equals sign"
    if key != typed_key.lstrip("+~"):
        return f"{word} can't be read: type {key}={value.strip()}"
    near = nearest(key, known_words())
    if "." not in key and near is not None and key not in known_words():
        return f"there is no key {key}; did you mean {near}?"
    return f"{word} can't be read: quote what has special characters, such as '{key}=\"{value}\"'"
