"""Rules made of rules: lists, alternatives, null, and knobs that can be off."""

from dataclasses import dataclass
from typing import Any, final

from depthlab.recipe.rules import SWITCH, Real, Refused, Rule, Text, Whole
from depthlab.recipe.wording import listed


@final
@dataclass(frozen=True)
class ListOf(Rule):
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
            if rule.takes(value):
                return rule.read(value)
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
class OrOff(Rule):
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
class OffIsNull(Rule):
    """What the rule allows, or null, which may also be typed as 0, none or false."""

    rule: Rule

    @property
    def allowed(self) -> str:
        return f"{self.rule.allowed}, or null (off)"

    def read(self, value: object) -> Any:
        off = value is None or value is False or value == 0
        return None if off or str(value).lower() in ("none", "off") else self.rule.read(value)


@final
@dataclass(frozen=True)
class Name(Rule):
    """Null, or one of a few names."""

    names: tuple[str, ...]

    @property
    def allowed(self) -> str:
        return f"{listed(self.names)}, or null"

    def read(self, value: object) -> str | None:
        if value is None or (isinstance(value, str) and value in self.names):
            return value
        raise Refused


@final
@dataclass(frozen=True)
class Described(Rule):
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
        return ListOf(rule_like(default[0]))
    return Anything()
