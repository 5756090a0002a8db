"""Maps of feature reuse of each run's network, after training and before."""

from dataclasses import replace
from typing import Literal

from depthlab.nn import Network
from depthlab.questions.reuse.measure.stream import measure_shares
from depthlab.questions.reuse.measure.weights import map_weights
from depthlab.questions.reuse.record import ReuseMap, ReuseRecord, ReuseRun
from depthlab.questions.runs import TrainedRun, TrainedRuns
from depthlab.run import FinishedRun
from depthlab.training import track


def measure(runs: TrainedRuns[None], images: int) -> ReuseRecord:
    """Return the maps of every run; shares are measured on so many test images."""
    available = min(images, *(one.folder.manifest.dataset.test_size for one in runs.finished))
    mapped = tuple(measure_run(one, images) for one in track(runs.finished, "mapping feature reuse"))
    return ReuseRecord(runs.about, mapped, (), available)


def measure_run(one: TrainedRun, images: int) -> ReuseRun:
    """Return the maps of one run, of its final and its initial weights; a note where there can be none."""
    measured = one.measured
    run = ReuseRun(measured.fingerprint, measured.network, measured.seed, measured.test_error, ())
    try:
        finished = one.run
        final = map_network(finished, "final", images)
        return replace(run, maps=final, initial=map_network(finished, "initial", images))
    except ValueError as refused:
        return replace(run, note=str(refused))


def map_network(run: FinishedRun, moment: Literal["initial", "final"], images: int) -> tuple[ReuseMap, ...]:
    """Return all maps of a run's network. Raises `ValueError` for a network that has none."""
    network = run.network(moment)
    if not isinstance(network, Network):
        raise ValueError("it is not a depthlab.nn.Network, so its units are not known")
    batches = [batch for batch, _ in run.test_images(images)]
    maps = (*map_weights(network), *measure_shares(network, batches))
    if not maps:
        raise ValueError("its units neither concatenate features nor add to a stream that can be followed")
    return maps
