"""Lesions of units and groups in every run."""

from collections.abc import Mapping
from dataclasses import replace

from depthlab.nn import Network
from depthlab.questions.equal_cost.candidates import candidate_name
from depthlab.questions.exponent.measure.pieces import measure_pieces
from depthlab.questions.exponent.plan import Options, Plan
from depthlab.questions.exponent.record import ExponentRecord, ExponentRun
from depthlab.questions.runs import TrainedRun, TrainedRuns
from depthlab.run import FinishedRun
from depthlab.training import track


def measure(runs: TrainedRuns[Plan], options: Options) -> ExponentRecord:
    """Return the runs with their lesions, without fits."""
    return ExponentRecord(
        about=runs.about,
        networks=runs.plan,
        runs=tuple(measure_run(one, options) for one in track(runs.finished, "deleting units and groups")),
        share=options.share,
        images=min(options.images, *(one.folder.manifest.dataset.test_size for one in runs.finished)),
    )


def measure_run(one: TrainedRun, options: Options) -> ExponentRun:
    """Return one run with its lesions; a note where nothing can be deleted."""
    record = one.folder.record
    assert record is not None, f"{one.ref.name} finished without a record"
    whole = ExponentRun(
        fingerprint=one.ref.fingerprint,
        network=one.ref.group,
        family=record.axes["model"],
        seed=record.axes["seed"],
        units=0,
        cardinality=1,
        parameters=int(record.metrics["model/parameters"]),
        multiply_adds=int(record.metrics["model/multiply_adds"]),
        error=100 * (1 - record.metrics["test/accuracy"]),
        power=0.0,
    )
    try:
        run = one.run
        network = run.network("final")
        if not isinstance(network, Network):
            raise ValueError("it is not a depthlab.nn.Network, so its units are not known")
        images = list(run.test_images(options.images))
        named = replace(whole, network=name_of(run, one.ref.group))
        return measure_pieces(named, network, images, share=options.share, draws=options.draws)
    except ValueError as error:
        return replace(whole, note=str(error))


def name_of(run: FinishedRun, group: str) -> str:
    """Return the network's name, as it reads `resnext-20 4x4d`; for one that lists its stages the question's own."""
    model = run.recipe.config["model"]
    has_depth = isinstance(model, Mapping) and isinstance(model.get("depth"), int)
    return candidate_name(run.recipe) if has_depth else group
