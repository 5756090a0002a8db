"""What null means: the network that is built of null is the one that is built of the value that MLflow is told."""

import pytest
import torch

from depthlab.recipe import compose
from depthlab.recipe.null_values import _NULLS, null_value
from depthlab.run.check import build_network

IMAGENET = {"resnet": 50, "densenet": 121, "vgg": 16, "alexnet": 8, "inception_v1": 22}


def shapes(*words: str, form: str) -> dict[str, torch.Size]:
    side = 224 if form == "imagenet" else 32
    with torch.device("meta"):
        network = build_network(compose(words), num_classes=10, in_channels=3, image_size=side)
    return {name: value.shape for name, value in network.state_dict().items()}


@pytest.mark.parametrize("form", ["cifar", "imagenet"])
@pytest.mark.parametrize(("name", "key"), _NULLS)
def test_null_is_the_value_that_is_told(name: str, key: str, form: str) -> None:
    held = [
        f"model={name}",
        f"model.form={form}",
        *([f"depth={IMAGENET[name]}"] if form == "imagenet" and name in IMAGENET else []),
    ]
    value = null_value(compose(held).config["model"], name, key)
    if value is None:
        pytest.skip("it depends on more than the form")
    typed = str(value).lower() if isinstance(value, bool) else value
    assert shapes(*held, form=form) == shapes(*held, f"model.{key}={typed}", form=form)


def test_settings_have_defaults_and_what_was_typed() -> None:
    settings = compose(["model=resnet", "regularization=cutout", "trainer.threads=2"]).settings
    assert settings["shortcut"] == settings["model.shortcut"] == "A"
    assert settings["optimizer.momentum"] == 0.9 and settings["trainer.microbatches"] == 1
    assert settings["regularization"] == "cutout" and settings["cutout"] == 16
    assert settings["trainer.threads"] == 2 and "trainer.device" not in settings
    assert not [key for key in settings if "_target_" in key]
