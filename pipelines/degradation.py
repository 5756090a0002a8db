"""Does the training error rise with depth? Ensure the runs, measure, draw, and write a page with the verdict."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from depthlab.command_line import run_command
from depthlab.questions.arguments import TUNE_KEYS, Question, ask

if TYPE_CHECKING:
    from depthlab.questions.degradation.record import DegradationRecord
    from depthlab.questions.degradation.tuning import Tuned
    from depthlab.records import MeasuredRun, RunRef
    from depthlab.sweeps import Settings, SweepResult
    from depthlab.tracking import RunFolder

EXAMPLES = (
    "depth=20,56 seed=range(5)",
    "data=cifar10 depth=20,56 seed=0,1 epochs=15",
    "model=resnet,preresnet depth=20,56,110",
    "tune=learning_rate",
)
RESPONSE_IMAGES = 1024
GRADIENT_BATCHES = 8


def degradation() -> None:
    """Read the command line, and answer; exit code 3 if runs are missing, after the page."""
    asked = ask(sys.argv[1:], sweep="degradation", about=__doc__ or "", own=TUNE_KEYS, examples=EXAMPLES)

    from depthlab.questions.degradation.tuning import ensure_tuned, preview_tuned
    from depthlab.questions.degradation.tuning_options import read_tune
    from depthlab.sweeps import ensure_sweep, preview_sweep, settings_of

    settings = settings_of(asked.words)
    check_depths(asked, settings)
    tune = read_tune(asked.own, asked.words, settings)
    if settings.dry_run:
        preview_tuned(tune, settings) if tune is not None else preview_sweep(asked.words, settings)
        return
    if tune is None:
        swept = ensure_sweep(asked.words, settings)
        answer(swept, None, asked.output)
    else:
        tuned = ensure_tuned(tune, settings)
        answer(tuned.swept, tuned, asked.output)


def check_depths(asked: Question, settings: "Settings") -> None:
    """See that there are depths to compare. Raises `ValueError`."""
    from depthlab.recipe import read_space

    space = read_space(asked.words, settings.params)
    if len(space.choices.get("depth", ())) < 2:
        raise ValueError("degradation compares depths, and there is one: type several, such as depth=20,56")


def answer(swept: "SweepResult", tuned: "Tuned | None", output: Path) -> None:
    """Measure, judge, draw, write, attach, tell."""
    from depthlab.questions.degradation.page import degradation_page
    from depthlab.questions.publish import check_answerable, publish

    check_answerable(swept)
    record = examine(swept, tuned)
    publish(swept, degradation_page(record), record, record.about.verdict, output)


def examine(swept: "SweepResult", tuned: "Tuned | None") -> "DegradationRecord":
    """Return all that the page tells, from the runs that finished."""
    from depthlab.published import published_twins
    from depthlab.questions.degradation.record import DegradationRecord
    from depthlab.questions.degradation.verdict import judge, tell_tuning
    from depthlab.questions.references import begin_answer, run_folder, run_refs, trained_images

    refs = run_refs(swept, along="depth", aside=(tuned.tune.key,) if tuned is not None else ())
    conditions = {"held": [trial.fingerprint for trial in swept.trials]}
    if tuned is not None:
        conditions = {
            "tuned": [trial.fingerprint for trial in tuned.chosen()],
            "held": [trial.fingerprint for trial in tuned.held()],
        }
    wanted = {fingerprint for members in conditions.values() for fingerprint in members}
    measured = measure(swept, [ref for ref in refs if ref.fingerprint in wanted])
    judged = [
        judge(name, [r for r in refs if r.fingerprint in set(members)], measured)
        for name, members in conditions.items()
    ]
    hangs = [tell_tuning(tuned.tuning, *judged)] if tuned is not None else []
    about = begin_answer("degradation", swept, refs)
    datasets = [run_folder(swept, trial).manifest.dataset for trial in swept.finished]
    twins = {
        twin.id: twin for recipe in swept.recipes.values() for twin in published_twins(recipe.axes, data="cifar10")
    }
    return DegradationRecord(
        about=replace(about, verdict=(judged[0].headline, *judged[0].verdict, *hangs)),
        measured=tuple(measured),
        conditions=tuple(judged),
        tuning=tuned.tuning if tuned is not None else None,
        published=tuple(twins.values()),
        response_images=min(RESPONSE_IMAGES, *(one.train_size for one in datasets)),
        gradient_batches=GRADIENT_BATCHES,
        trained=trained_images(swept),
    )


def measure(swept: "SweepResult", refs: "Sequence[RunRef]") -> "list[MeasuredRun]":
    """Measure the layers of each run that finished."""
    from depthlab.training import track

    finished = [ref for ref in refs if ref.state == "finished"]
    return [measure_run(swept, ref) for ref in track(finished, "measuring layers")]


def measure_run(swept: "SweepResult", ref: "RunRef") -> "MeasuredRun":
    """Return what one run found, with measures of its layers where its weights can be had."""
    from depthlab.questions.references import measured_run
    from depthlab.tracking import RunFolder

    assert ref.folder is not None
    plain = measured_run(swept, ref)
    try:
        return with_layers(plain, RunFolder.open(swept.runs / ref.folder))
    except ValueError as error:  # its errors count all the same
        print(f"the layers of {ref.name} can't be measured: {error}", file=sys.stderr)
        return plain


def with_layers(measured: "MeasuredRun", folder: "RunFolder") -> "MeasuredRun":
    """Add responses and gradients. Raises `ValueError` if images or weights can't be had any more."""
    from depthlab.measures.gradients import measure_gradients
    from depthlab.questions.degradation.measure_responses import measure_responses
    from depthlab.runs import reopen

    run = reopen(folder)
    initial, final = run.network("initial"), run.network("final")
    return replace(
        measured,
        responses=measure_responses(final, run.training_images(RESPONSE_IMAGES)),
        initial_gradients=measure_gradients(initial, run.training_batches(GRADIENT_BATCHES), loss=run.loss),
        final_gradients=measure_gradients(final, run.training_batches(GRADIENT_BATCHES), loss=run.loss),
    )


if __name__ == "__main__":
    run_command(degradation)
