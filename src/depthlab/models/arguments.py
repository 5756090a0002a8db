"""Checks of constructor arguments: each raises a one-line `ValueError` that says what to type."""

import math
from collections.abc import Sequence
from typing import TypeGuard

FORMS = ("cifar", "imagenet")


def check_count(name: str, value: object, *, example: int) -> int:
    """Return `value` if it is a whole number of 1 or more; the error names `example`."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{name} must be a whole number of 1 or more, such as {name}={example}, not {value!r}")
    return value


def check_counts(*, num_classes: object, in_channels: object) -> None:
    """Check that both are whole numbers of 1 or more."""
    check_count("num_classes", num_classes, example=10)
    check_count("in_channels", in_channels, example=3)


def check_rate(name: str, value: object) -> float:
    """Return `value` as a probability in [0, 1); None means 0, off."""
    if value is None:
        return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1:
        raise ValueError(f"{name} must be a number from 0 (off) to below 1, such as {name}=0.2, not {value!r}")
    return float(value)


def check_choice(name: str, value: object, allowed: Sequence[str]) -> str:
    """Return `value` if it is one of `allowed`."""
    if value not in allowed:
        choices = ", ".join(allowed[:-1]) + " or " + allowed[-1]
        raise ValueError(f"{name} must be {choices}, not {value!r}; type model.{name}={allowed[0]}")
    return str(value)


def check_form(form: object) -> str:
    """Return `form` if it is "cifar", for small images, or "imagenet", the paper's network for large ones."""
    return check_choice("form", form, FORMS)


def check_one_of(name: str, value: object, allowed: Sequence[int]) -> int:
    """Return `value` if it is one of the whole numbers `allowed`."""
    if isinstance(value, bool) or not isinstance(value, int) or value not in allowed:
        choices = ", ".join(map(str, allowed[:-1])) + f" or {allowed[-1]}"
        raise ValueError(f"{name} must be {choices}, not {value!r}; type model.{name}={allowed[0]}")
    return value


def check_switch(name: str, value: object) -> bool:
    """Return `value` if it is True or False."""
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be true or false, not {value!r}; type model.{name}=true")
    return value


def is_list(value: object) -> TypeGuard[Sequence[object]]:
    """Return whether the user gave a list of values instead of a single one."""
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def is_number(value: object) -> TypeGuard[float]:
    """Return whether a value is a finite number; True and False are not."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
