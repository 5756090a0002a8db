"""Exchange rates: planted ones are found, and intervals hold them as often as they say."""

import math

import numpy as np
import pytest
from scipy import stats

from depthlab.statistics import holm
from depthlab.statistics.exchange import Point, fit_exchange

SLOPES = {"depth": -0.8, "width": -1.5, "cardinality": -0.4}
COSTS = {"depth": 1.0, "width": 2.0, "cardinality": 0.8}  # doublings of the cost by a doubling of the axis
LEVELS = {"resnet": 12.0, "resnext": 9.0}
NETWORKS = [
    ("resnet", {"depth": 14, "width": 1}),
    ("resnet", {"depth": 26, "width": 1}),
    ("resnet", {"depth": 44, "width": 1}),
    ("resnet", {"depth": 14, "width": 1.5}),
    ("resnet", {"depth": 14, "width": 2}),
    ("resnext", {"depth": 11, "width": 0.25, "cardinality": 8}),
    ("resnext", {"depth": 11, "width": 0.25, "cardinality": 16}),
    ("resnext", {"depth": 11, "width": 0.25, "cardinality": 40}),
]


def planted(
    seeds: int, noise: float, chance: np.random.Generator, *, bend: float = 0.0, own: float = 0.0
) -> list[Point]:
    """Return networks by the planted rates; `bend` curves them, `own` is how far networks lie off by themselves."""
    points = []
    for family, values in NETWORKS:
        logs = {axis: math.log2(value) for axis, value in values.items()}
        mean = LEVELS[family] + sum(SLOPES[axis] * log for axis, log in logs.items())
        mean += bend * (logs["depth"] - 4.5) ** 2
        mean += own * chance.standard_normal()
        cost = 2 ** sum(COSTS[axis] * log for axis, log in logs.items())
        points.append(Point(family, values, cost, tuple(mean + noise * chance.standard_normal(seeds))))
    return points


def test_planted_rates_are_found_exactly_where_nothing_is_left_to_chance() -> None:
    fit = fit_exchange("test error", planted(3, 0.0, np.random.default_rng(0)))
    found = {one.axis: one for one in fit.exchanges}
    assert list(found) == ["depth", "width", "cardinality"] and (fit.runs, fit.networks) == (24, 8)
    for axis, one in found.items():
        assert one.points == pytest.approx(SLOPES[axis])
        assert one.cost_factor == pytest.approx(2 ** COSTS[axis])
        assert one.per_cost == pytest.approx(SLOPES[axis] / COSTS[axis])
        assert one.interval is one.p is None
    assert any("don't spread" in note for note in fit.notes)
    assert [(one.a, one.b) for one in fit.contrasts] == [
        ("width", "depth"),
        ("cardinality", "depth"),
        ("cardinality", "width"),
    ]
    assert fit.contrasts[0].difference == pytest.approx(-1.5 / 2 + 0.8)


def test_intervals_hold_all_planted_rates_at_once_as_often_as_they_say() -> None:
    chance = np.random.default_rng(1)
    held = 0
    for _ in range(400):
        fit = fit_exchange("test error", planted(3, 0.5, chance, own=1.0))
        slopes = [(one.interval, SLOPES[one.axis]) for one in fit.exchanges]
        apart = [(one.interval, SLOPES[one.a] / COSTS[one.a] - SLOPES[one.b] / COSTS[one.b]) for one in fit.contrasts]
        assert len(slopes) == len(apart) == 3
        held += all(found is not None and found.low <= truth <= found.high for found, truth in (*slopes, *apart))
    assert 0.93 <= held / 400 <= 0.99


