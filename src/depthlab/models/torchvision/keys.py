"""torchvision's names for the layers of our networks: the map from our keys to theirs, by family."""

from collections.abc import Iterator
from typing import cast

from torch import nn

from depthlab.nn import Network, Parallel


def torchvision_keys(net: Network, family: str) -> dict[str, str | None]:
    """Return torchvision's key for each key of the state dict of `net`, None where torchvision has no such layer.

    `family` is one of FAMILIES; for a network of another family few keys have a counterpart.
    """
    names = FAMILIES[family](net)
    keys: dict[str, str | None] = {}
    for key in net.state_dict():
        layer, _, tensor = key.rpartition(".")
        keys[key] = f"{names[layer]}.{tensor}" if layer in names else None
    return keys


def _residual(net: Network) -> dict[str, str]:
    """ResNet, wide ResNet and ResNeXt: `layer1.0.conv1`; a projection is called `downsample`."""
    names = {"stem.conv": "conv1", "stem.norm": "bn1", "head.linear": "fc"}
    for stage, unit, ours, _ in _units(net):
        theirs = f"layer{stage + 1}.{unit}"
        for n in (1, 2, 3):
            names[f"{ours}.branch.conv{n}"] = f"{theirs}.conv{n}"
            names[f"{ours}.branch.norm{n}"] = f"{theirs}.bn{n}"
        names[f"{ours}.skip.conv"] = f"{theirs}.downsample.0"
        names[f"{ours}.skip.norm"] = f"{theirs}.downsample.1"
    return names


def _dense(net: Network) -> dict[str, str]:
    """DenseNet: `features.denseblock1.denselayer1.conv1`; transitions are between the blocks, not in them."""
    names = {
        "stem.conv": "features.conv0",
        "stem.norm": "features.norm0",
        "head.norm": "features.norm5",
        "head.linear": "classifier",
    }
    for stage, unit, ours, _ in _units(net):
        layer = unit if stage else unit + 1  # a stage but the first begins with a transition; they count from 1
        for kind in ("norm", "conv"):
            names[f"{ours}.branch.{kind}"] = f"features.transition{stage}.{kind}"
            for n in (1, 2):
                theirs = f"features.denseblock{stage + 1}.denselayer{layer}"
                names[f"{ours}.branch.{kind}{n}"] = f"{theirs}.{kind}{n}"
    return names


def _vgg(net: Network) -> dict[str, str]:
    """VGG: all layers are numbered, also those without weights: convolutions, batch norms, ReLUs and pools."""
    names = {"head.linear1": "classifier.0", "head.linear2": "classifier.3", "head.linear": "classifier.6"}
    index = 0
    for stage, unit, ours, parallel in _units(net):
        if stage and not unit:
            index += 1  # the pool between two stages
        for layer, _ in parallel.paths["branch"].named_children() if "branch" in parallel.paths else ():
            names[f"{ours}.branch.{layer}"] = f"features.{index}"
            index += 1
    return names


FAMILIES = {"resnet": _residual, "densenet": _dense, "vgg": _vgg}


def _units(net: Network) -> Iterator[tuple[int, int, str, Parallel]]:
    """Yield every unit with its stage, its index there, and the prefix of its paths in the state dict."""
    for stage, units in enumerate(net.stages):
        for unit, parallel in enumerate(cast(nn.Sequential, units)):
            yield stage, unit, f"stages.{stage}.{unit}.paths", cast(Parallel, parallel)
