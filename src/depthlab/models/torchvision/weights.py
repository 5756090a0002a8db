"""Copy published ImageNet weights into our networks."""

import os
from collections.abc import Iterator, Mapping

from torch import Tensor, nn

from depthlab.models.torchvision.file import TorchvisionWeights, read_torchvision
from depthlab.models.torchvision.keys import torchvision_keys
from depthlab.nn import Network

COUNTER = ".num_batches_tracked"  # of batch norm; early files lack it, and it is not used here
CLASSIFIER = ("head.linear.weight", "head.linear.bias")


def load_torchvision(net: Network, weights: TorchvisionWeights | str | os.PathLike[str] | Mapping[str, Tensor]) -> None:
    """Copy the weights that torchvision publishes for ResNet, ResNeXt, wide ResNet, DenseNet or VGG into `net`.

    `weights` is a file of theirs, such as resnet50-0676ba61.pth, or the state dict that it holds; torchvision itself is
    not needed. `net` is the same network in form "imagenet"; a ResNet of bottlenecks needs `stride_at="3x3"`, where
    torchvision strides. It keeps its mode, and all its weights if these don't fit.

    Raises `ValueError` for a missing or unsuitable file, and for weights that don't fit the network.
    """
    if not isinstance(weights, TorchvisionWeights):
        weights = read_torchvision(weights)
    keys = torchvision_keys(net, weights.family)
    state = net.state_dict()
    _check_fit(state, keys, weights)
    _check_strides(net, weights)
    net.load_state_dict({ours: weights.tensors.get(theirs or "", state[ours]) for ours, theirs in keys.items()})


def _check_fit(state: Mapping[str, Tensor], keys: Mapping[str, str | None], weights: TorchvisionWeights) -> None:
    problems = dict(_problems(state, keys, weights.tensors))
    if not problems:
        return
    if problems.keys() <= set(CLASSIFIER):
        have, classes = state[CLASSIFIER[0]].shape[0], weights.num_classes
        raise ValueError(f"{weights.name} has {classes} classes, the network {have}: num_classes={classes} fits")
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    raise ValueError(
        f"{weights.name} does not fit the network: {next(iter(problems.values()))}{more}; what it fits is built by "
        f"{weights.overrides}"
    )


def _problems(
    state: Mapping[str, Tensor], keys: Mapping[str, str | None], tensors: Mapping[str, Tensor]
) -> Iterator[tuple[str, str]]:
    """Yield each key that has no match on the other side, with a clause that says why."""
    for ours, theirs in keys.items():
        if ours.endswith(COUNTER):
            continue
        if theirs is None or theirs not in tensors:
            yield ours, f"it has nothing for {ours}"
        elif tensors[theirs].shape != state[ours].shape:
            here, there = tuple(state[ours].shape), tuple(tensors[theirs].shape)
            yield ours, f"its {theirs} has shape {there}, {ours} has {here}"
    for theirs in sorted(tensors.keys() - set(keys.values())):
        if not theirs.endswith(COUNTER):
            yield theirs, f"the network has no place for its {theirs}"


def _check_strides(net: Network, weights: TorchvisionWeights) -> None:
    """Reject bottlenecks that stride elsewhere than the trained ones: no weight's shape shows that."""
    for unit in net.units():
        layers = dict(unit.paths["branch"].named_children())
        first = layers.get("conv1")
        if "conv3" in layers and isinstance(first, nn.Conv2d) and first.stride != (1, 1):
            raise ValueError(
                f"{weights.name} was trained with the stride of bottlenecks in the 3x3 convolution, the network has "
                "it in the first 1x1: type model.stride_at=3x3"
            )
