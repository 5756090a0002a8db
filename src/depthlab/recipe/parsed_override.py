"""Overrides as Hydra's grammar reads them: each must be `key=value`."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import final

from hydra.core.override_parser import types
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException

from depthlab.recipe import conf
from depthlab.recipe.key_rules import KEY_RULES
from depthlab.recipe.nearest import nearest
from depthlab.recipe.override import Override
from depthlab.recipe.recipe import GROUPS
from depthlab.recipe.wording import listed


@final
@dataclass(frozen=True)
class ParsedOverride:
    """One override, such as `depth=56`, as it was typed and as Hydra's grammar reads it."""

    text: str
    parsed: types.Override

    @property
    def key(self) -> str:
        return str(self.parsed.key_or_group)

    @property
    def plain(self) -> str:
        """Return the override without + and ~."""
        return Override.parse(self.text).plain

    @property
    def value(self) -> str:
        """Return what stands right of the equals sign."""
        return Override.parse(self.text).value or ""

    @property
    def is_add(self) -> bool:
        return bool(self.parsed.is_add() or self.parsed.is_force_add())

    @property
    def is_delete(self) -> bool:
        return bool(self.parsed.is_delete())

    @property
    def is_sweep(self) -> bool:
        return bool(self.parsed.is_sweep_override())

    @property
    def is_hydra(self) -> bool:
        return bool(self.parsed.is_hydra_override())

    @property
    def is_choice(self) -> bool:
        """Tell whether it chooses an option of a group, or adds a folder where options are found."""
        return self.key in GROUPS or self.key == "hydra.searchpath"

    @property
    def sets_value(self) -> bool:
        """Tell whether it sets a key of ours."""
        return not (self.is_choice or self.is_hydra)


def parse_overrides(texts: Sequence[str]) -> list[ParsedOverride]:
    """Parse what was typed, without what does no harm; see `tidy`. Needs an opened conf.

    Raises:
        ValueError: for a text that is not key=value.
    """
    return tidy([parse_override(text) for text in texts])


@lru_cache(maxsize=4096)
def parse_override(text: str) -> ParsedOverride:
    """Parse one text; see `parse_overrides`."""
    if "=" not in text and not text.startswith("~"):
        raise ValueError(_no_equals_sign(text))
    try:
        override = ParsedOverride(text, OverridesParser.create(conf.loader()).parse_overrides([text])[0])
    except HydraException as error:
        raise ValueError(_unreadable(text)) from error
    if not override.key:
        raise ValueError(_no_key(text))
    return override


def tidy(overrides: Sequence[ParsedOverride]) -> list[ParsedOverride]:
    """Drop the + of keys that exist, which changes nothing, and overrides that are typed again later.

    Only a model takes keys that it does not have yet, from a person's own constructor: such a + stays.
    """
    plain = [_without_plus(one, overrides) if one.is_add and not one.is_hydra else one for one in overrides]
    last = {one.text: index for index, one in enumerate(plain)}
    return [one for index, one in enumerate(plain) if last[one.text] == index]


def choices_of(overrides: Sequence[ParsedOverride]) -> tuple[str, ...]:
    """Return the overrides that choose options."""
    return tuple(one.text for one in overrides if one.is_choice)


def known_keys() -> list[str]:
    """Return all that can stand left of an equals sign, with the default choices. Needs an opened conf."""
    return [*conf.known().keys, *GROUPS]


def example_of(key: str) -> str:
    """Return an override to type for the key."""
    return f"{key}={KEY_RULES[key][1] if key in KEY_RULES else '...'}"


def _without_plus(override: ParsedOverride, overrides: Sequence[ParsedOverride]) -> ParsedOverride:
    if override.key.startswith("model.") and not any(override.key in keys for keys in _model_keys(overrides)):
        return override
    return parse_override(override.plain)


def _model_keys(overrides: Sequence[ParsedOverride]) -> list[dict[str, object]]:
    """Return the keys of each model that is chosen, or of the default one."""
    searchpath = tuple(one.text for one in overrides if one.key == "hydra.searchpath")
    models: list[str] = []
    for one in overrides:
        if one.key == "model" and not (one.is_delete or one.parsed.is_interval_sweep()):
            models += one.parsed.sweep_string_iterator() if one.is_sweep else [one.value]
    options = conf.options("model", searchpath)
    choices = [(*searchpath, f"model={model}") for model in models if model in options] or [searchpath]
    return [conf.known(chosen).keys for chosen in choices]


def _no_equals_sign(text: str) -> str:
    meant = [f"{group}={text}" for group in GROUPS if text in conf.options(group)]
    if not meant:
        near = nearest(text, known_keys())
        meant = [example_of(near)] if near else []
    return f"{text!r} is not key=value" + (f"; did you mean {listed(meant)}?" if meant else ", such as depth=56")


def _no_key(text: str) -> str:
    return f"{text!r} has no key: type key=value, such as depth=56"


def _unreadable(text: str) -> str:
    override = Override.parse(text)
    value = override.value or ""
    key = override.key.strip(" :")
    if not key:
        return _no_key(text)
    if any(value.count(left) != value.count(right) for left, right in ("[]", "{}", "()")):
        return f"{text} can't be read: a bracket is not closed; put a list in quotes, such as 'depth=[3,3,3]'"
    if any(value.count(quote) % 2 for quote in "\"'"):
        return f"{text} can't be read: a quotation mark is not closed"
    if value.startswith("="):
        return f"{text} can't be read: type {key}={value.lstrip('=')}, with one equals sign"
    if key != override.key:
        return f"{text} can't be read: type {key}={value.strip()}"
    near = nearest(key, known_keys())
    if "." not in key and near is not None and key not in known_keys():
        return f"there is no key {key}; did you mean {near}?"
    return f"{text} can't be read: quote what has special characters, such as '{key}=\"{value}\"'"
