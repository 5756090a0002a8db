"""How often the tests of a factorial find what is not there, and what is, over simulated studies of the default design.

Rates are families of claims: any main change, or any interaction, that Holm's correction leaves below 5 %.
"""

from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest

from depthlab.questions.regularization.verdict import TEST, find_changes
from depthlab.records import FactorialAxis
from depthlab.statistics import factorial, is_significant

AXES = (FactorialAxis("decay", (0, 1)), FactorialAxis("dropout", (0, 1)), FactorialAxis("depth", (8, 20)))
CELLS = list(product((0, 1), (0, 1), (0, 1)))
DROPOUT, DEPTH = np.array(CELLS)[:, 1, None], np.array(CELLS)[:, 2]
STUDIES = 300


def alike(random: np.random.Generator, seeds: int, share: float) -> np.ndarray:
    """Return noise (cells, seeds) of variance 1, of which the runs of a depth and seed have a share in common."""
    common = random.normal(size=(2, seeds))[DEPTH]
    return np.sqrt(share) * common + np.sqrt(1 - share) * random.normal(size=(len(CELLS), seeds))


def noise(world: str, random: np.random.Generator, seeds: int, share: float) -> np.ndarray:
    """Return errors of a world in which no axis changes anything; NaN is a run that was lost."""
    values = alike(random, seeds, share)
    if world == "bimodal":
        values += 20 * (random.random(values.shape) < 0.3)
    if world == "unequal spreads":
        values *= random.permutation(np.geomspace(0.3, 15, len(CELLS)))[:, None]
    if world in ("noisy arm", "noisy arm loses runs"):
        values *= np.where(DROPOUT, 15, 0.3)
    if world == "noisy arm loses runs":
        values[(random.random(values.shape) < 0.25) & (DROPOUT == 1)] = np.nan
    return values


def claims(values: np.ndarray, twins: Sequence[str] = ("decay", "dropout")) -> tuple[bool, bool]:
    """Return whether a main change is claimed, and an interaction."""
    runs = [
        (dict(zip(("decay", "dropout", "depth"), ((place, other, (8, 20)[deep])), strict=True)), seed, float(value))
        for (place, other, deep), row in zip(CELLS, values, strict=True)
        for seed, value in enumerate(row)
        if np.isfinite(value)
    ]
    found = find_changes(factorial(AXES, twins, runs), TEST, ("decay", "dropout"))
    main = [one for one in found if not one.at]
    return tuple(any(is_significant(one.p_holm) for one in family) for family in (main, [f for f in found if f.less]))


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.0, 0.8])
@pytest.mark.parametrize(
    ("world", "seeds"),
    [
        ("same distribution", 3),
        ("bimodal", 3),
        ("unequal spreads", 3),
        ("noisy arm", 3),
        ("noisy arm loses runs", 5),
    ],
)
def test_nothing_is_found_where_nothing_is(world: str, seeds: int, share: float) -> None:
    random = np.random.default_rng(1)
    found = np.array([claims(noise(world, random, seeds, share)) for _ in range(STUDIES)])
    assert (found.mean(axis=0) <= 0.06).all(), found.mean(axis=0)


@pytest.mark.slow
def test_cells_taken_as_independent_would_find_it() -> None:
    random = np.random.default_rng(1)
    found = [claims(noise("noisy arm", random, 5, 0.8), twins=())[0] for _ in range(STUDIES)]
    assert np.mean(found) > 0.08


@pytest.mark.slow
@pytest.mark.parametrize(("seeds", "share", "least"), [(3, 0.0, 0.6), (3, 0.8, 0.95), (5, 0.0, 0.95), (5, 0.8, 0.99)])
def test_two_standard_deviations_are_found(seeds: int, share: float, least: float) -> None:
    random = np.random.default_rng(2)
    found = [claims(2 * DROPOUT + alike(random, seeds, share))[0] for _ in range(150)]
    assert np.mean(found) >= least
