"""Studies of reuse: maps before and after training, in which near and distant units can trade places."""

from functools import partial

import numpy as np
from worlds import Claims, World

from depthlab.questions.reuse.record import INPUT, WEIGHT, ReuseMap, ReuseRun
from depthlab.questions.reuse.summary import CLASSIFIER, SPREAD, summarize_reuse
from depthlab.statistics import is_significant

CHANGES, PREFERS = "training changes the spread", "some units are used more"


def reuse_worlds() -> list[World]:
    """Return worlds in which all units are used alike, before and after training, and one in which they are not."""
    return [
        World("reuse", name, seeds, partial(_study, near, after, bimodal, seeds), false)
        for seeds in (3, 5)
        for name, near, after, bimodal, false in (
            ("nothing: same distribution", 0.0, 0.3, False, (CHANGES, PREFERS)),
            ("nothing: bimodal", 0.0, 0.3, True, (CHANGES, PREFERS)),
            ("near units are used twice as much", 0.7, 0.3, False, ()),
        )
    ]


def _study(near: float, spread: float, bimodal: bool, seeds: int, chance: np.random.Generator) -> Claims:
    def maps(shift: float) -> tuple[ReuseMap, ...]:
        sources = ("1", "2"), (INPUT, "1")
        targets = (CLASSIFIER,), ("2",)
        found = []
        for block, (read, reader) in enumerate(zip(sources, targets, strict=True), 1):
            logs = spread * chance.standard_normal(2) + (1.5 * (chance.random(2) < 0.3) if bimodal else 0.0)
            values = np.exp(logs + np.array([0.0, shift]))
            found.append(ReuseMap(WEIGHT, block, read, reader, tuple((float(value),) for value in values)))
        return tuple(found)

    runs = [
        ReuseRun(f"{network}/{seed}", network, seed, 3.0, maps(near), maps(0.0))
        for network in ("densenet-22", "densenet-40")
        for seed in range(seeds)
    ]
    claimed = [(one.name, is_significant(one.p_holm)) for one in summarize_reuse(runs)]
    return {
        CHANGES: any(claim for name, claim in claimed if name == SPREAD),
        PREFERS: any(claim for name, claim in claimed if name != SPREAD),
    }
