"""Seeds crossed with images: the interval covers what it should, and agrees with simpler ones at its borders."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit

from depthlab.statistics import crossed, discordant_interval, mcnemar, seeds_and_images_interval, welch


def runs(draw: np.random.Generator, images: np.ndarray, seeds: int, spread: float, shift: float = 0) -> np.ndarray:
    """Draw which images each run gets wrong: logits of images, plus those of seeds."""
    chances = expit(images + shift + draw.normal(0, spread, (seeds, 1)))
    return draw.random(chances.shape) < chances


@pytest.mark.parametrize(
    ("images", "spread", "shift"), [(359, 0.3, 0.5), (359, 1.0, 0.5), (2000, 0.1, 0.3), (200, 0.3, 0.0)]
)
def test_the_interval_at_three_seeds_holds_the_difference_in_95_of_100_studies(
    images: int, spread: float, shift: float
) -> None:
    draw = np.random.default_rng(0)
    logits, seeds = draw.normal(-3, 2, 400_000), draw.normal(0, spread, 400_000)
    truth = float(np.mean(expit(logits + seeds + shift) - expit(logits + seeds)))
    studies, hits = 600, 0
    for _ in range(studies):
        there = draw.normal(-3, 2, images)
        found = seeds_and_images_interval(runs(draw, there, 3, spread, shift), runs(draw, there, 3, spread))
        assert found is not None
        hits += found.low <= truth <= found.high
    assert 0.92 <= hits / studies <= 0.985


def test_where_images_are_all_alike_it_is_welchs_over_seeds() -> None:
    """Each seed errs on a share of images drawn anew: images tell nothing of their own."""
    draw = np.random.default_rng(1)
    sides = [np.stack([draw.random(200_000) < chance for chance in rates]) for rates in ([0.1, 0.3, 0.2], [0.5, 0.45])]
    found, seeds = crossed(*sides), welch(*(side.mean(axis=1) for side in sides))
    assert found.interval is not None and seeds.interval is not None
    assert found.difference == pytest.approx(seeds.difference)
    assert found.interval.low == pytest.approx(seeds.interval.low, abs=2e-3)
    assert found.df == pytest.approx(seeds.df, rel=0.01)


def test_where_seeds_agree_it_is_the_paired_interval_over_images() -> None:
    draw = np.random.default_rng(2)
    a, b = draw.random(500) < 0.3, draw.random(500) < 0.2
    found = crossed(np.stack([a] * 3), np.stack([b] * 3)).interval
    expected = stats.ttest_rel(a.astype(float), b.astype(float)).confidence_interval(0.95)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-6)


def test_the_variance_is_that_of_the_table_by_hand() -> None:
    """Two seeds and three images a side: mean squares by loops, what rests taken off once."""
    a = np.array([[1, 0, 1], [0, 0, 1]], bool)
    b = np.array([[0, 0, 1], [1, 1, 1]], bool)
    found = crossed(a, b)
    seeds = (((2 / 3 - 1 / 3) ** 2 / 2) + ((1 / 3 - 1) ** 2 / 2)) / 2
    by_image = [0.5 - 0.5, 0 - 0.5, 1 - 1]
    mean = sum(by_image) / 3
    over_images = sum((value - mean) ** 2 for value in by_image) / 2 / 3
    rest = sum(
        sum((side[s, i] - side[s].mean() - side[:, i].mean() + side.mean()) ** 2 for s in (0, 1) for i in (0, 1, 2)) / 2
        for side in (a.astype(float), b.astype(float))
    )
    expected = seeds + over_images - rest / 6
    assert found.t is not None
    assert (found.difference / found.t) ** 2 == pytest.approx(max(expected, seeds, over_images, 1 / 9))


def test_networks_without_an_error_leave_some_doubt() -> None:
    found = crossed(np.zeros((3, 100), bool), np.zeros((3, 100), bool))
    assert found.interval is not None
    assert found.difference == 0 and found.interval.low < -0.015 < 0.015 < found.interval.high


def test_one_seed_has_no_test_and_other_shapes_are_refused() -> None:
    one, two = np.zeros((1, 5), bool), np.zeros((2, 5), bool)
    assert crossed(one, two).p is None and seeds_and_images_interval(two, one) is None
    with pytest.raises(ValueError, match="a has 5 images and b 4"):
        crossed(two, two[:, :4])
    for wrong in (two[0], two.astype(int), np.zeros((2, 1), bool)):
        with pytest.raises(ValueError, match="a must be a matrix of booleans"):
            crossed(wrong, two)


@pytest.mark.parametrize(("only_a", "only_b", "p"), [(0, 0, 1.0), (1, 0, 1.0), (6, 0, 2 / 64), (10, 10, 1.0)])
def test_mcnemars_p_is_the_binomials(only_a: int, only_b: int, p: float) -> None:
    assert mcnemar(only_a, only_b) == mcnemar(only_b, only_a) == pytest.approx(p)


def test_the_interval_of_two_runs_is_bonett_and_prices() -> None:
    found = discordant_interval(9, 3, 98)
    x, y = 10 / 100, 4 / 100
    half = 1.959964 * ((x + y - (x - y) ** 2) / 100) ** 0.5
    assert (found.low, found.high) == pytest.approx((x - y - half, x - y + half))
    other = discordant_interval(3, 9, 98)
    assert (other.low, other.high) == pytest.approx((-found.high, -found.low))
