"""Calibration against a loop over images, and what must hold of any."""

import itertools
import math
from statistics import fmean, stdev

import pytest
import torch
from torch import Tensor, nn

from depthlab.measures.calibration import calibration_of, chance_errors, measure_calibration


def scores_of(seed: int, images: int = 200, classes: int = 5) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    scores = 3 * torch.randn(images, classes, generator=generator)
    return scores, torch.randint(classes, (images,), generator=generator)


def by_hand(scores: Tensor, labels: Tensor, bins: int) -> tuple[float, float]:
    """Return expected calibration error and loss, image by image."""
    sums: dict[int, list[float]] = {}
    loss = 0.0
    for row, label in zip(scores.tolist(), labels.tolist(), strict=True):
        powers = [math.exp(score) for score in row]
        shares = [power / sum(powers) for power in powers]
        best = shares.index(max(shares))
        place = next(number for number in range(bins) if max(shares) <= (number + 1) / bins)
        sums.setdefault(place, []).append((best == label) - max(shares))
        loss -= math.log(shares[label])
    return sum(abs(sum(gaps)) for gaps in sums.values()) / len(scores), loss / len(scores)


@pytest.mark.parametrize("bins", [1, 10, 15])
@pytest.mark.parametrize("seed", range(3))
def test_a_loop_finds_the_same(seed: int, bins: int) -> None:
    scores, labels = scores_of(seed)
    found = calibration_of(scores, labels, bins)
    assert (found.expected_error, found.loss) == pytest.approx(by_hand(scores, labels, bins))
    assert found.accuracy == pytest.approx(float((scores.argmax(1) == labels).double().mean()))
    assert sum(one.count for one in found.bins) == found.images == 200


def test_by_hand_on_four_images() -> None:
    """Two images at 0.8, one of them right; two at 0.6, both right: half of |0.5 - 0.8| and half of |1 - 0.6|."""
    shares = torch.tensor([[0.8, 0.2], [0.8, 0.2], [0.6, 0.4], [0.4, 0.6]], dtype=torch.float64)
    found = calibration_of(shares.log(), torch.tensor([0, 1, 0, 1]), bins=10)
    assert found.expected_error == pytest.approx(0.5 * 0.3 + 0.5 * 0.4)
    assert found.loss == pytest.approx(-(math.log(0.8) + math.log(0.2) + 2 * math.log(0.6)) / 4)
    assert [(one.count, one.accuracy) for one in found.bins if one.count] == [(2, 1.0), (2, 0.5)]


def test_certainty_that_is_right_has_no_error_and_that_is_wrong_has_all() -> None:
    scores = torch.tensor([[1000.0, 0.0], [0.0, 1000.0]])
    right, wrong = calibration_of(scores, torch.tensor([0, 1])), calibration_of(scores, torch.tensor([1, 0]))
    assert (right.expected_error, right.loss) == (0.0, 0.0)
    assert (wrong.expected_error, wrong.loss) == (1.0, 1000.0)
    assert right.bins[-1].count == 2, "a probability of 1 lies in the last bin"


def test_guessing_evenly_is_as_right_as_it_says() -> None:
    found = calibration_of(torch.zeros(10, 5), torch.arange(10) % 5)
    assert found.expected_error == pytest.approx(0.0) and found.loss == pytest.approx(math.log(5))
    assert found.confidence == pytest.approx(0.2) and found.accuracy == pytest.approx(0.2)


@pytest.mark.parametrize("seed", range(3))
def test_laws(seed: int) -> None:
    scores, labels = scores_of(seed)
    found = calibration_of(scores, labels)
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    again = calibration_of(scores[order] + 7.0, labels[order])
    assert again.expected_error == pytest.approx(found.expected_error), "neither order nor a shift of scores matters"
    assert (again.loss, again.chance_error) == pytest.approx((found.loss, found.chance_error))
    assert abs(found.accuracy - found.confidence) <= found.expected_error + 1e-12, "bins never hide what is there"
    assert calibration_of(scores, labels, bins=1).expected_error == pytest.approx(
        abs(found.accuracy - found.confidence)
    )
    sharper = calibration_of(10 * scores, labels)
    assert sharper.accuracy == found.accuracy and sharper.confidence > found.confidence


