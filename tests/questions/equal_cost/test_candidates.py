"""Networks along an axis: each can be had, costs more than the one before, and is named as papers do."""

import pytest

from depthlab.questions.equal_cost.candidates import Candidate, candidate_name
from depthlab.questions.equal_cost.search import EqualCostSearch
from depthlab.questions.equal_cost.step_times import StepTimes
from depthlab.recipe import compose, override_values
from depthlab.sweeps import CostCounter
from tests.sweeps.planned import TINY

pytestmark = pytest.mark.slow

MEASURING = CostCounter()
SEARCH = EqualCostSearch("parameters", MEASURING)


def candidate(*words: str) -> Candidate:
    return Candidate(compose([*TINY, *words]), override_values(words))


def candidates(axis: str, base: Candidate, count: int) -> list[Candidate]:
    found = map(SEARCH.axis(base, axis).candidate, range(count))
    return [one for one in found if SEARCH.exists(one)]


def names(axis: str, *words: str, count: int = 4) -> list[str]:
    return [one.name for one in candidates(axis, candidate(*words), count)]


def test_an_axis_takes_the_steps_of_its_family() -> None:
    assert names("depth", "model=resnet", "depth=8") == ["resnet-8", "resnet-14", "resnet-20", "resnet-26"]
    assert names("depth", "model=wide_resnet", "depth=10", "width=1")[1] == "wide_resnet-16"
    assert names("depth", "model=resnext", "depth=11")[1] == "resnext-20 8x8d"
    assert names("width", "model=resnet", "depth=8", count=3) == [
        "resnet-8",
        "resnet-8 width 1.062",
        "resnet-8 width 1.125",
    ]
    cardinal = ("model=resnext", "depth=11", "width=0.25", "model.group_width=16", "model.cardinality=2")
    assert names("cardinality", *cardinal, count=2) == ["resnext-11 2x4d width 0.25", "resnext-11 3x4d width 0.25"]


@pytest.mark.parametrize("axis", ["depth", "width", "cardinality"])
def test_costs_rise_and_are_those_of_what_the_words_compose(axis: str) -> None:
    base = candidate("model=resnext", "depth=11", "width=0.25", "model.cardinality=2")
    found = candidates(axis, base, 6)
    costs = [MEASURING.cost(one.recipe) for one in found]
    assert len(costs) == 6
    assert [cost.parameters for cost in costs] == sorted(cost.parameters for cost in costs)
    for one, cost in zip(found, costs, strict=True):
        typed = compose([*TINY, *(f"{key}={value}" for key, value in one.overrides.items())])
        assert MEASURING.cost(typed) == cost and candidate_name(typed) == one.name


def test_the_solver_is_as_good_as_trying_all_networks() -> None:
    axis = SEARCH.axis(candidate("model=resnet", "depth=8"), "width")
    everything = [SEARCH.cost(axis.candidate(place)) for place in range(40)]
    for budget in (90_000.0, 155_000.0, 300_000.0):
        found = SEARCH.cost(SEARCH.nearest(axis, budget))
        assert abs(found - budget) == min(abs(cost - budget) for cost in everything)


@pytest.mark.parametrize(
    ("axis", "words", "said"),
    [
        ("cardinality", ("model=resnet", "depth=8"), "model=resnet has no cardinality to vary"),
        ("depth", ("model=resnet", "depth=[1,1,1]"), r"depth=\[1,1,1\] can't be raised step by step"),
    ],
)
def test_what_can_not_vary_is_told(axis: str, words: tuple[str, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        SEARCH.axis(candidate(*words), axis)


def test_times_are_measured_once_and_kept(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = candidate("model=resnet", "depth=8").recipe
    timed: list[int] = []
    monkeypatch.setattr("depthlab.run.time_step", lambda *_, **__: timed.append(1) or 0.25, raising=False)
    for _ in range(2):
        times = StepTimes(tmp_path / "new" / "times.json", recipe, MEASURING.facts(recipe), threads=1)
        assert times.seconds(recipe) == times.seconds(recipe) == 0.25
    assert len(timed) == 1 and "fp32" in times.hardware
    (tmp_path / "new" / "times.json").write_text("{torn")
    StepTimes(tmp_path / "new" / "times.json", recipe, MEASURING.facts(recipe), threads=1).seconds(recipe)
    assert len(timed) == 2
