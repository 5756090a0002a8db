"""Errors and calibration of every run of the factorial."""

import sys

from depthlab.measures.calibration import BINS, measure_calibration
from depthlab.questions.regularization.factors import Factors
from depthlab.questions.regularization.published import published_effects
from depthlab.questions.regularization.record import FactorialRun, RegularizationRecord
from depthlab.questions.runs import TrainedRun, TrainedRuns
from depthlab.records import Calibration
from depthlab.tracking import write_atomically
from depthlab.training import track

CALIBRATION = "calibration.json"  # beside the run's record, so that it is measured once


def measure(runs: TrainedRuns[Factors], options: None) -> RegularizationRecord:
    """Return what each run found, with its calibration on the test images."""
    factors = runs.plan
    measured = tuple(
        FactorialRun(one.measured, factors.levels(one.ref), calibration_of(one))
        for one in track(runs.finished, "measuring calibration")
    )
    return RegularizationRecord(
        about=runs.about,
        factors=factors.factors,
        axes=factors.axes(runs.about.runs),
        measured=measured,
        published=tuple(pair for factor in factors.factors for pair in published_effects(factor.name)),
        trained=runs.images,
    )


def calibration_of(one: TrainedRun) -> Calibration | None:
    """Return the calibration of a run's final weights on the test images, measured where it is not kept already."""
    path = one.folder.path / CALIBRATION
    kept = Calibration.read(path) if path.is_file() else None
    if kept is not None and len(kept.bins) == BINS and kept.chance_error is not None:
        return kept
    try:
        run = one.run
        found = measure_calibration(run.network("final"), run.test_batches())
    except ValueError as error:  # its errors count nevertheless
        print(
            f"the calibration of {one.folder.name} can't be measured{' again' if kept else ''}: {error}",
            file=sys.stderr,
        )
        return kept
    write_atomically(path, found.to_json())
    return found
