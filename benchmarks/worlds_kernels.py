"""Studies of kernels: five kinds of a part against the skeleton."""

from functools import partial

import numpy as np
from worlds import Claims, World

from depthlab.questions.compared import compare_sides, correct
from depthlab.records import Compared
from depthlab.statistics import is_significant

IMAGES = 1437
KINDS = 5
FIRST, OTHERS = "the first kind differs", "another kind differs"
SPREADS = {
    "same spread": np.ones(6),
    "noisy skeleton": np.array([15, 0.3, 0.3, 0.3, 0.3, 0.3]),
    "steady skeleton": np.array([0.3, 15, 15, 15, 15, 15]),
    "a noisy kind": np.array([0.3, 0.3, 0.3, 0.3, 0.3, 15]),
    "all spreads differ": np.geomspace(0.3, 15, 6),
}


def kernels_worlds() -> list[World]:
    """Return worlds in which no kind differs from the skeleton, and one in which the first does, by six spreads."""
    return [
        *(
            World("kernels", f"nothing: {name}", seeds, partial(_study, spreads, 0.0, seeds), (FIRST, OTHERS))
            for seeds in (3, 5)
            for name, spreads in SPREADS.items()
        ),
        World("kernels", "a kind is 6 points worse, spread 1", 3, partial(_study, np.ones(6), 6.0, 3), (OTHERS,)),
    ]


def _study(spreads: np.ndarray, effect: float, seeds: int, chance: np.random.Generator) -> Claims:
    errors = 40 + chance.standard_normal((1 + KINDS, seeds)) * spreads[:, None]
    errors[1] += effect
    skeleton, *kinds = (dict(enumerate(map(float, row))) for row in errors)
    blanks = [Compared("kinds", "test error", "", f"kind {number}", "skeleton", None, None) for number in range(KINDS)]
    found = correct([compare_sides(one, kind, skeleton, IMAGES) for one, kind in zip(blanks, kinds, strict=True)])
    claimed = [is_significant(one.p_holm) for one in found]
    return {FIRST: claimed[0], OTHERS: any(claimed[1:])}
