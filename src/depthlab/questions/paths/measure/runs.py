"""Lengths of paths, the gradient along them and at nearby inputs, and networks trained on effective paths."""

from dataclasses import replace

import torch
from torch import nn

from depthlab.measures.initial_weights import weights_digest
from depthlab.nn import units_with_skip
from depthlab.questions.paths.effective_paths import find_effective
from depthlab.questions.paths.effective_training import choose_counts, pair_runs
from depthlab.questions.paths.measure.gradients_by_length import measure_gradient_by_length
from depthlab.questions.paths.measure.nearby_gradients import measure_nearby_gradients, with_own_statistics
from depthlab.questions.paths.measure.path_gradients import measure_path_gradients
from depthlab.questions.paths.measure.path_lengths import measure_path_lengths
from depthlab.questions.paths.plan import ACTIVE_UNITS, Options, Overrides, ensure_effective
from depthlab.questions.paths.published import published_path_facts
from depthlab.questions.paths.record import PathRun, PathsRecord
from depthlab.questions.references import run_refs
from depthlab.questions.runs import TrainedRun, TrainedRuns, finished_runs
from depthlab.run import FinishedRun
from depthlab.training import track

STATISTICS_IMAGES = 1024  # training images that give the initial networks their statistics


def measure(runs: TrainedRuns[Overrides], options: Options) -> PathsRecord:
    """Measure the runs; then train their networks on their effective paths, if that is asked for."""
    measured = tuple(measure_run(one, options) for one in track(runs.finished, "following paths"))
    record = PathsRecord(about=runs.about, runs=measured, published=published_path_facts(), trained=runs.images)
    return train_effective(runs, record) if options.train else record


def train_effective(runs: TrainedRuns[Overrides], record: PathsRecord) -> PathsRecord:
    """Train each network with so many active units that paths have the mean length of its effective ones.

    The second sweep joins those of `runs`.
    """
    counts, note = choose_counts(record.runs)
    if not counts or not runs.sweeps:
        return replace(record, note=note)
    networks = {one.ref.group: one.ref for one in reversed(runs.finished)}
    sweep = ensure_effective(runs.plan, networks, counts)
    runs.sweeps.append(sweep)
    refs = run_refs(sweep, along="depth")
    trained = [unmeasured_run(one, one.run) for one in finished_runs(sweep, refs)]
    about = replace(
        record.about,
        runs=(*record.about.runs, *refs),
        axes=tuple(dict.fromkeys((*record.about.axes, ACTIVE_UNITS))),
        held={key: value for key, value in record.about.held.items() if key != ACTIVE_UNITS},
    )
    return replace(record, about=about, training=pair_runs(record.runs, trained, counts), note=note)


def measure_run(one: TrainedRun, options: Options) -> PathRun:
    """Return what was measured of one run."""
    run = one.run
    network = run.network("final")
    found = replace(unmeasured_run(one, run), units=len(units_with_skip(network)))
    try:
        found = _follow_paths(found, run, network, options)
    except ValueError as error:  # it is not one of units
        found = replace(found, note=str(error))
    return _compare_nearby(found, run, network, options)


def unmeasured_run(one: TrainedRun, taken_up: FinishedRun) -> PathRun:
    """Return what a run found, without measures that take its final weights."""
    run = one.measured
    return PathRun(
        fingerprint=run.fingerprint,
        network=run.network,
        series=run.series,
        place=run.place,
        seed=run.seed,
        train_error=run.train_error,
        test_error=run.test_error,
        active_units=run.settings.get(ACTIVE_UNITS, 0),
        units=0,
        lengths=None,
        gradients=None,
        effective=None,
        initial=None,
        final=None,
        initial_weights=weights_digest(taken_up.network("initial")),
    )


def _follow_paths(found: PathRun, run: FinishedRun, network: nn.Module, options: Options) -> PathRun:
    """Add the lengths of all paths, and where there are several, the gradient along them. Raises `ValueError`."""
    found = replace(found, lengths=measure_path_lengths(network))
    assert found.lengths is not None
    if sum(found.lengths.branches) < 2:
        return found
    batches = list(run.training_images(options.images))
    gradients = measure_path_gradients(network, batches, loss=run.loss, draws=options.draws, seed=found.seed)
    exact = measure_gradient_by_length(network, batches, loss=run.loss)
    return replace(found, gradients=gradients, effective=find_effective(gradients), by_length=exact)


def _compare_nearby(found: PathRun, run: FinishedRun, network: nn.Module, options: Options) -> PathRun:
    """Add the correlation of gradients along lines between test images, at the initial and at the final weights."""
    images, labels = (torch.cat(parts) for parts in zip(*run.test_images(2 * options.lines), strict=True))
    lines = len(images) // 2
    ends = images[:lines], images[lines : 2 * lines], labels[:lines]
    batches = (images for images, _ in run.training_images(STATISTICS_IMAGES) if len(images) > 1)
    initial = with_own_statistics(run.network("initial"), batches)
    return replace(
        found,
        initial=measure_nearby_gradients(initial, *ends, points=options.points),
        final=measure_nearby_gradients(network, *ends, points=options.points),
    )
