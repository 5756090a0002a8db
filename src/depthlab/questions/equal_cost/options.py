"""What can be typed about networks of equal cost: what is to be equal, and how large they are to be."""

import math
from collections.abc import Mapping, Sequence

from depthlab.recipe import Space


def read_match(options: Mapping[str, str], matches: Sequence[str]) -> str:
    """Return what is to be equal, the first of `matches` if nothing was typed. Raises `ValueError`."""
    match = options.get("match", matches[0])
    if match not in matches:
        listed = " or ".join([", ".join(matches[:-1]), matches[-1]])
        raise ValueError(f"match={match}: networks are matched by {listed}")
    return match


def fixed_overrides(space: Space, found: str) -> tuple[str, ...]:
    """Return the overrides of a space in which seeds alone vary; others are `found`, such as "deeper networks".

    Raises:
        ValueError: something else has several values.
    """
    if varying := [key for key in space.keys if key != "seed"]:
        raise ValueError(
            f"{varying[0]} has several values: type one, from which {found} are found, and several for seed alone"
        )
    return space.fixed


def read_budgets(typed: str, base: float, example: str) -> list[float]:
    """Return budgets in the unit of the base network's cost, the smallest first.

    Args:
        typed: Multiples of the base's cost such as 2x, and amounts, with commas.
        base: Its cost.
        example: What can be typed.

    Raises:
        ValueError: something else was typed, or a budget that the base exceeds.
    """
    budgets = []
    for text in filter(None, (part.strip() for part in typed.split(","))):
        try:
            budget = base * float(text[:-1]) if text.endswith("x") else float(text)
        except ValueError:
            raise ValueError(
                f"budget={text} is not an amount: type multiples of the base such as {example}, or numbers"
            ) from None
        if not base < budget < math.inf:
            first = example.partition(",")[0]
            raise ValueError(
                f"budget={text} is not above the cost of the base network, {base:g}: type one such as {first}"
            )
        budgets.append(budget)
    if not budgets:
        raise ValueError(f"budget= has no value: type multiples of the base such as {example}, or numbers")
    return sorted(set(budgets))
