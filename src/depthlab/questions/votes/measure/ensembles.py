"""Ensembles of independently trained networks: every combination of so many, and an interval over the seeds."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from itertools import combinations
from math import comb
from statistics import fmean

import torch
from torch import Tensor

from depthlab.questions.votes.measure.disagreement import disagreement, disagreement_interval
from depthlab.questions.votes.measure.predictions import Mean, ensemble, score
from depthlab.questions.votes.record import Ensemble, EnsemblePoint, VoteScore
from depthlab.statistics.jackknife import pseudo_values

MOST = 400  # combinations of one size that are formed; of more, so many are drawn

Scored = Sequence[tuple[tuple[int, ...], VoteScore]]  # places of an ensemble's members, and how it does


def independent_ensembles(
    network: str, members: Mapping[int, Tensor], labels: Tensor, mean: Mean = "arithmetic"
) -> Ensemble:
    """Return how ensembles of independently trained networks do, for each number of members.

    The score of a size is the mean over all combinations of so many networks. Combinations share networks, so the
    interval is over seeds, by the jackknife: `shares` has a pseudo-value of each seed. With all networks in one
    ensemble there is nothing to leave out, and the score is a point.

    Args:
        network: Its name.
        members: Seed -> what the network of that seed says, log-probabilities (images, classes).
        labels: True classes (images,).
        mean: Of probabilities.
    """
    votes = torch.stack(list(members.values()))
    points = []
    for size in range(1, len(votes) + 1):
        scored = [(places, score(ensemble(votes[list(places)], mean), labels)) for places in _places(len(votes), size)]
        points.append(_point(size, len(votes), scored))
    classes = votes.argmax(dim=2)
    seeds = tuple(members)
    return Ensemble(network, seeds, mean, tuple(points), disagreement(classes), disagreement_interval(classes))


def _places(networks: int, size: int) -> list[tuple[int, ...]]:
    if comb(networks, size) <= MOST:
        return list(combinations(range(networks), size))
    generator = random.Random(size)
    return [tuple(sorted(generator.sample(range(networks), size))) for _ in range(MOST)]


def _point(size: int, networks: int, scored: Scored) -> EnsemblePoint:
    whole = _mean([one for _, one in scored])
    without = [[one for places, one in scored if left not in places] for left in range(networks)]
    if size == networks or networks < 2 or not all(without):
        return EnsemblePoint(size, len(scored), whole)
    rest = [astuple(_mean(same)) for same in without]
    shares = zip(*map(pseudo_values, astuple(whole), zip(*rest, strict=True)), strict=True)
    return EnsemblePoint(size, len(scored), whole, tuple(VoteScore(*share) for share in shares))


def _mean(scores: Sequence[VoteScore]) -> VoteScore:
    return VoteScore(*map(fmean, zip(*map(astuple, scores), strict=True)))
