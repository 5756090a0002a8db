"""Is dropout a vote, is stochastic depth a vote? Let sampled networks, independent ones and snapshots vote."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, final

from depthlab.command_line import run_command, whole_number
from depthlab.questions.arguments import ask

if TYPE_CHECKING:
    from torch import Tensor, nn

    from depthlab.questions.runs import Subject, Subjects
    from depthlab.questions.votes.measure.masks import Per
    from depthlab.questions.votes.measure.votes import Batches
    from depthlab.questions.votes.record import Committee, VoteCurve, VotesRecord, VotingRun

QUESTION = "votes"
DRAWS, IMAGES = 100, 2000
OWN = {
    "voters": "dropout, drop_path or snapshots, with commas: what is trained beside the plain network [all of them]",
    "draws": f"networks that are sampled from each trained one [{DRAWS}]",
    "images": f"test images to vote on, spread over the test set [{IMAGES}, or all if they are less]",
    "masks": "network: one mask for all images of a draw; image: one for each image [network]",
}
EXAMPLES = (
    "voters=dropout dropout=0.5",
    "model=mlp depth=4 dropout=0.2,0.5 seed=range(5)",
    "data=cifar10 depth=20 epochs=15 seed=0,1,2 draws=50",
    "run=1a2b,3c4d",
)


def votes() -> None:
    """Read the command line, and answer; exit code 3 if runs are missing, after the page."""
    from depthlab.questions.runs import RUN_KEYS
    from depthlab.questions.votes.networks import Voters, read_voters
    from depthlab.sweeps import settings_of

    asked = ask(sys.argv[1:], sweep=QUESTION, about=__doc__ or "", own={**RUN_KEYS, **OWN}, examples=EXAMPLES)
    how = read_how(asked.own)
    voters = Voters(asked.words, ())
    if "run" not in asked.own:
        voters = read_voters(asked.own, asked.words, settings_of(asked.words))
    elif "voters" in asked.own:
        raise ValueError("voters= does nothing beside run=, whose runs are trained already: leave one of them out")

    from depthlab.questions.runs import find_subjects, publish_answer

    subjects = find_subjects(replace(asked, words=voters.words), QUESTION, variants=voters.variants)
    if subjects is None:
        return

    from depthlab.questions.votes.page import votes_page

    record = examine(subjects, how)
    publish_answer(subjects, votes_page(record), record, asked.output)


@final
@dataclass(frozen=True)
class Options:
    """How it is measured."""

    draws: int
    images: int
    masks: "Per"


def read_how(own: dict[str, str]) -> Options:
    """Return what the pipeline's own keys say. Raises `ValueError`."""
    masks = own.get("masks", "network")
    if masks not in ("network", "image"):
        raise ValueError(f"masks={masks} must be network or image, such as masks=network")
    draws, images = (
        whole_number(key, own.get(key, str(default)), example=default)
        for key, default in (("draws", DRAWS), ("images", IMAGES))
    )
    return Options(draws, images, masks)  # type: ignore[arg-type]


def examine(subjects: "Subjects", how: Options) -> "VotesRecord":
    """Return all that the page tells."""
    from depthlab.questions.references import split_sizes
    from depthlab.questions.votes.contrasts import contrasts, feature_contrasts
    from depthlab.questions.votes.networks import network_name
    from depthlab.questions.votes.record import VotesRecord
    from depthlab.questions.votes.verdict import tell

    held = subjects.about.held
    about = replace(
        subjects.about, runs=tuple(replace(ref, group=network_name(ref, held)) for ref in subjects.about.runs)
    )
    notes: list[str] = []
    measured = [
        one for subject in subjects.subjects for one in measure(subject, network_name(subject.ref, held), how, notes)
    ]
    runs = tuple(one.run for one in measured)
    committees = committees_of(measured)
    compared, features = contrasts(runs, committees), feature_contrasts(runs)
    return VotesRecord(
        about=replace(about, verdict=tell(runs, committees, compared, features, about.runs)),
        measured=runs,
        committees=committees,
        contrasts=compared,
        features=features,
        images=min((len(one.labels) for one in measured), default=0),
        draws=how.draws,
        notes=tuple(notes),
        masks=how.masks,
        trained=split_sizes(one.folder for one in subjects.subjects),
    )


