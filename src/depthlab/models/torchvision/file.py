"""Read a state dict that torchvision published, and recognize its network."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import final

import torch
from torch import Tensor

from depthlab.models.densenet import TABLE_1 as DENSE_DEPTHS
from depthlab.models.residual.forms import BASIC_DEPTHS, BOTTLENECK_DEPTHS
from depthlab.models.vgg import CHANNELS as VGG_CHANNELS
from depthlab.models.vgg import TABLE_1 as VGG_DEPTHS

# the first and the last layer, and one more that identifies the family
_SIGNATURE_KEYS = {
    "resnet": ("conv1.weight", "fc.weight", "layer4.0.conv2.weight"),
    "densenet": ("features.conv0.weight", "classifier.weight", "features.denseblock1.denselayer1.conv2.weight"),
    "vgg": ("features.0.weight", "classifier.6.weight", "classifier.0.weight"),
}
# early DenseNet files have denselayer1.norm.1.weight for denselayer1.norm1.weight
_EARLY = re.compile(r"^(.*denselayer\d+\.(?:norm|conv))\.([12]\.\w+)$")


@final
@dataclass(frozen=True)
class TorchvisionWeights:
    """A state dict with torchvision's keys; `name` is its file's, `family` one that `torchvision_keys` knows."""

    name: str
    family: str
    tensors: Mapping[str, Tensor]

    @property
    def in_channels(self) -> int:
        """Number of channels of the images."""
        return self.tensors[_SIGNATURE_KEYS[self.family][0]].shape[1]

    @property
    def num_classes(self) -> int:
        """Number of classes."""
        return self.tensors[_SIGNATURE_KEYS[self.family][1]].shape[0]

    @property
    def overrides(self) -> str:
        """The overrides that build the network of these weights: `model=resnet model.form=imagenet depth=18`."""
        describe = {"resnet": _residual_overrides, "densenet": _densenet_overrides, "vgg": _vgg_overrides}[self.family]
        model, *others = describe(self.tensors)
        return " ".join([f"model={model}", "model.form=imagenet", *others])


def read_torchvision(weights: str | os.PathLike[str] | Mapping[str, Tensor]) -> TorchvisionWeights:
    """Read the weights of a ResNet, ResNeXt, wide ResNet, DenseNet or VGG from torchvision's file or state dict.

    Raises `ValueError` if the file does not exist, holds no state dict, or holds that of another network.
    """
    state, name = (weights, "the state dict") if isinstance(weights, Mapping) else (_load(Path(weights)), str(weights))
    if not isinstance(state, Mapping) or not all(isinstance(value, Tensor) for value in state.values()):
        raise ValueError(f"{name} holds no state dict: it must map the names of weights to tensors, and nothing else")
    tensors = {_EARLY.sub(r"\1\2", str(key)): value for key, value in state.items()}
    family = next((family for family, keys in _SIGNATURE_KEYS.items() if all(key in tensors for key in keys)), None)
    if family is None:
        raise ValueError(
            f"{name} is not of a ResNet, ResNeXt, wide ResNet, DenseNet or VGG of torchvision: "
            f"its first key is {next(iter(tensors), 'missing')}"
        )
    return TorchvisionWeights(name, family, tensors)


def _load(file: Path) -> object:
    if not file.is_file():
        raise ValueError(f"{file}: there is no such file")
    try:
        return torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # damaged bytes can raise anything
        raise ValueError(f"{file} is not a file of weights as torch.save writes it, or it is damaged") from error


def _residual_overrides(tensors: Mapping[str, Tensor]) -> list[str]:
    counts = [_count(tensors, rf"layer{layer}\.(\d+)\.conv1\.weight") for layer in (1, 2, 3, 4)]
    inner = [tensors[f"layer{layer}.0.conv2.weight"].shape[0] for layer in (1, 2, 3, 4)]
    if "layer1.0.conv3.weight" not in tensors:
        return ["resnet", _depth(counts, BASIC_DEPTHS), *_width(inner, 64)]
    depth = _depth(counts, BOTTLENECK_DEPTHS)
    unit = ["model.unit=bottleneck"] if "[" in depth else []
    stem, in_group = tensors["conv1.weight"].shape[0], tensors["layer1.0.conv2.weight"].shape[1]
    if in_group < inner[0]:
        groups = [f"model.cardinality={inner[0] // in_group}", f"model.group_width={in_group}"]
        width = [] if stem == 64 else [f"width={_list_text([4 * stem * 2**stage for stage in range(4)])}"]
        return ["resnext", depth, *groups, *width]
    if inner[0] != stem:
        return ["wide_resnet", depth, *unit, *_width(inner, 64)]
    return ["resnet", depth, *unit, "model.stride_at=3x3", *_width(inner, 64)]


def _densenet_overrides(tensors: Mapping[str, Tensor]) -> list[str]:
    blocks = (1, 2, 3, 4)
    counts = [_count(tensors, rf"features\.denseblock{block}\.denselayer(\d+)\.conv1\.weight") for block in blocks]
    depth = _depth(counts, DENSE_DEPTHS)
    growth = tensors["features.denseblock1.denselayer1.conv2.weight"].shape[0]
    usual = 48 if depth == "depth=161" else 32
    return ["densenet", depth, *([] if growth == usual else [f"model.growth_rate={growth}"])]


def _vgg_overrides(tensors: Mapping[str, Tensor]) -> list[str]:
    convolutions = {
        int(key.split(".")[1]): value.shape[0]
        for key, value in tensors.items()
        if key.startswith("features.") and value.ndim == 4
    }
    norm = "features.1.running_mean" in tensors
    counts, channels, last = [0], [0], 0
    for index, out in sorted(convolutions.items()):
        if index - last > (3 if norm else 2):  # a pool lies between
            counts, channels = [*counts, 0], [*channels, 0]
        counts[-1], channels[-1], last = counts[-1] + 1, out, index
    width = [] if channels == VGG_CHANNELS else [f"width={_list_text(channels)}"]
    return ["vgg", _depth(counts, VGG_DEPTHS), *(["model.batch_norm=true"] if norm else []), *width]


def _count(tensors: Mapping[str, Tensor], pattern: str) -> int:
    return sum(re.fullmatch(pattern, key) is not None for key in tensors)


def _depth(counts: list[int], table: Mapping[int, list[int]]) -> str:
    return f"depth={next((depth for depth, listed in table.items() if listed == counts), _list_text(counts))}"


def _width(channels: list[int], first: int) -> list[str]:
    """Return the override of the stages' channels: none if they double from `first` on, a factor if that suffices."""
    usual = [first * 2**stage for stage in range(len(channels))]
    if channels == usual:
        return []
    factor = channels[0] / first
    whole = [round(factor * one) for one in usual] == channels
    return [f"width={factor:g}" if whole else f"width={_list_text(channels)}"]


def _list_text(values: list[int]) -> str:
    return f"[{','.join(map(str, values))}]"
