"""Laws of augmentation."""

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from depthlab.data import augment

FORMATS = [torch.contiguous_format, torch.channels_last]


def seeded(seed: int = 0) -> Generator:
    return Generator().manual_seed(seed)


def some_bytes(*shape: int, seed: int = 0) -> Tensor:
    return torch.randint(1, 256, shape, dtype=torch.uint8, generator=seeded(seed))


def windows(image: Tensor, padding: int) -> Tensor:
    """All windows of a padded image (C, H, W): (2p+1, 2p+1, C, H, W)."""
    _, height, width = image.shape
    padded = F.pad(image, (padding,) * 4)
    return padded.unfold(1, height, 1).unfold(2, width, 1).permute(1, 2, 0, 3, 4)


@pytest.mark.parametrize("memory_format", FORMATS)
@pytest.mark.parametrize("shape", [(300, 3, 8, 8), (300, 1, 5, 7)])
def test_a_crop_is_a_window_of_the_padded_image_and_all_windows_come_up(
    shape: tuple[int, ...], memory_format: torch.memory_format
) -> None:
    images = some_bytes(*shape).contiguous(memory_format=memory_format)
    cropped = augment.pad_and_crop(images, 1, seeded())
    assert cropped.shape == images.shape
    places = set()
    for image, crop in zip(images, cropped, strict=True):
        same = (windows(image, 1) == crop).flatten(2).all(2).nonzero().tolist()
        assert len(same) == 1
        places.add(tuple(same[0]))
    assert places == {(y, x) for y in range(3) for x in range(3)}


def test_a_crop_without_padding_is_the_image() -> None:
    images = some_bytes(4, 3, 8, 8)
    assert torch.equal(augment.pad_and_crop(images, 0, seeded()), images)


def test_padding_may_be_wider_than_the_image() -> None:
    image = some_bytes(1, 3, 4, 4).expand(50, -1, -1, -1)
    for crop in augment.pad_and_crop(image, 6, seeded()):
        assert (windows(image[0], 6) == crop).flatten(2).all(2).any()


@pytest.mark.parametrize("memory_format", FORMATS)
def test_flipping_mirrors_about_half_of_the_images(memory_format: torch.memory_format) -> None:
    images = some_bytes(400, 3, 6, 6).contiguous(memory_format=memory_format)
    flipped = augment.flip(images, seeded())
    mirrored = (flipped == images.flip(3)).flatten(1).all(1)
    kept = (flipped == images).flatten(1).all(1)
    assert bool((mirrored ^ kept).all())
    assert 150 < int(mirrored.sum()) < 250


@pytest.mark.parametrize("channels_last", [False, True])
@pytest.mark.parametrize("memory_format", FORMATS)
def test_normalizing_is_the_formula(channels_last: bool, memory_format: torch.memory_format) -> None:
    images = some_bytes(5, 3, 6, 4).contiguous(memory_format=memory_format)
    mean, std = torch.tensor([0.5, 0.4, 0.3]), torch.tensor([0.2, 0.3, 0.4])
    result = augment.normalize(images, mean, std, channels_last=channels_last)
    expected = (images.double() / 255 - mean.double()[:, None, None]) / std.double()[:, None, None]
    torch.testing.assert_close(result.double(), expected, rtol=0, atol=1e-5)
    assert result.dtype == torch.float32
    assert result.is_contiguous(memory_format=FORMATS[channels_last])


def test_cutout_blanks_one_square_in_each_image_and_nothing_else() -> None:
    images = torch.ones(500, 3, 9, 9).contiguous(memory_format=torch.channels_last)
    result = augment.cutout(images, 4, seeded())
    areas = set()
    for image in result:
        blank = (image == 0).all(0)
        assert torch.equal((image == 0).any(0), blank)
        rows, columns = int(blank.any(1).sum()), int(blank.any(0).sum())
        assert int(blank.sum()) == rows * columns
        areas.add((rows, columns))
    assert areas == {
        (rows, columns) for rows in (2, 3, 4) for columns in (2, 3, 4)
    }  # less where it hangs over a border
    assert result.is_contiguous(memory_format=torch.channels_last)


def class_colored(count: int, classes: int, size: int) -> tuple[Tensor, Tensor]:
    """Images whose channels are the one-hot label: the mean over pixels is the target."""
    targets = F.one_hot(torch.arange(count) % classes, classes).float()
    return targets[:, :, None, None].repeat(1, 1, size, size), targets


@pytest.mark.parametrize("mix", [augment.mixup, augment.cutmix])
@pytest.mark.parametrize("memory_format", FORMATS)
def test_targets_mix_by_the_same_share_as_pixels(
    mix: Callable[[Tensor, Tensor, float, Generator], tuple[Tensor, Tensor]], memory_format: torch.memory_format
) -> None:
    images, targets = class_colored(12, 4, 8)
    images = images.contiguous(memory_format=memory_format)
    for seed in range(20):
        mixed, soft = mix(images, targets, 1.0, seeded(seed))
        torch.testing.assert_close(mixed.mean((2, 3)), soft)
        torch.testing.assert_close(soft.sum(1), torch.ones(12))
        assert mixed.is_contiguous(memory_format=memory_format)


def test_mixup_blends_and_cutmix_pastes_a_rectangle() -> None:
    images, targets = class_colored(8, 8, 8)
    blended, _ = augment.mixup(images, targets, 1.0, seeded())
    assert ((blended > 0) & (blended < 1)).any()
    pasted, soft = augment.cutmix(images, targets, 1.0, seeded())
    assert set(pasted.unique().tolist()) == {0.0, 1.0}
    other = pasted != images
    area = other.any(1).any(0)
    assert int(area.sum()) == int(area.any(1).sum()) * int(area.any(0).sum()) > 0
    own = (soft * targets).sum(1)
    assert float(own.min()) == pytest.approx(1 - float(area.float().mean()))


def test_shares_follow_their_beta_distribution() -> None:
    images, targets = class_colored(2, 2, 2)
    shares = [float(augment.mixup(images, targets, 0.2, seeded(seed))[1][0, 0]) for seed in range(400)]
    variance = torch.tensor([share for share in shares if share < 1]).var()  # at 1 the image met itself
    assert float(variance) == pytest.approx(1 / (4 * (2 * 0.2 + 1)), rel=0.15)


AUGMENTATIONS: dict[str, Callable[[Tensor, Generator], Tensor]] = {
    "pad_and_crop": lambda x, g: augment.pad_and_crop(x, 2, g),
    "flip": augment.flip,
    "cutout": lambda x, g: augment.cutout(x, 3, g),
    "mixup": lambda x, g: augment.mixup(x, torch.eye(len(x)), 1.0, g)[0],
    "cutmix": lambda x, g: augment.cutmix(x, torch.eye(len(x)), 1.0, g)[0],
}


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_the_generator_decides_everything(name: str) -> None:
    images = torch.rand(16, 3, 8, 8, generator=seeded())
    given = images.clone()
    state = torch.get_rng_state()
    first, again, other = (AUGMENTATIONS[name](images, seeded(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(images, given)
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("memory_format", FORMATS)
def test_taking_images_keeps_their_memory_format(memory_format: torch.memory_format) -> None:
    images = some_bytes(9, 3, 4, 4).contiguous(memory_format=memory_format)
    taken = augment.select_images(images, torch.tensor([3, 3, 8]))
    assert torch.equal(taken, images[[3, 3, 8]])
    assert taken.is_contiguous(memory_format=memory_format)
