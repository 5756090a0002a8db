"""Kinds of values: each rule says in words what it allows, and reads a value or refuses it."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, final

from depthlab.recipe.wording import as_typed, listed


@final
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

    def takes(self, value: object) -> bool:
        """Tell whether the rule allows the value."""
        try:
            self.read(value)
        except Refused:
            return False
        return True


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
class OneOf(Rule):
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


SWITCH = OneOf((True, False))


@final
@dataclass(frozen=True)
class Text(Rule):
    """Any text but the empty one; a number is taken as its digits. `folder`: a slash at the end is dropped."""

    folder: bool = False

    @property
    def allowed(self) -> str:
        return "a text"

    def read(self, value: object) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int | float) or not str(value).strip():
            raise Refused
        text = str(value)
        return text.rstrip("/") or "/" if self.folder else text
