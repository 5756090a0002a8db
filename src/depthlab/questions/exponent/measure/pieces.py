"""Lesions of units and of groups, for the ensemble reading: how robust a network is, and how large an ensemble.

Effective size. Were the logits f, less their mean over classes, a sum of N equal votes v, each cast with probability q
and independently, then f would have the mean q N v and the variance q (1 - q) N |v|^2, so that

    N = (1 - q) / q · |mean|^2 / variance.

Of any network, whose pieces are left out at random, this quotient is the number of equal and independent votes whose
sum would vary as much. For q towards 1, where a network is as it was trained, no drawing is needed: at most
one piece is missing, which changes f by d_s = f - f without s, the variance is (1 - q) sum |d_s|^2, and

    N = |f|^2 / sum over s of |d_s|^2                                                (squares: means over images).

N equal votes give N. Votes that add but have nothing in common (orthogonal d_s) give 1, and pieces that others need,
without which all falls apart, less than that. Where no piece matters, N is beyond all bounds.

Beside it stands how evenly effects are spread, (sum |d_s|)^2 / sum |d_s|^2, from 1 (one piece does it all) to the
number of pieces.
"""

import random
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor

from depthlab.measures.lesions import SKIP, find_lesion_sites, removed
from depthlab.nn import Network, Sum, evaluating
from depthlab.questions.exponent.measure.groups import ConvolutionGroup, cardinality_of, find_groups, muted
from depthlab.questions.exponent.record import GROUPS, UNITS, ExponentRun, PieceLesion, PieceSet

Images = Sequence[tuple[Tensor, Tensor]]  # batches of images (N, C, H, W) and labels (N,)


@final
@dataclass(frozen=True)
class RemovablePart:
    """What can be deleted: its name, whether its unit changes the shape, and which of its kind it is."""

    name: str
    transition: bool
    index: int


Delete = Callable[[Sequence[RemovablePart]], AbstractContextManager[object]]


@torch.no_grad()
def measure_pieces(
    run: ExponentRun, network: Network, images: Images, *, share: float, draws: int, seed: int = 0
) -> ExponentRun:
    """Return the run with its lesions: each unit and each group alone, then a share of them together, at random.

    Together are those whose units keep the shape, as a transition's skip is not an identity: without its branch another
    network is left, not one of fewer functions.

    Args:
        run: What is known of the run already.
        network: Put into evaluation mode, and back; its weights are left as they are.
        images: Batches on the network's device.
        share: Of the pieces, that are deleted together; one at least.
        draws: How many times.
        seed: Of the draws.

    Raises:
        ValueError: the network has no unit that adds to a skip.
    """
    possible = find_lesion_sites(network, images[0][0])
    places = [place for place, unit in enumerate(network.units()) if isinstance(unit, Sum) and SKIP in unit.paths]
    sites = [site for site in possible.sites if site.place in places]
    if not sites:
        raise ValueError("no unit of it adds to a skip, so that none can be left out of a sum")
    groups = [group for group in find_groups(network) if group.place in places]
    with evaluating(network):
        whole = centered_logits(network, images)
        labels = torch.cat([labels for _, labels in images])
        tester = _Tester(network, images, whole, labels, share, draws, seed)
        units = [RemovablePart(site.name, site.transition, place) for place, site in enumerate(sites)]
        sets = [
            tester.measure(UNITS, units, lambda gone: removed(network, possible, [sites[one.index] for one in gone]))
        ]
        if groups:
            named = _group_pieces(groups, {site.place: units[n] for n, site in enumerate(sites)})
            sets.append(tester.measure(GROUPS, named, lambda gone: muted([groups[one.index] for one in gone])))
    return ExponentRun(
        **{
            **vars(run),
            "units": len(places),
            "cardinality": cardinality_of(network),
            "error": error_of(whole, labels),
            "power": float(whole.square().sum(dim=1).mean()),
            "pieces": tuple(sets),
        }
    )


def centered_logits(network: Network, images: Images) -> Tensor:
    """Return the logits less their mean over classes, (N, K); what is the same for all classes is not a vote."""
    logits = torch.cat([network(batch).double() for batch, _ in images])
    return logits - logits.mean(dim=1, keepdim=True)


def error_of(logits: Tensor, labels: Tensor) -> float:
    """Return the share of wrong answers in percent; logits that are not numbers count as wrong."""
    right = (logits.argmax(dim=1) == labels) & logits.isfinite().all(dim=1)
    return 100 * float(1 - right.double().mean())


@final
@dataclass(frozen=True)
class _Tester:
    """Deletes pieces, and looks at what is left."""

    network: Network
    images: Images
    whole: Tensor
    labels: Tensor
    share: float
    draws: int
    seed: int

    def measure(self, kind: str, pieces: Sequence[RemovablePart], delete: Delete) -> PieceSet:
        lesions = []
        for piece in pieces:
            with delete([piece]):
                logits = centered_logits(self.network, self.images)
            effect = float((self.whole - logits).square().sum(dim=1).mean())
            lesions.append(PieceLesion(piece.name, piece.transition, error_of(logits, self.labels), effect))
        steady = [piece for piece in pieces if not piece.transition]
        together = max(1, round(self.share * len(steady))) if steady else 0
        errors = []
        for draw in range(self.draws if steady else 0):
            chosen = random.Random(f"{self.seed}/{kind}/{draw}").sample(steady, together)
            with delete(chosen):
                errors.append(error_of(centered_logits(self.network, self.images), self.labels))
        return PieceSet(kind, tuple(lesions), together, tuple(errors))


def _group_pieces(groups: Sequence[ConvolutionGroup], units: dict[int, RemovablePart]) -> list[RemovablePart]:
    return [
        RemovablePart(f"{units[group.place].name} group {group.index + 1}", units[group.place].transition, place)
        for place, group in enumerate(groups)
    ]
