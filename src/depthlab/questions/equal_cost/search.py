"""Networks of equal cost: from a base network, along each axis the one nearest to a budget."""

import math
from collections.abc import Callable, Sequence
from typing import final

from depthlab.questions.equal_cost.candidates import DEPTH, WIDTH, Candidate, CandidateAxis, check_axes
from depthlab.questions.equal_cost.matching import match_budget
from depthlab.recipe import Space, compose
from depthlab.records import MatchedNetwork
from depthlab.sweeps.plan.costs import Measuring


@final
class CostMatch:
    """Finds networks by a cost that grows along each axis, such as parameters."""

    def __init__(self, measuring: Measuring, cost: Callable[[Candidate], float]) -> None:
        self.measuring, self.cost = measuring, cost

    def nearest(self, ladder: CandidateAxis, budget: float) -> Candidate:
        """Return the network whose cost is nearest to the budget. Raises `ValueError` for no positive budget."""

        def costs(place: int) -> float | None:
            rung = ladder.rung(place)
            return None if rung is None else self.cost(rung)

        rung = ladder.rung(match_budget(costs, budget).place)
        assert rung is not None
        return rung

    def told(self, rung: Candidate, axis: str, budget: float) -> MatchedNetwork:
        """Return what a record tells of a network that was found for a budget, in the unit of the cost."""
        counted, cost = self.measuring.cost(rung.recipe), self.cost(rung)
        return MatchedNetwork(
            network=rung.name,
            family=rung.family,
            axis=axis,
            words=tuple(f"{key}={value}" for key, value in rung.words.items()),
            values=rung.values,
            budget=budget,
            cost=cost,
            mismatch=100 * (cost / budget - 1),
            parameters=counted.parameters,
            multiply_adds=counted.multiply_adds,
        )


def held_words(space: Space, found: str) -> tuple[str, ...]:
    """Return the words of a space in which seeds alone vary; others are `found`, such as "deeper networks".

    Raises:
        ValueError: something else has several values.
    """
    if varying := [key for key in space.keys if key != "seed"]:
        raise ValueError(
            f"{varying[0]} has several values: type one, from which {found} are found, and several for seed alone"
        )
    return space.fixed


def base_rung(fixed: Sequence[str], axes: tuple[str, ...]) -> Candidate:
    """Return the network from which others are found along the axes. Raises `ValueError` where it lacks one."""
    recipe = compose(fixed)
    check_axes(recipe, axes)
    words = {"model": recipe.choices["model"]} | {key: f"{recipe.config['model'][key]}" for key in (DEPTH, WIDTH)}
    return Candidate(recipe, words | dict(word.split("=", 1) for word in fixed if word.startswith("model.")))


def read_budgets(typed: str, base: float, example: str) -> list[float]:
    """Return budgets in the unit of the base network's cost, the smallest first.

    Args:
        typed: Multiples of the base's cost such as 2x, and amounts, with commas.
        base: Its cost.
        example: What can be typed.

    Raises:
        ValueError: something else was typed, or a budget that the base exceeds.
    """
    found = []
    for text in filter(None, (part.strip() for part in typed.split(","))):
        try:
            budget = base * float(text[:-1]) if text.endswith("x") else float(text)
        except ValueError:
            raise ValueError(
                f"budget={text} is no amount: type multiples of the base such as {example}, or numbers"
            ) from None
        if not base < budget < math.inf:
            first = example.partition(",")[0]
            raise ValueError(
                f"budget={text} is not above the cost of the base network, {base:g}: type one such as {first}"
            )
        found.append(budget)
    if not found:
        raise ValueError(f"budget= has no value: type multiples of the base such as {example}, or numbers")
    return sorted(set(found))
