"""Studies of regularization at its default: two factors, two depths; runs of a depth and seed from the same weights."""

from functools import partial
from itertools import product

import numpy as np
from worlds import Claims, World

from depthlab.questions.regularization.record import TEST
from depthlab.questions.regularization.verdict import find_changes
from depthlab.records import FactorialAxis
from depthlab.statistics import factorial, is_significant

AXES = (FactorialAxis("decay", (0, 1)), FactorialAxis("dropout", (0, 1)), FactorialAxis("depth", (8, 20)))
CELLS = list(product((0, 1), (0, 1), (0, 1)))
DROPOUT, DEPTH = np.array(CELLS)[:, 1, None], np.array(CELLS)[:, 2]
DROPS, DECAYS, DEPENDS = "dropout changes the error", "weight decay does", "an interaction"
NOTHING = ("same distribution", "bimodal", "unequal spreads", "a noisy arm", "a noisy arm that loses runs")


def regularization_worlds() -> list[World]:
    """Return worlds in which no factor changes anything, and worlds in which dropout does, by two spreads."""
    found = []
    for share, seeds in product((0.0, 0.8), (3, 5)):
        alike = f"{100 * share:.0f} % alike"
        for name in NOTHING:
            study = partial(_study, name, 0.0, share, seeds)
            found.append(World("regularization", f"nothing: {name}, {alike}", seeds, study, (DROPS, DECAYS, DEPENDS)))
        study = partial(_study, NOTHING[0], 2.0, share, seeds)
        found.append(World("regularization", f"dropout: two spreads, {alike}", seeds, study, (DECAYS, DEPENDS)))
    return found


def _study(name: str, effect: float, share: float, seeds: int, chance: np.random.Generator) -> Claims:
    values = effect * DROPOUT + _noise(name, chance, seeds, share)
    runs = [
        ({"decay": decay, "dropout": dropout, "depth": (8, 20)[deep]}, seed, float(value))
        for (decay, dropout, deep), row in zip(CELLS, values, strict=True)
        for seed, value in enumerate(row)
        if np.isfinite(value)
    ]
    changes = find_changes(factorial(AXES, ("decay", "dropout"), runs), TEST, ("decay", "dropout"))
    decay, dropout = ([one for one in changes if one.axis == axis and not one.at] for axis in ("decay", "dropout"))
    families = {DROPS: dropout, DECAYS: decay, DEPENDS: [one for one in changes if one.less]}
    return {claim: any(is_significant(one.p_holm) for one in family) for claim, family in families.items()}


def _noise(name: str, chance: np.random.Generator, seeds: int, share: float) -> np.ndarray:
    """Return errors (cells, seeds) that no axis changes; runs of a depth and seed have a share of the variance alike.

    NaN is a run that was lost.
    """
    common = chance.normal(size=(2, seeds))[DEPTH]
    values = np.sqrt(share) * common + np.sqrt(1 - share) * chance.normal(size=(len(CELLS), seeds))
    if name == "bimodal":
        values += 20 * (chance.random(values.shape) < 0.3)
    if name == "unequal spreads":
        values *= chance.permutation(np.geomspace(0.3, 15, len(CELLS)))[:, None]
    if name.startswith("a noisy arm"):
        values *= np.where(DROPOUT, 15, 0.3)
    if name.endswith("loses runs"):
        values[(chance.random(values.shape) < 0.25) & (DROPOUT == 1)] = np.nan
    return values
