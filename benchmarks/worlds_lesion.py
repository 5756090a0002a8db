"""Studies of lesion: two networks of ten units, each deleted alone."""

from functools import partial

import numpy as np
from worlds import Claims, World

from depthlab.questions.grouping import grouped
from depthlab.questions.lesion.record import LesionedRun, Lesions
from depthlab.questions.lesion.verdict import compare_rises, find_rises
from depthlab.statistics import is_significant

UNITS, IMAGES = 10, 1437
LOSES, FIRST = "a network loses by a deletion", "one loses less than the other"


def lesion_worlds() -> list[World]:
    """Return worlds in which deletions cost nothing, cost both networks the same, and cost one of them less."""
    return [
        World("lesion", name, seeds, partial(_study, twins, costs, spreads, seeds), false)
        for seeds in (3, 5)
        for name, twins, costs, spreads, false in (
            ("nothing: deletions cost nothing", False, (0.0, 0.0), (1.0, 1.0), (LOSES, FIRST)),
            ("nothing: both lose 10 points", False, (10.0, 10.0), (2.0, 2.0), (FIRST,)),
            ("nothing: the same, spreads 0.5 and 8", False, (10.0, 10.0), (0.5, 8.0), (FIRST,)),
            ("nothing: twins, spreads 0.5 and 8", True, (10.0, 10.0), (0.5, 8.0), (FIRST,)),
            ("twins: one loses 5 points less", True, (10.0, 5.0), (2.0, 2.0), ()),
            ("one loses 10 points less, spread 2", False, (15.0, 5.0), (2.0, 2.0), ()),
        )
    ]


def _study(
    twins: bool, costs: tuple[float, float], spreads: tuple[float, float], seeds: int, chance: np.random.Generator
) -> Claims:
    units = chance.standard_normal(UNITS)  # some units matter more, in both networks
    common = chance.standard_normal(seeds)  # twins do well and badly together
    runs = []
    for drop_path, cost, spread in zip((0.0, 0.5), costs, spreads, strict=True):
        noise = 0.9 * common + 0.4 * chance.standard_normal(seeds) if twins else chance.standard_normal(seeds)
        for seed, shift in enumerate(spread * noise):
            singles = 30 + cost + shift + (units - np.median(units)) + 0.1 * chance.standard_normal(UNITS)
            runs.append(_run(drop_path, seed, singles, twins=twins))
    networks = grouped(runs, lambda run: run.network)
    rises, (compared,) = find_rises(networks), compare_rises(("drop_path", "seed"), networks)
    loses = any(is_significant(one.p_holm) for one in rises)
    return {LOSES: loses, FIRST: is_significant(compared.p_holm)}


def _run(drop_path: float, seed: int, singles: np.ndarray, *, twins: bool) -> LesionedRun:
    errors = tuple(map(float, singles))
    name, begun = f"drop_path={drop_path}", f"{seed}" if twins else f"{seed} {drop_path}"
    lesions = Lesions(30.0, 30.0, IMAGES, IMAGES, 1, UNITS, (), (), errors)
    settings = {"model": "resnet", "drop_path": drop_path, "seed": seed}
    return LesionedRun(f"{name}/{seed}", "", name, name, seed, settings, 10, lesions, initial_weights=begun)
