"""Kinds of values: each rule says in words what it allows, and reads a value or refuses it."""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final


class Refused(Exception):
    """The value breaks the rule. Never leaves this package: who knows the key makes a `ValueError` of it."""


class Rule(ABC):
    """What a key may hold."""

    @property
    @abstractmethod
    def allowed(self) -> str:
        """Say it in words that follow `must be`."""

    @abstractmethod
    def read(self, value: object) -> Any:
        """Return the value in its one form (0.0 for 0 where any number goes), or raise `Refused`."""


@final
@dataclass(frozen=True)
class Whole(Rule):
    """A whole number between two bounds, both included."""

    low: int | None = None
    high: int | None = None

    @property
    def allowed(self) -> str:
        if self.low is None:
            return "a whole number"
        return (
            f"a whole number of {self.low} or more"
            if self.high is None
            else f"a whole number from {self.low} to {self.high}"
        )

    def read(self, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise Refused
        if (self.low is not None and value < self.low) or (self.high is not None and value > self.high):
            raise Refused
        return value


@final
@dataclass(frozen=True)
class Real(Rule):
    """A finite number with bounds: `low` and `high` are included, `above` and `below` are not."""

    low: float | None = None
    high: float | None = None
    above: float | None = None
    below: float | None = None

    @property
    def allowed(self) -> str:
        bounds = {"from": self.low, "above": self.above, "up to": self.high, "to below": self.below}
        words = [f"{word} {bound:g}" for word, bound in bounds.items() if bound is not None]
        if words == [f"from {self.low}"]:
            return f"a number of {self.low} or more"
        return " ".join(["a number", *words])

    def read(self, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise Refused
        inside = (
            (self.low is None or value >= self.low)
            and (self.above is None or value > self.above)
            and (self.high is None or value <= self.high)
            and (self.below is None or value < self.below)
        )
        if not inside:
            raise Refused
        return float(value)


@final
@dataclass(frozen=True)
class Choice(Rule):
    """One of a few words, True and False."""

    options: tuple[str | bool, ...]

    @property
    def allowed(self) -> str:
        return listed([as_typed(option) for option in self.options])

    def read(self, value: object) -> str | bool:
        for option in self.options:
            if type(value) is type(option) and value == option:
                return option
        raise Refused


SWITCH = Choice((True, False))


@final
@dataclass(frozen=True)
class Text(Rule):
    """Any text but the empty one; a number is taken as its digits."""

    @property
    def allowed(self) -> str:
        return "a text"

    def read(self, value: object) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int | float) or not str(value).strip():
            raise Refused
        return str(value)


@final
@dataclass(frozen=True)
class Several(Rule):
    """A list of one or more values of one kind, or of exactly `length`; `rising`: each larger than the one before."""

    item: Rule
    length: int | None = None
    rising: bool = False

    @property
    def allowed(self) -> str:
        size = "" if self.length is None else f"{self.length} "
        return f"a list of {size}{'rising ' if self.rising else ''}values, each {self.item.allowed}"

    def read(self, value: object) -> list[Any]:
        if not isinstance(value, list) or not value or (self.length is not None and len(value) != self.length):
            raise Refused
        items = [self.item.read(item) for item in value]
        if self.rising and sorted(set(items)) != items:
            raise Refused
        return items


@final
@dataclass(frozen=True)
class Either(Rule):
    """What one of several rules allows; the first that takes the value reads it."""

    rules: tuple[Rule, ...]

    @property
    def allowed(self) -> str:
        return ", or ".join(rule.allowed for rule in self.rules)

    def read(self, value: object) -> Any:
        for rule in self.rules:
            try:
                return rule.read(value)
            except Refused:
                continue
        raise Refused


@final
@dataclass(frozen=True)
class OrNull(Rule):
    """Null, or what the rule allows."""

    rule: Rule

    @property
    def allowed(self) -> str:
        return f"{self.rule.allowed}, or null"

    def read(self, value: object) -> Any:
        return None if value is None else self.rule.read(value)


@final
@dataclass(frozen=True)
class Knob(Rule):
    """A number whose off value may also be typed as null, none or false."""

    rule: Rule
    off: int = 0

    @property
    def allowed(self) -> str:
        return f"{self.rule.allowed} ({self.off} is off)"

    def read(self, value: object) -> Any:
        if value is None or value is False or (isinstance(value, str) and value.lower() in ("none", "off")):
            return self.rule.read(self.off)
        return self.rule.read(value)


@final
@dataclass(frozen=True)
class Worded(Rule):
    """A rule that is easier to say in words of its own."""

    rule: Rule
    words: str

    @property
    def allowed(self) -> str:
        return self.words

    def read(self, value: object) -> Any:
        return self.rule.read(value)


@final
@dataclass(frozen=True)
class Anything(Rule):
    """No rule: the key's default is null, so its kind is not known."""

    @property
    def allowed(self) -> str:
        return "anything"

    def read(self, value: object) -> Any:
        if value == "":
            raise Refused
        return value


def rule_like(default: object) -> Rule:
    """Return the rule that a key keeps the kind of its default."""
    if isinstance(default, bool):
        return SWITCH
    if isinstance(default, int):
        return Whole()
    if isinstance(default, float):
        return Real()
    if isinstance(default, str):
        return Text()
    if isinstance(default, list) and default:
        return Several(rule_like(default[0]))
    return Anything()


def listed(words: Sequence[str]) -> str:
    """Join words as a sentence does: a, b or c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def as_typed(value: object) -> str:
    """Write a value as it would be typed on the command line."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, list):
        return "[" + ",".join(as_typed(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{key}:{as_typed(item)}" for key, item in value.items()) + "}"
    return str(value)


def as_given(value: object) -> str:
    """Write a value for a message: as typed, texts in quotation marks."""
    return repr(value) if isinstance(value, str) else as_typed(value)
