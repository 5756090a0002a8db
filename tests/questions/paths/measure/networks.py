"""Small networks of every way to merge paths, in float64, with all of their paths one by one."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from depthlab.models import densenet, inception_v1, plain, preresnet, resnet, resnext
from depthlab.nn import Network
from depthlab.questions.paths.measure.path_gradients import routed_gradients
from depthlab.questions.paths.measure.path_lengths import (
    ParallelPaths,
    PathChoice,
    PathSet,
    PathsInSeries,
    SinglePath,
    paths_to_compare,
)

Path = tuple[PathChoice, ...]

NETWORKS: Mapping[str, Callable[[], Network]] = {
    "resnet": lambda: resnet(depth=[1, 2, 1]),
    "resnet with projections": lambda: resnet(depth=8, shortcut="C"),
    "resnet with some projections": lambda: resnet(depth=14, shortcut="B"),
    "resnet of bottlenecks": lambda: resnet(depth=11, unit="bottleneck"),
    "preresnet": lambda: preresnet(depth=8),
    "gated": lambda: preresnet(depth=[1, 1], shortcut="exclusive_gating"),
    "resnext": lambda: resnext(depth=11, cardinality=2, group_width=4),
    "densenet": lambda: densenet(depth=[2, 2]),
    "inception": lambda: inception_v1(depth=[1, 1, 1], width=0.25),
    "plain": lambda: plain(depth=8),
}
LABELS = torch.tensor([0, 3, 5])


def network(name: str) -> Network:
    torch.manual_seed(0)
    return trained(NETWORKS[name]())


def trained(net: Network) -> Network:
    """Return the network in float64 with statistics that are not those of its start."""
    generator = torch.Generator().manual_seed(2)
    net = net.double()
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            assert module.running_mean is not None and module.running_var is not None
            module.running_mean.normal_(0, 0.2, generator=generator)
            module.running_var.uniform_(0.5, 2, generator=generator)
    return net


def images(count: int = 3) -> Tensor:
    return torch.randn(count, 3, 8, 8, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def whole_gradient(net: Network) -> Tensor:
    """Return the gradient at the input of the first unit, by autograd alone."""
    net.eval()
    features = net.stem(images()).detach().requires_grad_()
    x = features
    for unit in net.units():
        x = unit(x)
    return torch.autograd.grad(F.cross_entropy(net.head(x), LABELS, reduction="sum"), features)[0]


def every_path(paths: PathSet) -> Iterator[tuple[int, Path]]:
    """Yield the length and the choices of every path."""
    match paths:
        case SinglePath(length):
            yield length, ()
        case ParallelPaths(name, several):
            for option, behind in several:
                yield from ((length, ((name, option), *choices)) for length, choices in every_path(behind))
        case PathsInSeries(parts):
            yield from _in_series(parts)


def _in_series(parts: Sequence[PathSet]) -> Iterator[tuple[int, Path]]:
    if not parts:
        yield 0, ()
        return
    for length, choices in every_path(parts[0]):
        yield from ((length + more, (*choices, *others)) for more, others in _in_series(parts[1:]))


def gradients_of_every_path(net: Network) -> list[tuple[int, Path, Tensor]]:
    """Return length, choices and gradient at the first unit's input of every path, by a backward pass for each."""
    with routed_gradients(net) as router:
        one = router.forward(images(), LABELS, F.cross_entropy)
        paths, _ = paths_to_compare(net)
        return [(length, path, one.gradients([path] * one.images)[0]) for length, path in every_path(paths)]
