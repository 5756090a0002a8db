"""Records of regularization, made up: with several seeds and with one, with lost runs."""

import random
from itertools import product
from typing import Any

from depthlab.questions.regularization.published import published_effects
from depthlab.questions.regularization.record import Factor, FactorialRun, RegularizationRecord
from depthlab.questions.regularization.verdict import judge
from depthlab.records import Calibration, CalibrationBin, FactorialAxis, QuestionRecord, RunRef
from tests.questions.degradation.runs import ref, run

FACTORS = (
    Factor("weight_decay", "weight_decay", 0.0, 5e-4, "conf/regularization/weight_decay.yaml"),
    Factor("drop_path", "drop_path", 0.0, 0.5, "as typed"),
)
AXES = (*(FactorialAxis(one.name, (one.off, one.on)) for one in FACTORS), FactorialAxis("depth", (8, 20)))


def error(levels: dict[str, Any], noise: random.Random) -> float:
    """Weight decay takes 2 points off; drop path takes 3 off at depth 20 and adds 1 at depth 8."""
    drop = (-3.0 if levels["depth"] == 20 else 1.0) if levels["drop_path"] else 0.0
    return 8.0 - (2.0 if levels["weight_decay"] else 0.0) + drop + noise.gauss(0, 0.2)


def runs_of(
    seeds: int, lost: set[tuple[Any, ...]] = frozenset(), measured: bool = True
) -> tuple[list[RunRef], list[FactorialRun]]:
    """Return the runs of a factorial; `lost` has combinations of levels and seed that diverged."""
    noise = random.Random(1)
    refs, found = [], []
    for *cell, seed in product(*(axis.levels for axis in AXES), range(seeds)):
        levels = dict(zip((axis.name for axis in AXES), cell, strict=True))
        gone = (*cell, seed) in lost
        more = {"state": "failed", "fault": "diverged"} if gone else {}
        keys = {key: value for key, value in levels.items() if key != "depth"}
        made = ref("resnet", levels["depth"], seed, **keys, **more)
        made = RunRef.from_dict(made.to_dict() | {"group": f"{made.group} {keys}"})
        refs.append(made)
        if not gone:
            value = error(levels, noise)
            train = max(0.0, value - 3 + noise.gauss(0, 0.2))
            found.append(FactorialRun(run(made, train, value), levels, calibration(value) if measured else None))
    return refs, found


def calibration(test_error: float) -> Calibration:
    """Return a network that is always surer than right, by a tenth."""
    right = 1 - test_error / 100
    bins = [CalibrationBin(k / 15, (k + 1) / 15, 0, None, None) for k in range(13)]
    low = CalibrationBin(13 / 15, 14 / 15, 40, 0.9, 0.8)
    return Calibration(
        100, right, right + 0.1, test_error / 200, 0.3, (*bins, low, CalibrationBin(14 / 15, 1.0, 60, 0.99, 0.97)), 0.01
    )


def record_of(
    seeds: int = 3, lost: set[tuple[Any, ...]] = frozenset(), *, measured: bool = True
) -> RegularizationRecord:
    refs, runs = runs_of(seeds, lost, measured)
    about = QuestionRecord(
        question="regularization",
        command=("python", "pipelines/regularization.py", "factors=weight_decay,drop_path"),
        date="2026-11-23T12:00:00+00:00",
        sweep="0123456789abcdef",
        sweep_run=None,
        axes=("weight_decay", "drop_path", "depth", "seed"),
        held={"data": "digits", "epochs": 20},
        hardware=("a processor, threads: 1, fp32",),
        commits=("c0ffee",),
        versions={"torch": "2.13.0"},
        runs=tuple(refs),
    )
    unjudged = RegularizationRecord(
        about=about,
        factors=FACTORS,
        axes=AXES,
        measured=tuple(runs),
        published=tuple(pair for factor in FACTORS for pair in published_effects(factor.name)),
        trained={"training": 1294, "validation": 143, "test": 360},
    )
    return judge(unjudged)
