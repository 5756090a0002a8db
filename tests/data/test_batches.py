"""The order of batches is a pure function of seed, epoch and step."""

import itertools
from typing import final

import pytest
import torch
from torch import Generator, Tensor

from depthlab.data import Batches, LazyImages, Split

SIZE = 22
CPU = torch.device("cpu")


def plain(images: Tensor, labels: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
    return images, labels


def noisy(images: Tensor, labels: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
    return images + torch.rand(images.shape, generator=generator), labels


@final
class Decoded(LazyImages):
    """Lazy images that stand for those of a tensor."""

    def __init__(self, images: Tensor) -> None:
        self._images = images

    @property
    def shape(self) -> tuple[int, int, int, int]:
        count, channels, height, width = self._images.shape
        return count, channels, height, width

    def __getitem__(self, index: int) -> Tensor:
        return self._images[index]


def a_split(lazy: bool = False) -> Split:
    images = torch.randint(0, 256, (SIZE, 3, 4, 4), dtype=torch.uint8, generator=Generator().manual_seed(0))
    return Split(Decoded(images) if lazy else images, torch.arange(SIZE))


def batches(*, lazy: bool = False, seed: int = 0, workers: int = 0, batch_size: int = 4, count: int = SIZE) -> Batches:
    split = a_split(lazy)
    return Batches(
        split,
        torch.arange(count),
        noisy,
        batch_size=batch_size,
        device=CPU,
        seed=seed,
        shuffle=True,
        drop_single=True,
        workers=workers,
    )


def same(first: list[tuple[Tensor, Tensor]], second: list[tuple[Tensor, Tensor]]) -> bool:
    return len(first) == len(second) and all(
        torch.equal(a[0], b[0]) and torch.equal(a[1], b[1]) for a, b in zip(first, second, strict=True)
    )


def labels_of(passed: list[tuple[Tensor, Tensor]]) -> list[int]:
    return [label for _, labels in passed for label in labels.tolist()]


def test_a_pass_shows_every_image_once_and_the_last_batch_is_smaller() -> None:
    loader = batches()
    passed = list(loader)
    assert len(passed) == len(loader) == 6
    assert [len(labels) for _, labels in passed] == [4, 4, 4, 4, 4, 2]
    assert sorted(labels_of(passed)) == list(range(SIZE))


def test_images_belong_to_their_labels() -> None:
    split = a_split()
    loader = Batches(split, torch.arange(SIZE), plain, batch_size=5, device=CPU, shuffle=True)
    assert isinstance(split.images, Tensor)
    for images, labels in loader:
        assert torch.equal(images, split.images[labels])


def test_order_and_augmentation_depend_on_seed_and_epoch_alone() -> None:
    loader = batches()
    first = list(loader)
    assert same(first, list(loader))
    torch.manual_seed(99)
    assert same(first, list(batches()))
    loader.epoch = 1
    second = list(loader)
    assert labels_of(second) != labels_of(first)
    loader.epoch = 0
    assert same(first, list(loader))
    assert labels_of(list(batches(seed=1))) not in (labels_of(first), labels_of(second))


def test_every_step_has_its_own_augmentation() -> None:
    images = torch.zeros(8, 1, 2, 2, dtype=torch.uint8)
    loader = Batches(Split(images, torch.arange(8)), torch.arange(8), noisy, batch_size=4, device=CPU, shuffle=True)
    (first, _), (second, _) = loader
    loader.epoch = 1
    (third, _), _ = loader
    assert not torch.equal(first, second)
    assert not torch.equal(first, third)


@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.parametrize("position", [1, 3, 5])
def test_a_pass_continues_in_the_middle_of_an_epoch(position: int, lazy: bool) -> None:
    loader = batches(lazy=lazy)
    loader.epoch = 2
    whole = list(loader)
    loader.position = position
    assert same(list(loader), whole[position:])
    assert loader.position == 0
    assert same(list(loader), whole)


def test_epoch_and_position_are_read_at_the_first_batch() -> None:
    loader = batches()
    loader.epoch = 3
    expected = list(loader)
    loader.epoch = 0
    waiting = iter(loader)
    loader.epoch, loader.position = 3, 2
    assert same(list(waiting), expected[2:])


def test_a_pass_that_was_left_early_does_not_move_the_next() -> None:
    loader = batches()
    whole = list(loader)
    left = list(itertools.islice(loader, 2))
    assert same(left, whole[:2])
    assert same(list(loader), whole)


def test_a_single_image_at_the_end_is_left_out_in_training() -> None:
    loader = batches(batch_size=3)  # 22 = 7 * 3 + 1
    assert [len(labels) for _, labels in loader] == [3] * 7
    assert len(loader) == 7
    assert len(batches(batch_size=1)) == SIZE
    assert len(batches(batch_size=64, count=1)) == 1
    fixed = Batches(a_split(), torch.arange(SIZE), plain, batch_size=3, device=CPU)
    assert labels_of(list(fixed)) == list(range(SIZE))


@pytest.mark.parametrize("workers", [0, 2])
def test_streaming_equals_images_in_memory(workers: int) -> None:
    for epoch in range(2):
        memory, streaming = batches(), batches(lazy=True, workers=workers)
        memory.epoch = streaming.epoch = epoch
        assert same(list(memory), list(streaming))


def test_streaming_draws_nothing_from_the_global_generator() -> None:
    state = torch.get_rng_state()
    list(batches(lazy=True))
    assert torch.equal(torch.get_rng_state(), state)
