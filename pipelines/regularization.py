"""What does each regularizer change, alone and with others, and does that depend on depth? A page with the verdict."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from depthlab.command_line import run_command
from depthlab.questions.arguments import ask

if TYPE_CHECKING:
    from depthlab.questions.regularization.factors import Factors
    from depthlab.questions.regularization.record import FactorialRun, RegularizationRecord
    from depthlab.records import Calibration, RunRef
    from depthlab.sweeps import SweepResult
    from depthlab.tracking import RunFolder

OWN = {
    "factors": "regularizers to cross, each off and at the strength of its file or as typed [those that vary]: "
    "weight_decay, dropout, drop_path, label_smoothing, cutout, mixup, cutmix, lrn, batch_norm, weight_sharing",
}
EXAMPLES = (
    "factors=weight_decay,drop_path,mixup",
    "data.validation=0.1",
    "factors=dropout dropout=0.1 depth=8,20,32",
    "factors=label_smoothing width=1,2 depth=8",
    "model=vgg factors=batch_norm,dropout depth=11,16",
    "model=locally_connected factors=weight_sharing depth=5,8",
    "model=alexnet factors=lrn,dropout depth=8 width=0.5,1",
)
PAGE = "regularization"
CALIBRATION = "calibration.json"  # beside the run's record, so that it is measured once


def regularization() -> None:
    """Read the command line, and answer; exit code 3 if runs are missing, after the page."""
    asked = ask(sys.argv[1:], sweep=PAGE, about=__doc__ or "", own=OWN, examples=EXAMPLES)

    from depthlab.questions.few_images import with_few_images
    from depthlab.questions.regularization.factors import read_factors
    from depthlab.sweeps import ensure_sweep, preview_sweep, settings_of

    words = with_few_images(asked.words, PAGE)
    settings = settings_of(words)
    factors = read_factors(asked.own, words, settings)
    if settings.dry_run:
        preview_sweep(factors.words, settings)
        return
    answer(ensure_sweep(factors.words, settings), factors, asked.output)


def answer(swept: "SweepResult", factors: "Factors", output: Path) -> None:
    """Measure, judge, draw, write, attach, tell."""
    from depthlab.questions.publish import check_answerable, publish
    from depthlab.questions.regularization.page import regularization_page

    check_answerable(swept)
    record = examine(swept, factors)
    publish(swept, regularization_page(record), record, record.about.verdict, output)


def examine(swept: "SweepResult", factors: "Factors") -> "RegularizationRecord":
    """Return all that the page tells, from the runs that finished."""
    from depthlab.questions.references import begin_answer, run_refs, trained_images
    from depthlab.questions.regularization.published import published_effects
    from depthlab.questions.regularization.record import RegularizationRecord
    from depthlab.questions.regularization.verdict import judge

    refs = run_refs(swept, along="depth")
    axes = factors.axes(refs)
    measured = measure(swept, factors, refs)
    judged = judge(factors.factors, axes, refs, measured)
    about = begin_answer(PAGE, swept, refs)
    return RegularizationRecord(
        about=replace(about, verdict=(judged.headline, *judged.verdict)),
        factors=factors.factors,
        axes=axes,
        measured=tuple(measured),
        anovas=judged.anovas,
        effects=judged.effects,
        published=tuple(pair for factor in factors.factors for pair in published_effects(factor.name)),
        trained=trained_images(swept),
    )


def measure(swept: "SweepResult", factors: "Factors", refs: "Sequence[RunRef]") -> "list[FactorialRun]":
    """Return what each run that finished found, with its calibration on the test images."""
    from depthlab.questions.references import measured_run
    from depthlab.questions.regularization.record import FactorialRun
    from depthlab.tracking import RunFolder
    from depthlab.training import track

    found = []
    for ref in track([ref for ref in refs if ref.state == "finished"], "measuring calibration"):
        assert ref.folder is not None
        folder = RunFolder.open(swept.runs / ref.folder)
        found.append(FactorialRun(measured_run(swept, ref), factors.levels(ref), calibration(folder)))
    return found


def calibration(folder: "RunFolder") -> "Calibration | None":
    """Return the calibration of a run's final weights on the test images, measured where it is not kept already."""
    from depthlab.measures.calibration import BINS, measure_calibration
    from depthlab.records import Calibration
    from depthlab.runs import reopen
    from depthlab.tracking import write_atomically

    path = folder.path / CALIBRATION
    if path.is_file() and len((kept := Calibration.read(path)).bins) == BINS:
        return kept
    try:
        run = reopen(folder)
        found = measure_calibration(run.network("final"), run.test_batches())
    except ValueError as error:  # its errors count all the same
        print(f"the calibration of {folder.name} can't be measured: {error}", file=sys.stderr)
        return None
    write_atomically(path, found.to_json())
    return found


if __name__ == "__main__":
    run_command(regularization)
