"""Whether a network is as often right as it says: expected calibration error, and the loss on the same images."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from depthlab.nn import evaluating
from depthlab.records import Calibration, CalibrationBin

BINS = 15  # as Guo et al. 2017 have them
DRAWS = 1000  # resamplings of labels
_AT_ONCE = 2_000_000  # images of all resamplings that are drawn together


@torch.no_grad()
def measure_calibration(network: nn.Module, batches: Iterable[tuple[Tensor, Tensor]], bins: int = BINS) -> Calibration:
    """Return the calibration of a network in evaluation mode, over batches of images (N, C, H, W) and labels (N,).

    Raises `ValueError` for scores that are not finite numbers, and where there are no images.
    """
    scores, labels = [], []
    with evaluating(network):
        for images, truth in batches:
            scores.append(network(images).double().cpu())
            labels.append(truth.cpu())
    if not scores:
        raise ValueError("there are no images to measure calibration on")
    return calibration_of(torch.cat(scores), torch.cat(labels), bins)


def calibration_of(scores: Tensor, labels: Tensor, bins: int = BINS, draws: int = DRAWS) -> Calibration:
    """Return the calibration of scores before softmax (N, classes) against true classes (N,).

    Images are sorted into `bins` of equal width by their largest probability, (k/bins, (k+1)/bins]. The expected
    calibration error is the mean over images of |share that is right - mean confidence| of their bin (Naeini et al.
    2015; Guo et al. 2017, arXiv 1706.04599, eq. 3), a fraction. The loss is the mean of -log p of the true class, in
    nats.

    On few images the calibration error is far from 0 even for a perfectly calibrated network, the farther the less
    confident it is, as some images of a bin are right or wrong by chance. So `chance_errors` stand beside it: their
    mean and 95th percentile, of so many `draws`.
    """
    if not len(scores):
        raise ValueError("there are no images to measure calibration on")
    if not bool(torch.isfinite(scores).all()):
        raise ValueError("the network's scores are not finite numbers: its calibration can't be measured")
    logarithms = scores.double().log_softmax(dim=1)
    confidence, predicted = logarithms.exp().max(dim=1)
    right = (predicted == labels).double()
    place = (confidence * bins).ceil().long().sub(1).clamp(0, bins - 1)
    count = torch.bincount(place, minlength=bins)
    confidences = torch.bincount(place, weights=confidence, minlength=bins)
    rights = torch.bincount(place, weights=right, minlength=bins)
    chance = chance_errors(confidence, place, bins, draws)
    found = tuple(
        CalibrationBin(
            low=number / bins,
            high=(number + 1) / bins,
            count=int(images),
            confidence=float(confidences[number] / images) if images else None,
            accuracy=float(rights[number] / images) if images else None,
        )
        for number, images in enumerate(count)
    )
    return Calibration(
        images=len(scores),
        accuracy=float(right.mean()),
        confidence=float(confidence.mean()),
        expected_error=float((confidences - rights).abs().sum() / len(scores)),
        loss=float(-logarithms.gather(1, labels[:, None].long()).mean()),
        bins=found,
        chance_error=float(chance.mean()),
        chance_limit=float(chance.quantile(0.95)),
    )


def chance_errors(confidence: Tensor, place: Tensor, bins: int, draws: int) -> Tensor:
    """Return the expected calibration errors that a perfectly calibrated network would have, fractions (draws,).

    In each draw an image is right with the probability that the network gives its class, which is to draw labels from
    its own probabilities (Broecker and Smith 2007; Vaicenavicius et al. 2019, arXiv 1902.06977). What is measured less
    their mean doesn't depend on how many images there are where the network is perfectly calibrated; of one that is
    not, a part of the mean is taken off too much (Roelofs et al. 2022, arXiv 2012.08668). Draws are the same at each
    call, so that those of similar networks are similar.

    Args:
        confidence: The largest probability of each image (N,).
        place: The bin of each image, from 0 (N,).
        bins: How many there are.
        draws: How many errors to return.
    """
    generator = torch.Generator().manual_seed(0)
    confidence, order = confidence.sort()  # so that the order of images doesn't matter
    members = nn.functional.one_hot(place[order], bins).double()
    found = []
    for part in torch.arange(draws).split(max(1, _AT_ONCE // len(place))):
        right = torch.rand((len(part), len(place)), generator=generator, dtype=torch.float64) < confidence
        found.append(((right.double() - confidence) @ members).abs().sum(dim=1) / len(place))
    return torch.cat(found)
