"""What a run gets to see of an image set."""

import dataclasses
import inspect
from pathlib import Path
from typing import Any

import pytest
import torch
from hydra.utils import get_method
from omegaconf import OmegaConf

from depthlab.data import ImageData, ImageSet, LoadingOptions, synthetic

CONFIGURATION = Path(__file__).parents[2] / "conf" / "data"
OFF = LoadingOptions(crop=0, flip=False)


@pytest.fixture(scope="module")
def images() -> ImageSet:
    return synthetic(image_size=8, train_size=110, test_size=30, num_classes=5)


def data_of(images: ImageSet, loading: LoadingOptions = OFF, **changes: Any) -> ImageData:
    arguments: dict[str, Any] = {"batch_size": 16, "seed": 0, "device": torch.device("cpu"), "channels_last": True}
    return ImageData(images, loading=loading, **arguments | changes)


def test_three_parts_cover_the_set(images: ImageSet) -> None:
    data = data_of(images)
    assert len(data.train_indices) + len(data.validation_indices) == 110
    assert sum(len(y) for _, y in data.train_dataloader()) == len(data.train_indices) == 99
    assert sum(len(y) for _, y in data.val_dataloader()) == len(data.validation_indices) == 11
    assert sum(len(y) for _, y in data.test_dataloader()) == 30
    assert data.steps_per_epoch == 7


def test_validation_images_do_not_depend_on_the_seed_of_the_run(images: ImageSet) -> None:
    assert torch.equal(data_of(images).validation_indices, data_of(images, seed=7).validation_indices)


@pytest.mark.parametrize("channels_last", [False, True])
def test_images_arrive_normalized_in_the_wanted_format(images: ImageSet, channels_last: bool) -> None:
    data = data_of(images, channels_last=channels_last)
    x = torch.cat([x for x, _ in data.train_evaluation_dataloader()])
    wanted = torch.channels_last if channels_last else torch.contiguous_format
    assert next(iter(data.train_dataloader()))[0].is_contiguous(memory_format=wanted)
    assert x.dtype == torch.float32
    torch.testing.assert_close(x.mean((0, 2, 3)), torch.zeros(3), atol=0.1, rtol=0)  # of 99 of the 110 images
    torch.testing.assert_close(x.std((0, 2, 3)), torch.ones(3), atol=0.1, rtol=0)


def test_only_training_batches_are_augmented(images: ImageSet) -> None:
    augmented = data_of(images, LoadingOptions(crop=2, flip=True), cutout=3, mixup=0.5, cutmix=0.5)
    pure = data_of(images)
    for name in ("val_dataloader", "test_dataloader", "train_evaluation_dataloader"):
        for (x, y), (plain_x, plain_y) in zip(getattr(augmented, name)(), getattr(pure, name)(), strict=True):
            assert torch.equal(x, plain_x)
            assert torch.equal(y, plain_y)
    assert not torch.equal(next(iter(augmented.train_dataloader()))[0], next(iter(pure.train_dataloader()))[0])


@pytest.mark.parametrize(
    "change",
    [{"loading": LoadingOptions(crop=2, flip=False)}, {"loading": LoadingOptions(crop=0, flip=True)}, {"cutout": 3}],
)
def test_each_augmentation_changes_images_and_keeps_labels(images: ImageSet, change: dict[str, Any]) -> None:
    x, y = next(iter(data_of(images, **change).train_dataloader()))
    plain_x, plain_y = next(iter(data_of(images).train_dataloader()))
    assert not torch.equal(x, plain_x)
    assert torch.equal(y, plain_y)


@pytest.mark.parametrize("change", [{"mixup": 1.0}, {"cutmix": 1.0}, {"mixup": 1.0, "cutmix": 1.0}])
def test_mixing_gives_soft_labels_in_training_alone(images: ImageSet, change: dict[str, Any]) -> None:
    data = data_of(images, **change)
    for _, y in data.train_dataloader():
        assert y.shape[1] == 5
        assert y.dtype == torch.float32
        torch.testing.assert_close(y.sum(1), torch.ones(len(y)))
    assert next(iter(data.val_dataloader()))[1].dtype == torch.int64


def test_with_mixup_and_cutmix_batches_take_either() -> None:
    images = synthetic(image_size=8, train_size=200, num_classes=2)
    data = data_of(images, batch_size=4, mixup=1.0, cutmix=1.0)
    both = [x for x, _ in data.train_dataloader()]
    blended = [x for x, _ in data_of(images, batch_size=4, mixup=1.0).train_dataloader()]
    pixels = torch.cat([x.flatten() for x, _ in data.train_evaluation_dataloader()]).unique()

    def unblended(batches: list[torch.Tensor]) -> float:
        """The share of batches that hold no new pixel values."""
        return sum(bool(torch.isin(x, pixels).all()) for x in batches) / len(batches)

    assert 0.25 < unblended(both) < 0.75
    assert unblended(blended) < 0.2  # not 0: an image may meet itself


@pytest.mark.parametrize(
    "wrong", [{"crop": -1}, {"crop": 1.5}, {"crop": True}, {"workers": -2}, {"flip": "yes"}, {"on_device": 1}]
)
def test_a_wrong_key_is_named_with_what_to_type(wrong: dict[str, Any]) -> None:
    (name,) = wrong
    with pytest.raises(ValueError, match=rf"{name}=.* such as data\.{name}="):
        LoadingOptions(**wrong)


@pytest.mark.parametrize("file", sorted(CONFIGURATION.glob("*.yaml")), ids=lambda file: file.stem)
def test_every_configured_set_has_the_keys_of_its_source_and_of_loading(file: Path) -> None:
    config = OmegaConf.to_container(OmegaConf.load(file), resolve=False)
    assert isinstance(config, dict)
    target = config.pop("_target_")
    assert target in (f"depthlab.data.{file.stem}", f"depthlab.data.{file.stem}.{file.stem}")
    shared = {field.name: config.pop(field.name) for field in dataclasses.fields(LoadingOptions)}
    LoadingOptions(**shared)
    assert set(config) == set(inspect.signature(get_method(target)).parameters)