def calibrated(images: int, seed: int, sharpness: float) -> tuple[Tensor, Tensor]:
    """Return scores of a perfectly calibrated network, and labels drawn from its probabilities."""
    generator = torch.Generator().manual_seed(seed)
    scores = sharpness * torch.randn(images, 10, generator=generator, dtype=torch.float64)
    return scores, torch.multinomial(scores.softmax(dim=1), 1, generator=generator)[:, 0]


@pytest.mark.parametrize("sharpness", [1.0, 2.0, 4.0])
@pytest.mark.parametrize("images", [359, 1437])
def test_a_perfectly_calibrated_network_has_no_error_beyond_chance(images: int, sharpness: float) -> None:
    """Whatever its confidence: one that is less confident has more error by chance, which is taken off."""
    found = [calibration_of(*calibrated(images, seed, sharpness), draws=200) for seed in range(60)]
    errors, excess = [100 * one.expected_error for one in found], [100 * (one.excess or 0.0) for one in found]
    assert abs(fmean(excess)) < 0.35 * stdev(errors)
    assert fmean(errors) > 1 > abs(fmean(excess))
    beyond = sum(one.expected_error > (one.chance_limit or 0.0) for one in found) / len(found)
    assert beyond <= 0.12, "5 % of such networks, and two standard errors"


def test_chance_is_the_mean_over_all_that_labels_could_be() -> None:
    """Against every way in which six images can be right or wrong, weighed by its probability."""
    confidence = torch.tensor([0.55, 0.6, 0.62, 0.9, 0.95, 0.97], dtype=torch.float64)
    place = torch.tensor([1, 1, 1, 2, 2, 2])
    expected = 0.0
    for ways in itertools.product((0.0, 1.0), repeat=6):
        right = torch.tensor(ways, dtype=torch.float64)
        weight = float((right * confidence + (1 - right) * (1 - confidence)).prod())
        gaps = (right - confidence).view(2, 3).sum(dim=1)
        expected += weight * float(gaps.abs().sum()) / 6
    drawn = chance_errors(confidence, place, 3, 20_000)
    assert float(drawn.mean()) == pytest.approx(expected, rel=0.02)
    assert torch.equal(drawn[:100], chance_errors(confidence, place, 3, 20_000)[:100]), "the same at each call"


def test_a_network_that_is_too_sure_errs_beyond_chance() -> None:
    scores, labels = calibrated(1437, 0, 2.0)
    found = calibration_of(2 * scores, labels)
    assert found.excess is not None and found.chance_limit is not None
    assert found.expected_error > found.chance_limit and found.excess > 0.05


def test_a_network_is_measured_in_evaluation_mode_over_all_batches() -> None:
    network = nn.Sequential(nn.Flatten(), nn.Linear(12, 4), nn.Dropout(0.9)).train()
    images, labels = torch.randn(30, 3, 2, 2), torch.randint(4, (30,))
    batches = list(zip(images.split(7), labels.split(7), strict=True))
    found = measure_calibration(network, batches)
    assert network.training, "as it was"
    with torch.no_grad():
        whole = calibration_of(network.eval()(images), labels)
    assert found.images == 30 and found.loss == pytest.approx(whole.loss, rel=1e-5)


def test_no_images_and_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="there are no images"):
        calibration_of(torch.zeros(0, 3), torch.zeros(0))
    with pytest.raises(ValueError, match="there are no images"):
        measure_calibration(nn.Identity(), [])
    with pytest.raises(ValueError, match="not finite numbers"):
        calibration_of(torch.tensor([[math.nan, 0.0]]), torch.tensor([0]))
