"""Networks of equal cost: what can be typed, and that none along the axis is nearer to the budget."""

import pytest

from depthlab.questions.equal_cost.candidates import Candidate, CandidateAxis
from depthlab.questions.equal_cost.search import CostMatch, base_rung, held_words, read_budgets
from depthlab.recipe import read_space
from depthlab.sweeps import Measuring
from tests.sweeps.planned import TINY

MEASURING = Measuring()
BASE = ("model=resnext", "depth=11", "width=0.25", "model.cardinality=4", "model.group_width=16", *TINY)


def parameters(rung: Candidate) -> float:
    return MEASURING.cost(rung.recipe).parameters


def test_budgets_are_multiples_and_amounts_in_order_each_once() -> None:
    assert read_budgets("4x,350, 2x,400", 100.0, "2x") == [200.0, 350.0, 400.0]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("lots", "budget=lots is no amount: type multiples of the base such as 2x,4x, or numbers"),
        ("2y", "budget=2y is no amount"),
        ("1x", "budget=1x is not above the cost of the base network, 100: type one such as 2x"),
        ("2x,90", "budget=90 is not above"),
        ("nanx", "budget=nanx is not above"),
        (",", "budget= has no value"),
    ],
)
def test_what_is_no_budget_is_a_line(typed: str, said: str) -> None:
    with pytest.raises(ValueError, match="^" + said):
        read_budgets(typed, 100.0, "2x,4x")


def test_seeds_alone_may_vary() -> None:
    assert held_words(read_space(["depth=8", "seed=0,1"], {}), "deeper networks") == ("depth=8",)
    with pytest.raises(ValueError, match=r"^depth has several values: type one, from which deeper networks are found"):
        held_words(read_space(["depth=8,14", "seed=0,1"], {}), "deeper networks")


@pytest.mark.parametrize("axis", ["depth", "width", "cardinality"])
def test_no_network_along_the_axis_is_nearer(axis: str) -> None:
    base = base_rung(BASE, ("depth", "cardinality"))
    match, ladder = CostMatch(MEASURING, parameters), CandidateAxis(base, axis, MEASURING)
    budget = 1.7 * parameters(base)
    found = match.told(match.nearest(ladder, budget), axis, budget)
    others = [parameters(rung) for rung in map(ladder.rung, range(12)) if rung is not None]
    assert abs(found.cost - budget) == min(abs(cost - budget) for cost in others)
    assert found.cost == found.parameters and found.budget == budget and found.axis == axis
    assert found.mismatch == pytest.approx(100 * (found.parameters - budget) / budget)
    assert base_rung([*BASE, *found.words], (axis,)).values == found.values
