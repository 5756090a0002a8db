"""Kinds of values: a rule says in words what it allows, and reads a value in its one form or refuses it."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, final

from depthlab.recipe.wording import as_typed, listed

_OFF = ("none", "off")


@final
class Refused(Exception):
    """The value breaks the rule. Never leaves this package: who knows the key makes a `ValueError` of it."""


@final
@dataclass(frozen=True)
class Rule:
    """What a key may hold: `allowed` in words that follow `must be`."""

    allowed: str
    read: Callable[[Any], Any]  # returns the value in its one form (0.0 for 0 where any number goes), or raises Refused
    names: tuple[str, ...] = ()  # that it allows, of which a mistyped one may mean one

    def takes(self, value: object) -> bool:
        """Tell whether the rule allows the value."""
        try:
            self.read(value)
        except Refused:
            return False
        return True


def whole(low: int | None = None, high: int | None = None) -> Rule:
    """Allow a whole number between two bounds, both included."""
    bounds = "" if low is None else f" of {low} or more" if high is None else f" from {low} to {high}"

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise Refused
        if (low is not None and value < low) or (high is not None and value > high):
            raise Refused
        return value

    return Rule(f"a whole number{bounds}", read)


def real(
    low: float | None = None, high: float | None = None, above: float | None = None, below: float | None = None
) -> Rule:
    """Allow a finite number with bounds: `low` and `high` are included, `above` and `below` are not."""
    bounds = {"from": low, "above": above, "up to": high, "to below": below}
    words = [f"{word} {bound:g}" for word, bound in bounds.items() if bound is not None]

    def read(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise Refused
        inside = (low is None or value >= low, above is None or value > above)
        if not all((*inside, high is None or value <= high, below is None or value < below)):
            raise Refused
        return float(value)

    least = words == [f"from {low}"]
    return Rule(f"a number of {low} or more" if least else " ".join(["a number", *words]), read)


def one_of(*options: str | bool) -> Rule:
    """Allow a few words, True and False."""

    def read(value: object) -> str | bool:
        for option in options:
            if type(value) is type(option) and value == option:
                return option
        raise Refused

    return Rule(listed([as_typed(option) for option in options]), read)


SWITCH = one_of(True, False)


def text(*, folder: bool = False) -> Rule:
    """Allow any text but the empty one; a number is taken as its digits. `folder`: a slash at the end is dropped."""

    def read(value: object) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int | float) or not str(value).strip():
            raise Refused
        return str(value).rstrip("/") or "/" if folder else str(value)

    return Rule("a text", read)


def list_of(item: Rule, *, length: int | None = None, rising: bool = False) -> Rule:
    """Allow a list of one or more values, or of exactly `length`; `rising`: each larger than the one before."""
    size = "" if length is None else f"{length} "

    def read(value: object) -> list[Any]:
        if not isinstance(value, list) or not value or len(value) != (length or len(value)):
            raise Refused
        items = [item.read(one) for one in value]
        if rising and sorted(set(items)) != items:
            raise Refused
        return items

    return Rule(f"a list of {size}{'rising ' if rising else ''}values, each {item.allowed}", read)


def either(*rules: Rule) -> Rule:
    """Allow what one of several rules allows; the first that takes the value reads it."""

    def read(value: object) -> Any:
        for rule in rules:
            if rule.takes(value):
                return rule.read(value)
        raise Refused

    return Rule(", or ".join(rule.allowed for rule in rules), read)


def or_null(rule: Rule) -> Rule:
    """Allow null too."""
    return replace(
        rule, allowed=f"{rule.allowed}, or null", read=lambda value: None if value is None else rule.read(value)
    )


def name_or_null(*names: str) -> Rule:
    """Allow a few names, and null."""
    return replace(or_null(one_of(*names)), names=names)


def or_off(rule: Rule, off: int = 0) -> Rule:
    """Allow a number whose off value may also be typed as null, none, off or false."""
    return Rule(f"{rule.allowed} ({off} is off)", lambda value: rule.read(off if _is_off(value) else value))


def off_is_null(rule: Rule) -> Rule:
    """Allow null too, which may also be typed as 0, none, off or false."""
    return Rule(
        f"{rule.allowed}, or null (off)", lambda value: None if _is_off(value) or value == 0 else rule.read(value)
    )


def rule_like(default: object) -> Rule:
    """Return the rule that a key keeps the kind of its default; of a null default the kind is not known."""
    if isinstance(default, bool):
        return SWITCH
    if isinstance(default, list) and default:
        return list_of(rule_like(default[0]))
    kinds: dict[type, Rule] = {int: whole(), float: real(), str: text()}
    return kinds.get(type(default), Rule("anything", _not_empty))


def _is_off(value: object) -> bool:
    return value is None or value is False or (isinstance(value, str) and value.lower() in _OFF)


def _not_empty(value: object) -> object:
    if value == "":
        raise Refused
    return value