def test_exchange_ratios_hold_the_planted_ones_as_often_as_they_say() -> None:
    chance = np.random.default_rng(7)
    held: dict[tuple[str, str], int] = {}
    for _ in range(250):
        for one in fit_exchange("test error", planted(3, 0.5, chance, own=0.8)).ratios:
            truth = SLOPES[one.a] / SLOPES[one.b]
            for name, ratio, true in (
                ("", one.doublings, truth),
                (" at equal cost", one.per_cost, truth * COSTS[one.b] / COSTS[one.a]),
            ):
                assert ratio is not None
                ends = ratio.interval or ratio.excluded
                inside = ends is None or (ends.low <= true <= ends.high) == (ratio.interval is not None)
                held[one.a, one.b + name] = held.get((one.a, one.b + name), 0) + inside
    assert len(held) == 12 and all(0.91 <= count / 250 <= 0.99 for count in held.values()), held


def test_exchange_ratios_are_quotients_of_rates_and_open_where_a_rate_is_not_clear_of_zero() -> None:
    fit = fit_exchange("test error", planted(3, 0.0, np.random.default_rng(0)))
    worth = {(one.a, one.b): one for one in fit.ratios}
    assert worth["width", "depth"].doublings.value == pytest.approx(1.5 / 0.8)
    assert worth["width", "depth"].per_cost is not None
    assert worth["width", "depth"].per_cost.value == pytest.approx(1.5 / 2 / 0.8)
    assert worth["width", "depth"].doublings.clear is None, "nothing spreads: there is no interval"
    noisy = fit_exchange("test error", planted(3, 0.5, np.random.default_rng(5)))
    for one in noisy.ratios:
        rate = next(rate for rate in noisy.exchanges if rate.axis == one.b)
        assert rate.p is not None and one.doublings.clear == (rate.p < 0.05) == (one.doublings.interval is not None)
    assert {one.doublings.clear for one in noisy.ratios} == {True, False}, "the seed is chosen so that both are there"


def test_one_axis_is_scipys_line_through_the_means_of_networks() -> None:
    depths = [8, 14, 20, 32]
    means = [6.0, 4.0, 5.0, 2.0]
    points = [
        Point("resnet", {"depth": depth, "width": 1}, depth, (mean - 0.1, mean, mean + 0.1))
        for depth, mean in zip(depths, means, strict=True)
    ]
    fit = fit_exchange("test error", points)
    (one,) = fit.exchanges
    line = stats.linregress(np.log2(depths), means)
    assert (one.points, one.p, one.p_holm) == tuple(map(pytest.approx, (line.slope, line.pvalue, line.pvalue)))
    half = stats.t.ppf(0.975, 2) * line.stderr
    assert one.interval is not None and one.interval.high - one.points == pytest.approx(half)
    assert one.cost_factor == pytest.approx(2) and fit.df == 2 and fit.contrasts == ()
    assert fit.std is not None and fit.seeds_std == pytest.approx(0.1)


def test_a_networks_own_seeds_count_where_they_spread_more_than_the_networks() -> None:
    depths = [8, 16, 32, 64]
    spreads = [0.1, 0.1, 0.1, 6.0]  # about a straight line, so that seeds alone spread
    points = [
        Point("resnet", {"depth": depth, "width": 1}, depth, (9 - place - spread, 9 - place, 9 - place + spread))
        for place, (depth, spread) in enumerate(zip(depths, spreads, strict=True))
    ]
    (one,) = fit_exchange("test error", points).exchanges
    weights = np.array([-1.5, -0.5, 0.5, 1.5]) / 5
    error = math.sqrt(weights**2 @ np.square(spreads) / 3)
    assert one.interval is not None and one.points == pytest.approx(-1)
    assert one.interval.high - one.points == pytest.approx(stats.t.ppf(0.975, 2) * error)


def test_a_network_that_kept_one_run_has_the_spread_of_the_others() -> None:
    points = [Point("resnet", {"depth": 2**place}, 1.0, (5.0, 5.0 + 2 * place)) for place in range(1, 5)]
    lost = [*points[:3], Point("resnet", {"depth": 16}, 1.0, (9.0,))]
    spread = fit_exchange("test error", lost).seeds_std
    assert spread == pytest.approx(math.sqrt((2 + 8 + 18) / 3))


