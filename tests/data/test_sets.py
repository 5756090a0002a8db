"""Sets that need no files, and what is measured of any set."""

import hashlib
from collections import Counter
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from depthlab.data import ImageSet, Split, digits, synthetic
from depthlab.data.images import measure_content, split_from_arrays


def nearest_mean_accuracy(images: ImageSet) -> float:
    """Accuracy on the test images of the nearest class mean."""
    assert isinstance(images.train.images, Tensor) and isinstance(images.test.images, Tensor)
    train, test = images.train.images.flatten(1).float(), images.test.images.flatten(1).float()
    means = torch.stack([train[images.train.labels == label].mean(0) for label in range(images.num_classes)])
    return float((torch.cdist(test, means).argmin(1) == images.test.labels).float().mean())


def test_digits() -> None:
    images = digits()
    assert (images.name, images.num_classes, images.channels, images.image_size) == ("digits", 10, 1, 8)
    assert (len(images.train), len(images.test)) == (1438, 359)
    assert isinstance(images.train.images, Tensor)
    assert int(images.train.images.max()) == 255
    assert images.checksum == digits().checksum
    assert images.test.labels.bincount().min() >= 34
    assert nearest_mean_accuracy(images) > 0.85


@pytest.mark.parametrize("size", [20, 360, 1437])
def test_digits_that_are_not_trained_on_are_tested_on(size: int) -> None:
    """Every digit is in one part, in both there are all classes alike, and no image of the test part is trained on."""
    every, few = digits(), digits(train_size=size)
    assert (len(few.train), len(few.test)) == (size, 1797 - size)
    assert sorted(pixels(few.train) + pixels(few.test)) == sorted(pixels(every.train) + pixels(every.test))
    assert Counter(pixels(few.test)) >= Counter(pixels(every.test)), "what was tested on stays so"
    counts = few.train.labels.bincount()
    assert int(counts.max() - counts.min()) <= 0.03 * size + 1
    assert few.checksum == digits(train_size=size).checksum != every.checksum


def test_all_digits_are_those_without_a_size() -> None:
    assert digits(train_size=1438).checksum == digits().checksum
    for size in (19, 1439, 0.5, True):
        with pytest.raises(ValueError, match="must be a whole number from 20 to 1,438"):
            digits(train_size=size)  # type: ignore[arg-type]


def pixels(split: Split) -> list[bytes]:
    """Return each image with its label as bytes."""
    assert isinstance(split.images, Tensor)
    return [
        image.numpy().tobytes() + bytes([int(label)]) for image, label in zip(split.images, split.labels, strict=True)
    ]


def test_synthetic_has_the_shape_that_was_asked_for_and_can_be_learned() -> None:
    images = synthetic(image_size=12, channels=2, train_size=200, test_size=50, num_classes=7)
    assert images.train.images.shape == (200, 2, 12, 12)
    assert images.test.images.shape == (50, 2, 12, 12)
    assert (images.num_classes, images.channels, images.image_size) == (7, 2, 12)
    assert sorted(set(images.train.labels.tolist())) == list(range(7))
    assert nearest_mean_accuracy(images) == 1.0


def test_synthetic_is_decided_by_its_arguments() -> None:
    assert synthetic(seed=1).checksum == synthetic(seed=1).checksum
    assert synthetic(seed=1).checksum != synthetic(seed=2).checksum


@pytest.mark.parametrize("wrong", [{"image_size": 0}, {"train_size": 1.5}, {"num_classes": 1}, {"channels": True}])
def test_synthetic_names_a_wrong_argument(wrong: dict[str, Any]) -> None:
    (name,) = wrong
    with pytest.raises(ValueError, match=rf"{name}=.* such as data\.{name}="):
        synthetic(**wrong)


def test_content_is_the_digests_and_moments_of_the_bytes() -> None:
    generator = np.random.default_rng(0)
    pixels = generator.integers(0, 256, (3000, 3, 4, 2), dtype=np.uint8)  # more than one block
    content = measure_content(
        split_from_arrays(pixels, np.arange(3000) % 7), split_from_arrays(pixels[:9], np.arange(9))
    )
    assert content.digests["train_images"] == hashlib.sha256(pixels.tobytes()).hexdigest()
    assert content.digests["test_labels"] == hashlib.sha256(bytes(range(9))).hexdigest()
    scaled = pixels.astype(np.float64) / 255
    np.testing.assert_allclose(content.mean, scaled.mean((0, 1, 2)), rtol=1e-12)
    np.testing.assert_allclose(content.std, scaled.std((0, 1, 2)), rtol=1e-12)


def test_the_checksum_sees_every_array() -> None:
    pixels = np.zeros((4, 2, 2, 1), dtype=np.uint8)
    other = pixels.copy()
    other[3, 1, 1, 0] = 1

    def checksum(train: np.ndarray[Any, Any], labels: list[int], test: np.ndarray[Any, Any]) -> str:
        return measure_content(split_from_arrays(train, labels), split_from_arrays(test, [0, 0, 0, 0])).checksum

    found = {
        checksum(pixels, [0, 1, 0, 1], pixels),
        checksum(other, [0, 1, 0, 1], pixels),
        checksum(pixels, [0, 1, 1, 1], pixels),
        checksum(pixels, [0, 1, 0, 1], other),
    }
    assert len(found) == 4


def test_a_constant_channel_does_not_divide_by_zero() -> None:
    split = split_from_arrays(np.full((4, 2, 2, 1), 7, dtype=np.uint8), [0, 1, 0, 1])
    assert measure_content(split, split).std == (1.0,)
