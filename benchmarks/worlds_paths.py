"""Studies of paths: three networks, the mean length of whose paths by the gradient is told against that of all."""

from functools import partial

import numpy as np
from worlds import Claims, World

from depthlab.questions.paths.comparisons import compare_lengths
from depthlab.questions.paths.record import GradientByLength, PathLengths, PathRun
from depthlab.statistics import is_significant

COUNTS = (1, 2, 1)  # paths by length: 1 on average
SHORTER = "the gradient takes paths of another length than the average"


def paths_worlds() -> list[World]:
    """Return worlds in which the gradient takes paths as they come, and one in which it prefers short ones."""
    return [
        World("paths", name, seeds, partial(_study, mean, spreads, seeds), false)
        for seeds in (3, 5)
        for name, mean, spreads, false in (
            ("nothing: same spread", 1.0, (0.1, 0.1, 0.1), (SHORTER,)),
            ("nothing: spreads 0.01 to 1", 1.0, (0.01, 0.1, 1.0), (SHORTER,)),
            ("shorter by five spreads", 0.5, (0.1, 0.1, 0.1), ()),
        )
    ]


def _study(mean: float, spreads: tuple[float, ...], seeds: int, chance: np.random.Generator) -> Claims:
    runs = [
        _run(f"resnet-{number}", seed, mean + spread * float(chance.standard_normal()))
        for number, spread in enumerate(spreads)
        for seed in range(seeds)
    ]
    return {SHORTER: any(is_significant(one.p_holm) for one in compare_lengths(runs))}


def _run(network: str, seed: int, mean: float) -> PathRun:
    """Return a run whose gradient takes paths of this length on average."""
    shares = (1 - mean / 2, 0.0, mean / 2)
    by_length = GradientByLength("branches", 64, (0, 1, 2), COUNTS, shares, (1.0, 1.0, 1.0))
    lengths = PathLengths(COUNTS, COUNTS)
    return PathRun(
        *(f"{network}/{seed}", network, "resnet", 0.0, seed, 1.0, 2.0, 0, 2, lengths),
        *(None, None, None, None),
        by_length=by_length,
    )
