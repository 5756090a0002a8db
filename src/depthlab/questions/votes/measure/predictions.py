"""Members that vote: each gives probabilities for every image, and an ensemble goes by their mean.

Members are kept as the logarithms of their probabilities, (members, images, classes), in double precision: so a
geometric mean is exact too, and the loss of an ensemble that is sure of what is wrong is finite.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Literal

import torch
from torch import Tensor, nn

from depthlab.measures.calibration import calibration_of
from depthlab.nn import evaluating
from depthlab.questions.votes.measure.disagreement import disagreement, disagreement_interval
from depthlab.questions.votes.measure.masks import Per, sampled
from depthlab.questions.votes.record import SNAPSHOTS, VoteCurve, VotePoint, VoteScore

Mean = Literal["arithmetic", "geometric"]
Batches = Sequence[tuple[Tensor, Tensor]]  # images (N, C, H, W) on the network's device, labels (N,)

MEANS: tuple[Mean, ...] = ("arithmetic", "geometric")
SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500)
ENSEMBLES = 20  # of each size
CHANCE_DRAWS = 200  # resamplings of labels, of which the mean is taken


@torch.no_grad()
def whole_vote(network: nn.Module, batches: Batches) -> Tensor:
    """Return what the network says in evaluation mode, log-probabilities (images, classes).

    Of a network with dropout this is weight scaling: every feature is there, at its mean over masks (Hinton et al.
    2012, arXiv 1207.0580). Raises `ValueError` for scores that are not finite numbers, and without images.
    """
    with evaluating(network):
        return _logarithms([network(images) for images, _ in batches])


@torch.no_grad()
def sampled_votes(
    network: nn.Module, layers: Sequence[nn.Module], batches: Batches, seeds: Iterable[int], per: Per = "network"
) -> Tensor:
    """Return what networks sampled from one say, a member for each seed: log-probabilities (members, images, classes).

    `layers` drop, batch normalization and all else stay in evaluation mode; see `sampled`. This is the Monte-Carlo
    averaging that weight scaling stands for (Srivastava et al. 2014, sec. 7.5). Raises as `whole_vote` does.
    """
    members = []
    for seed in seeds:
        with sampled(network, layers, seed=seed, per=per):
            members.append(_logarithms([network(images) for images, _ in batches]))
    return torch.stack(members)


def ensemble(members: Tensor, mean: Mean = "arithmetic") -> Tensor:
    """Return the log-probabilities (images, classes) of an ensemble of members (members, images, classes).

    "arithmetic" is the mean of probabilities; "geometric" their normalized geometric mean, which weight scaling equals
    exactly in a network of one linear layer (Baldi and Sadowski 2013; Hinton et al. 2012). The order of members does
    not matter, copies of one member say what it says, and so does an ensemble of one.
    """
    if mean == "geometric":
        return members.mean(dim=0).log_softmax(dim=1)
    return members.logsumexp(dim=0) - math.log(len(members))


def score(logarithms: Tensor, labels: Tensor) -> VoteScore:
    """Return error, loss and calibration of log-probabilities (images, classes) against true classes (images,)."""
    found = calibration_of(logarithms, labels, draws=CHANCE_DRAWS)
    assert found.chance_error is not None
    return VoteScore(100 * (1 - found.accuracy), found.loss, 100 * found.expected_error, 100 * found.chance_error)


def sampled_curve(method: str, members: Tensor, labels: Tensor, mean: Mean = "arithmetic") -> VoteCurve:
    """Return how ensembles do against how many members they have, of members drawn alike.

    Of each size there are as many ensembles, 20 or as many as there are members, of members drawn one after the other,
    beginning at evenly spaced places; behind the last member the first one follows. Sizes go up to half of the
    members. Large ensembles share members, so their mean is one value of this training, and no sample.
    """
    drawn = len(members)
    count = min(ENSEMBLES, drawn)
    starts = [place * drawn // count for place in range(count)]
    around = torch.cat([members, members])
    points = tuple(
        VotePoint(size, tuple(score(ensemble(around[start : start + size], mean), labels) for start in starts))
        for size in SIZES
        if size == 1 or 2 * size <= drawn
    )
    return _curve(method, members, mean, points)


def snapshot_curve(members: Tensor, labels: Tensor, mean: Mean = "arithmetic") -> VoteCurve:
    """Return how the last m snapshots of one training do, for each m (Huang et al. 2017, sec. 3); m = 1 is its end."""
    points = [VotePoint(size, (score(ensemble(members[-size:], mean), labels),)) for size in range(1, len(members) + 1)]
    return _curve(SNAPSHOTS, members, mean, tuple(points))


def _curve(method: str, members: Tensor, mean: Mean, points: tuple[VotePoint, ...]) -> VoteCurve:
    classes = members.argmax(dim=2)
    return VoteCurve(method, mean, len(members), points, disagreement(classes), disagreement_interval(classes))


def _logarithms(scores: Sequence[Tensor]) -> Tensor:
    if not scores:
        raise ValueError("there are no images to vote on")
    found = torch.cat([part.double().cpu() for part in scores])
    if not bool(torch.isfinite(found).all()):
        raise ValueError("the network's scores are not finite numbers: it can't vote")
    return found.log_softmax(dim=1)
