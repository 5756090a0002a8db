"""Schedules are pure functions with known ends; one cycle is torch's, steps are those of He et al. 2015."""

import math

import pytest
import torch
from torch.optim.lr_scheduler import OneCycleLR

from depthlab.training.schedules import Schedule, constant, cosine, one_cycle, snapshots, steps

HE_2015 = {
    "milestones": (0.5, 0.75),
    "factor": 0.1,
    "warmup_steps": 400,
    "warmup_factor": 0.1,
    "warmup_from_depth": 110,
}
ALL = {
    "constant": constant(),
    "one_cycle": one_cycle(),
    "cosine": cosine(warmup_steps=3),
    "steps": steps(warmup_steps=3),
    "snapshots": snapshots(cycles=4),
}


def factors_of_torch(total: int, warmup: float) -> list[float]:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    schedule = OneCycleLR(
        optimizer, max_lr=1.0, total_steps=total, pct_start=warmup, div_factor=25, final_div_factor=400
    )
    found = []
    for _ in range(total):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step() if len(found) < total else None
    return found


@pytest.mark.parametrize(("total", "warmup"), [(100, 0.3), (57, 0.25), (1000, 0.1)])
def test_one_cycle_is_torchs(total: int, warmup: float) -> None:
    # torch places its peak and its end one step earlier: at warmup * total - 1 and at total - 1
    ours = one_cycle(warmup=(warmup * total - 1) / (total - 1), start=1 / 25, end=1e-4)
    assert [ours(step, total - 1) for step in range(total)] == pytest.approx(factors_of_torch(total, warmup), abs=1e-12)


def test_one_cycle_has_the_ends_and_the_peak_it_was_given() -> None:
    schedule = one_cycle(warmup=0.25, start=0.04, end=1e-4)
    assert schedule(0, 400) == pytest.approx(0.04)
    assert schedule(100, 400) == 1
    assert schedule(400, 400) == pytest.approx(1e-4)
    rising, falling = [schedule(step, 400) for step in range(101)], [schedule(step, 400) for step in range(100, 401)]
    assert rising == sorted(rising)
    assert falling == sorted(falling, reverse=True)


@pytest.mark.parametrize("warmup", [0.0, 1.0])
def test_one_cycle_may_only_fall_or_only_rise(warmup: float) -> None:
    schedule = one_cycle(warmup=warmup, start=0.1, end=0.01)
    assert schedule(0, 10) == pytest.approx(0.1 if warmup else 1)
    assert schedule(5, 10) == pytest.approx((1.1 if warmup else 1.01) / 2)
    assert schedule(10, 10) == pytest.approx(1 if warmup else 0.01)


def test_cosine_is_the_closed_form_after_a_linear_warmup() -> None:
    schedule = cosine(warmup_steps=4, end=0.1)
    assert [schedule(step, 100) for step in range(4)] == [0.25, 0.5, 0.75, 1]
    for step in range(4, 101):
        expected = 0.1 + 0.9 * (1 + math.cos(math.pi * (step - 4) / 96)) / 2
        assert schedule(step, 100) == pytest.approx(expected)
    assert cosine()(0, 7) == 1
    assert cosine()(7, 7) == pytest.approx(0)


def test_steps_are_those_of_the_paper() -> None:
    """He et al. 2015, section 4.2: 64k iterations, divided by 10 at 32k and 48k."""
    schedule = steps(**HE_2015, depth=56)
    expected = {0: 1, 31_999: 1, 32_000: 0.1, 47_999: 0.1, 48_000: 0.01, 63_999: 0.01}
    assert {step: schedule(step, 64_000) for step in expected} == pytest.approx(expected)


@pytest.mark.parametrize(
    ("depth", "first"), [(20, 1), (109, 1), (110, 0.1), (1202, 0.1), ([18, 18, 18], 0.1), ([9, 9, 9], 1)]
)
def test_only_networks_of_110_layers_or_more_warm_up(depth: int | list[int], first: float) -> None:
    schedule = steps(**HE_2015, depth=depth)
    assert [schedule(step, 64_000) for step in (0, 399)] == pytest.approx([first, first])
    assert schedule(400, 64_000) == 1


def test_a_warmup_that_is_not_bound_to_a_depth_is_for_all() -> None:
    assert steps(warmup_steps=2, warmup_factor=0.5)(1, 10) == 0.5


def test_snapshots_are_those_of_the_paper() -> None:
    """Huang et al. 2017, eq. 2: alpha(t) = alpha_0 / 2 (cos(pi mod(t - 1, T / M) / (T / M)) + 1), t from 1."""
    schedule = snapshots(cycles=6)
    expected = [(math.cos(math.pi * ((t - 1) % 50) / 50) + 1) / 2 for t in range(1, 301)]
    assert [schedule(step, 300) for step in range(300)] == pytest.approx(expected)
    assert schedule.ends(300) == (50, 100, 150, 200, 250, 300)


@pytest.mark.parametrize(("cycles", "total"), [(3, 10), (5, 23), (1, 7), (7, 7), (9, 4)])
def test_cycles_share_the_steps_and_end_where_the_next_one_begins(cycles: int, total: int) -> None:
    schedule = snapshots(cycles=cycles)
    ends = schedule.ends(total)
    assert ends[-1] == total and len(ends) == min(cycles, total)
    lengths = [end - start for start, end in zip((0, *ends), ends, strict=False)]
    assert max(lengths) - min(lengths) <= 1
    begins = [step for step in range(total) if schedule(step, total) == 1.0]
    assert begins == [0, *ends[:-1]]
    for start, end in zip((0, *ends), ends, strict=False):
        cycle = [schedule(step, total) for step in range(start, end)]
        assert cycle == sorted(cycle, reverse=True)


@pytest.mark.parametrize("cycles", [0, -1, 2.5, True])
def test_less_than_a_cycle_is_refused(cycles: int) -> None:
    with pytest.raises(ValueError, match=r"type 1 or more, such as schedule\.cycles=5"):
        snapshots(cycles=cycles)


@pytest.mark.parametrize("name", ALL)
def test_schedules_are_pure_and_positive_up_to_their_end(name: str) -> None:
    schedule: Schedule = ALL[name]
    forwards = [schedule(step, 50) for step in range(51)]
    backwards = [schedule(step, 50) for step in reversed(range(51))]
    assert forwards == backwards[::-1]
    assert all(0 < factor <= 1 for factor in forwards[:50])
    assert schedule(60, 50) == pytest.approx(forwards[50])  # beyond the end nothing jumps


@pytest.mark.parametrize("name", ALL)
def test_a_run_of_one_step_has_a_learning_rate(name: str) -> None:
    assert 0 < ALL[name](0, 1) <= 1
