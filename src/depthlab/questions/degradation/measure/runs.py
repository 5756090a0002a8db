"""Errors of the runs, and the responses and gradients of their layers."""

import sys
from collections.abc import Sequence
from dataclasses import replace

from depthlab.measures.gradients import measure_gradients
from depthlab.published import published_twins
from depthlab.questions.degradation.measure.responses import measure_responses
from depthlab.questions.degradation.record import Condition, DegradationRecord
from depthlab.questions.degradation.tuning import Tuned
from depthlab.questions.runs import TrainedRun, TrainedRuns
from depthlab.records import MeasuredRun
from depthlab.training import track

RESPONSE_IMAGES = 1024
GRADIENT_BATCHES = 8


def measure(runs: TrainedRuns[Tuned | None], options: float) -> DegradationRecord:
    """Return what the runs found, with measures of their layers."""
    tuned, sweep = runs.plan, runs.sweep
    conditions = {"held": sweep.trials} if tuned is None else {"tuned": tuned.chosen(), "held": tuned.held()}
    members = {name: tuple(trial.fingerprint for trial in trials) for name, trials in conditions.items()}
    wanted = {fingerprint for fingerprints in members.values() for fingerprint in fingerprints}
    measured = [one for one in runs.finished if one.ref.fingerprint in wanted]
    sizes = [one.folder.manifest.dataset.train_size for one in runs.finished]
    twins = {
        twin.id: twin for recipe in sweep.recipes.values() for twin in published_twins(recipe.axes, data="cifar10")
    }
    return DegradationRecord(
        about=runs.about,
        measured=tuple(measure_run(one) for one in track(measured, "measuring layers")),
        conditions=tuple(Condition(name, fingerprints) for name, fingerprints in members.items()),
        tuning=tuned.tuning if tuned is not None else None,
        published=tuple(twins.values()),
        response_images=min(RESPONSE_IMAGES, *sizes),
        gradient_batches=GRADIENT_BATCHES,
        trained=runs.images,
        chance=_chance(runs.finished),
        margin=options,
    )


def _chance(finished: Sequence[TrainedRun]) -> float | None:
    """Return the error in percent of a network that guesses; None where runs have different numbers of classes."""
    classes = {len(one.folder.manifest.dataset.classes) for one in finished}
    return 100 * (1 - 1 / classes.pop()) if len(classes) == 1 else None


def measure_run(one: TrainedRun) -> MeasuredRun:
    """Return what one run found, with measures of its layers where its weights can be had."""
    try:
        run = one.run
        initial, final = run.network("initial"), run.network("final")
        return replace(
            one.measured,
            responses=measure_responses(final, (images for images, _ in run.training_images(RESPONSE_IMAGES))),
            initial_gradients=measure_gradients(initial, run.training_batches(GRADIENT_BATCHES), loss=run.loss),
            final_gradients=measure_gradients(final, run.training_batches(GRADIENT_BATCHES), loss=run.loss),
        )
    except ValueError as error:  # its errors count all the same
        print(f"the layers of {one.ref.name} can't be measured: {error}", file=sys.stderr)
        return one.measured
