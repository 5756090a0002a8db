"""Each run's network, those sampled from it and its snapshots, alone and in ensembles."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import final

import torch
from torch import Tensor, nn

from depthlab.questions.grouping import grouped
from depthlab.questions.runs import TrainedRun, TrainedRuns
from depthlab.questions.votes.measure.coadaptation import measure_features
from depthlab.questions.votes.measure.ensembles import independent_ensembles
from depthlab.questions.votes.measure.masks import drop_path_layers, dropout_layers
from depthlab.questions.votes.measure.predictions import (
    MEANS,
    Batches,
    sampled_curve,
    sampled_votes,
    score,
    snapshot_curve,
    whole_vote,
)
from depthlab.questions.votes.plan import Options
from depthlab.questions.votes.record import DEPTH, DROPOUT, Ensemble, VoteCurve, VotesRecord, VotingRun
from depthlab.training import track


@final
@dataclass(frozen=True)
class Predictions:
    """What a run found, and the log-probabilities (images, classes) of its whole network, with the true classes."""

    run: VotingRun
    logarithms: Tensor
    labels: Tensor


def measure(runs: TrainedRuns[None], options: Options) -> VotesRecord:
    """Return how every network does alone, by its samples and snapshots, and with others of its kind."""
    predicted: list[Predictions] = []
    notes: list[str] = []
    for one in runs.finished:
        try:
            predicted.append(predict(one, options))
        except ValueError as error:  # the others are measured all the same
            notes.append(f"{one.ref.name}: {error}")
            print(f"{one.ref.name} is not measured: {error}", file=sys.stderr)
    return VotesRecord(
        about=runs.about,
        measured=tuple(one.run for one in predicted),
        ensembles=ensembles_of(predicted),
        images=min((len(one.labels) for one in predicted), default=0),
        draws=options.draws,
        notes=tuple(notes),
        masks=options.masks,
        trained=runs.images,
        margin=options.margin,
    )


def predict(one: TrainedRun, options: Options) -> Predictions:
    """Measure the whole network, those sampled from it and its snapshots. Raises `ValueError`."""
    run, measured = one.run, one.measured
    network = run.network("final")
    batches = list(run.test_images(options.images))
    labels = torch.cat([truth for _, truth in batches]).cpu()
    whole = whole_vote(network, batches)
    found = VotingRun(
        fingerprint=measured.fingerprint,
        folder=measured.folder,
        network=measured.network,
        seed=measured.seed,
        settings=one.folder.manifest.axes,
        parameters=measured.parameters,
        multiply_adds=measured.multiply_adds,
        whole=score(whole, labels),
        features=measure_features(network, batches),
    )
    curves = [
        *sampled_curves(network, batches, labels, found, options),
        *snapshot_curves(run.snapshots(), batches, labels),
    ]
    return Predictions(replace(found, curves=tuple(curves)), whole, labels)


def sampled_curves(
    network: nn.Module, batches: Batches, labels: Tensor, run: VotingRun, options: Options
) -> list[VoteCurve]:
    """Return the curves of networks sampled from one, of each way in which it drops."""
    found = []
    for method, layers in ((DROPOUT, dropout_layers(network)), (DEPTH, drop_path_layers(network))):
        if layers:
            seeds = track(range(options.draws), f"sampling {run.network}, seed {run.seed}")
            members = sampled_votes(network, layers, batches, seeds, options.masks)
            found += [sampled_curve(method, members, labels, mean) for mean in MEANS]
    return found


def snapshot_curves(networks: Sequence[nn.Module], batches: Batches, labels: Tensor) -> list[VoteCurve]:
    """Return the curves of a run's snapshots, none where it kept less than two."""
    if len(networks) < 2:
        return []
    members = torch.stack([whole_vote(network, batches) for network in networks])
    return [snapshot_curve(members, labels, mean) for mean in MEANS]


def ensembles_of(predicted: Sequence[Predictions]) -> tuple[Ensemble, ...]:
    """Return the ensembles of runs of the same network that differ in their seed."""
    found = []
    for network, same in grouped(predicted, lambda one: one.run.network).items():
        members = {one.run.seed: one.logarithms for one in same}
        if len(members) > 1:
            found += [independent_ensembles(network, members, same[0].labels, mean) for mean in MEANS]
    return tuple(found)
