"""Networks of equal cost: none along the axis is nearer to the budget."""

import pytest

from depthlab.questions.equal_cost.candidates import base_candidate
from depthlab.questions.equal_cost.search import EqualCostSearch, show_networks, variants_of
from depthlab.sweeps import CostCounter
from tests.sweeps.planned import TINY

pytestmark = pytest.mark.slow

BASE = ("model=resnext", "depth=11", "width=0.25", "model.cardinality=4", "model.group_width=16", *TINY)
SEARCH = EqualCostSearch("parameters", CostCounter())


@pytest.mark.parametrize("name", ["depth", "width", "cardinality"])
def test_no_network_along_the_axis_is_nearer(name: str) -> None:
    base = base_candidate(BASE, ("depth", "cardinality"))
    axis, budget = SEARCH.axis(base, name), 1.7 * SEARCH.cost(base)
    (found,) = SEARCH.along({name: base}, [budget])
    others = [SEARCH.cost(one) for one in map(axis.candidate, range(12)) if SEARCH.exists(one)]
    assert abs(found.cost - budget) == min(abs(cost - budget) for cost in others)
    assert found.cost == found.parameters and found.budget == budget and found.axis == name
    assert found.mismatch == pytest.approx(100 * (found.parameters - budget) / budget)
    assert base_candidate([*BASE, *found.words], (name,)).values == found.values


def test_networks_are_shown_in_their_unit_and_are_variants_of_a_sweep_once(capsys: pytest.CaptureFixture[str]) -> None:
    base = base_candidate(BASE, ("depth",))
    found = SEARCH.matched(base, "base", 2 * SEARCH.cost(base))
    show_networks([found], "parameters", lambda one: one.network)
    shown = " ".join(capsys.readouterr().out.split())
    assert shown == f"{found.network} {found.parameters:,} parameters -50.0 % of the budget"
    assert variants_of([found, found]) == [
        {"model": "resnext", "depth": "11", "width": "0.25", "model.cardinality": "4", "model.group_width": "16"}
    ]