@final
@dataclass(frozen=True)
class Measured:
    """What a run found, and what its whole network says of which images."""

    run: "VotingRun"
    votes: "Tensor"
    labels: "Tensor"


def measure(subject: "Subject", name: str, how: Options, notes: list[str]) -> "Iterator[Measured]":
    """Let the run's networks vote; a note instead where its weights or images can't be had any more."""
    try:
        yield ask_networks(subject, name, how)
    except ValueError as error:  # the others vote all the same
        notes.append(f"{subject.ref.name}: {error}")
        print(f"{subject.ref.name} can't vote: {error}", file=sys.stderr)


def ask_networks(subject: "Subject", name: str, how: Options) -> Measured:
    """Ask the whole network, those sampled from it and its snapshots. Raises `ValueError`."""
    import torch

    from depthlab.questions.votes.measure.coadaptation import measure_features
    from depthlab.questions.votes.measure.votes import score, some_images, whole_vote
    from depthlab.questions.votes.record import VotingRun

    record, run = subject.folder.record, subject.run
    assert record is not None, f"{subject.ref.name} finished without a record"
    network = run.network("final")
    batches = some_images(run.test_batches(), subject.folder.manifest.dataset.test_size, how.images)
    labels = torch.cat([truth for _, truth in batches]).cpu()
    whole = whole_vote(network, batches)
    found = VotingRun(
        fingerprint=subject.ref.fingerprint,
        folder=subject.folder.name,
        network=name,
        seed=record.axes["seed"],
        settings=subject.folder.manifest.axes,
        parameters=int(record.metrics["model/parameters"]),
        multiply_adds=int(record.metrics["model/multiply_adds"]),
        whole=score(whole, labels),
        features=measure_features(network, batches),
    )
    curves = [
        *sampled_curves(network, batches, labels, found, how),
        *snapshot_curves(run.snapshots(), batches, labels),
    ]
    return Measured(replace(found, curves=tuple(curves)), whole, labels)


def sampled_curves(
    network: "nn.Module", batches: "Batches", labels: "Tensor", run: "VotingRun", how: Options
) -> "list[VoteCurve]":
    """Return the curves of networks sampled from one, of each way in which it drops."""
    from depthlab.questions.votes.contrasts import DEPTH, DROPOUT
    from depthlab.questions.votes.measure.masks import drop_path_layers, dropout_layers
    from depthlab.questions.votes.measure.votes import MEANS, sampled_curve, sampled_votes
    from depthlab.training import track

    found = []
    for voter, layers in ((DROPOUT, dropout_layers(network)), (DEPTH, drop_path_layers(network))):
        if layers:
            seeds = track(range(how.draws), f"sampling {run.network}, seed {run.seed}")
            members = sampled_votes(network, layers, batches, seeds, how.masks)
            found += [sampled_curve(voter, members, labels, mean) for mean in MEANS]
    return found


def snapshot_curves(networks: "Sequence[nn.Module]", batches: "Batches", labels: "Tensor") -> "list[VoteCurve]":
    """Return the curves of a run's snapshots, none where it kept less than two."""
    import torch

    from depthlab.questions.votes.measure.votes import MEANS, snapshot_curve, whole_vote

    if len(networks) < 2:
        return []
    members = torch.stack([whole_vote(network, batches) for network in networks])
    return [snapshot_curve(members, labels, mean) for mean in MEANS]


def committees_of(measured: "Sequence[Measured]") -> "tuple[Committee, ...]":
    """Return the committees of runs of the same network that differ in their seed."""
    from depthlab.questions.votes.measure.ensembles import independent_committees
    from depthlab.questions.votes.measure.votes import MEANS

    groups: dict[str, list[Measured]] = {}
    for one in measured:
        groups.setdefault(one.run.network, []).append(one)
    found = []
    for network, same in groups.items():
        members = {one.run.seed: one.votes for one in same}
        if len(members) > 1:
            found += [independent_committees(network, members, same[0].labels, mean) for mean in MEANS]
    return tuple(found)


if __name__ == "__main__":
    run_command(votes)