def test_the_spread_of_counts_has_a_floor() -> None:
    points = [Point("resnet", {"depth": 2**place}, 1.0, (0.0, 0.0), 100) for place in range(1, 6)]
    (one,) = fit_exchange("test error", points).exchanges
    assert one.p == 1 and one.interval is not None
    assert one.interval.high == pytest.approx(stats.t.ppf(0.975, 3) * math.sqrt(0.5 / 2 / 10)), "half an image of 100"


def test_p_values_are_corrected_over_slopes_and_contrasts_together() -> None:
    fit = fit_exchange("test error", planted(3, 0.5, np.random.default_rng(4), own=0.5))
    tested = [*fit.exchanges, *fit.contrasts]
    assert len(tested) == 6
    assert tuple(one.p_holm for one in tested) == holm(one.p for one in tested)


def test_networks_off_the_lines_widen_the_intervals() -> None:
    straight = fit_exchange("test error", planted(3, 0.05, np.random.default_rng(3)))
    bent = fit_exchange("test error", planted(3, 0.05, np.random.default_rng(3), bend=2.0))
    assert straight.df == bent.df == 8 - 5 and straight.seeds_std == pytest.approx(bent.seeds_std)
    for before, after in zip(straight.exchanges, bent.exchanges, strict=True):
        assert before.interval is not None and after.interval is not None
        assert after.interval.high - after.interval.low > 3 * (before.interval.high - before.interval.low)


def test_as_many_networks_as_coefficients_make_no_claim() -> None:
    points = [Point("resnet", {"depth": depth}, 1.0, (5.0, 6.0, depth / 2)) for depth in (8, 14)]
    fit = fit_exchange("test error", points)
    assert fit.exchanges[0].p is None and fit.exchanges[0].interval is None
    assert "It takes 3 networks at least, and 6 for narrow intervals." in fit.notes[0]


def test_one_seed_is_a_point_and_no_claim() -> None:
    fit = fit_exchange("test error", planted(1, 0.5, np.random.default_rng(4)))
    assert all(one.interval is None and one.p is None for one in (*fit.exchanges, *fit.contrasts))
    assert fit.notes == ("One seed a network: the slopes are points, and no claim is made.",)


@pytest.mark.parametrize(
    ("networks", "said"),
    [
        ([], "nothing to fit"),
        (NETWORKS[:1], "nothing to fit"),
        ([("resnet", {"depth": 14, "width": 1}), ("resnet", {"depth": 28, "width": 2})], "Too few networks for a fit"),
    ],
)
def test_too_few_networks_are_said(networks: list[tuple[str, dict[str, float]]], said: str) -> None:
    fit = fit_exchange("test error", [Point(*network, 1.0, (1.0, 2.0)) for network in networks])
    assert fit.exchanges == () and said in fit.notes[0] and fit.networks == len(networks)


def test_networks_without_a_result_are_left_aside() -> None:
    points = planted(3, 0.5, np.random.default_rng(5))
    lost = Point("resnet", {"depth": 110, "width": 1}, 9.0, ())
    assert fit_exchange("test error", [*points, lost]) == fit_exchange("test error", points)


def test_a_cost_that_does_not_grow_has_no_rate() -> None:
    points = [Point("resnet", {"depth": depth, "width": 1}, 1 / depth, (1.0, 2.0)) for depth in (8, 14, 20)]
    assert fit_exchange("test error", points).exchanges[0].per_cost is None


def test_a_shift_of_all_errors_moves_levels_alone() -> None:
    points = planted(3, 0.5, np.random.default_rng(6))
    shifted = [Point(one.family, one.values, one.cost, tuple(error + 7 for error in one.errors)) for one in points]
    before, after = fit_exchange("test error", points), fit_exchange("test error", shifted)
    assert after.levels["resnet"] == pytest.approx(before.levels["resnet"] + 7)
    for one, other in zip(before.exchanges, after.exchanges, strict=True):
        assert other.points == pytest.approx(one.points) and other.p == pytest.approx(one.p)
