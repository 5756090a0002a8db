"""Ways to do the same with convolutions: closed forms beside what is counted on real modules."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import astuple, replace

import torch
from torch import nn

from depthlab.nn import Network, Parallel, measure_cost, measure_receptive_field
from depthlab.questions.anatomy.measure.closed_forms import (
    Convolution,
    asymmetric,
    chain_cost,
    chain_field,
    separable,
    square,
)
from depthlab.questions.anatomy.measure.sliding_perceptron import SlidingPerceptron, share_weights
from depthlab.questions.anatomy.record import Alternative, Tradeoff

Chain = Sequence[Convolution]
Ways = dict[str, tuple[str, Chain]]  # name -> formula of its weights, and its convolutions

# Szegedy et al. 2014 (arXiv 1409.4842), Table 1, inception (3a): channels and pixels in, and the columns of its row
INCEPTION_3A = (192, 28, (64, 96, 128, 16, 32, 32))


def weigh_choices(channels: int, size: int) -> tuple[Tradeoff, ...]:
    """Return the arithmetic of convolutions from and to `channels` channels, on features of size x size pixels."""
    return tuple(weigh(channels, size) for weigh in (_kernels, _stacks, _asymmetric, _groups, weigh_mlpconv))


def _kernels(channels: int, size: int) -> Tradeoff:
    ways: Ways = {f"{k}×{k}": (f"{k * k} C²", [square(channels, channels, k)]) for k in (1, 3, 5, 7)}
    ways["3×3, stride 2"] = ("9 C², a quarter of the places", [square(channels, channels, 3, stride=2)])
    ways["3×3, dilation 2"] = ("9 C²", [square(channels, channels, 3, dilation=2)])
    if size > 2:
        ways["3×3, no padding"] = ("9 C², fewer places", [Convolution(channels, channels, (3, 3))])
    told = (
        "It puts out floor((H + 2p − d(k − 1) − 1) / s) + 1 pixels a side, has k² C_in C_out / g weights, and does as "
        "many multiply-adds for each pixel that it puts out (Dumoulin and Visin 2016, arXiv 1603.07285)."
    )
    return _weighed("kernels", "A k×k convolution", told, ways, size)


def _stacks(channels: int, size: int) -> Tradeoff:
    three = square(channels, channels, 3)
    ways: Ways = {
        "5×5": ("25 C²", [square(channels, channels, 5)]),
        "two 3×3": ("2 · 9 C²", [three] * 2),
        "7×7": ("49 C²", [square(channels, channels, 7)]),
        "three 3×3": ("3 · 9 C²", [three] * 3),
    }
    told = (
        "Two 3×3 convolutions see what one 5×5 sees, for 18/25 of its weights, and have two non-linearities for its "
        "one; three stand for a 7×7 for 27/49 (Simonyan and Zisserman 2015, arXiv 1409.1556, sec. 2.3)."
    )
    return _weighed("stacks", "One large kernel or several small ones", told, ways, size)


def _asymmetric(channels: int, size: int) -> Tradeoff:
    ways: Ways = {}
    for n in (3, 5, 7):
        ways[f"{n}×{n}"] = (f"{n * n} C²", [square(channels, channels, n)])
        ways[f"1×{n} and {n}×1"] = (f"2 · {n} C²", [asymmetric(channels, (1, n)), asymmetric(channels, (n, 1))])
    told = (
        "A row and then a column see the same square for 2/n of the weights, but only of those filters that are a "
        "product of both (Szegedy et al. 2015, arXiv 1512.00567, sec. 3.2)."
    )
    return _weighed("asymmetric", "n×n, or 1×n and n×1", told, ways, size)


def _groups(channels: int, size: int) -> Tradeoff:
    ways: Ways = {"full 3×3": ("9 C²", [square(channels, channels, 3)])}
    for groups in (2, 4, 8, 32):
        if channels % groups == 0 and groups < channels:
            ways[f"{groups} groups"] = (f"9 C² / {groups}", [square(channels, channels, 3, groups=groups)])
    ways["depthwise, then 1×1"] = ("9 C + C²", separable(channels, channels, 3))
    told = (
        "Groups of channels that read only each other divide weights and work by their number (Xie et al. 2017, arXiv "
        "1611.05431); a kernel for each channel and a 1×1 that mixes them cost 1/C + 1/k² of the full convolution "
        "(Howard et al. 2017, arXiv 1704.04861, sec. 3.1)."
    )
    return _weighed("groups", "Grouped and separable against full", told, ways, size, relu_between=False)


def _weighed(name: str, title: str, told: str, ways: Ways, size: int, *, relu_between: bool = True) -> Tradeoff:
    alternatives = (
        _alternative(way, formula, chain, size, relu_between=relu_between) for way, (formula, chain) in ways.items()
    )
    return Tradeoff(name, title, told, tuple(alternatives))


def weigh_mlpconv(channels: int, size: int, kernel: int = 5) -> Tradeoff:
    """Compute a small perceptron that slides over an image twice: on cut-out patches, and as convolutions."""
    chain = [replace(square(channels, channels, k), bias=True) for k in (kernel, 1, 1)]
    with torch.random.fork_rng():  # the same weights, and so the same rounding, each time
        torch.manual_seed(0)
        convolutions, perceptron = _build(chain, relu_between=True), SlidingPerceptron(channels, kernel)
    share_weights(convolutions, perceptron)
    image = torch.randn(2, channels, size, size, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        one, other = convolutions(image), perceptron(image)
    formula = f"({kernel * kernel} + 1 + 1) C² + 3 C"
    return Tradeoff(
        "mlpconv",
        "An mlpconv is a k×k and two 1×1 convolutions",
        "A perceptron of three layers that reads the patch around every pixel (Lin, Chen and Yan 2014, arXiv "
        "1312.4400, sec. 3.1) is a k×k convolution, whose 1×1 successors are its further layers. Both were computed "
        "with the same weights, the one by cutting out every patch and multiplying matrices.",
        (
            _alternative(f"{kernel}×{kernel}, 1×1, 1×1", formula, chain, size, module=convolutions),
            _alternative("a perceptron on each patch", formula, chain, size, module=perceptron, sees=False),
        ),
        difference=float((one - other).abs().max() / one.abs().max()),
    )


def weigh_inception(naive: Parallel, reduced: Parallel) -> Tradeoff:
    """Compare GoogLeNet's module 3a with and without its 1x1 convolutions; both read 192 channels of 28x28 pixels."""
    channels, size, (one, three_reduce, three, five_reduce, five, pool) = INCEPTION_3A
    paths = {
        "without 1×1 reductions": [[square(channels, out, k)] for out, k in ((one, 1), (three, 3), (five, 5))],
        "with 1×1 reductions": [
            [square(channels, one, 1)],
            [square(channels, three_reduce, 1), square(three_reduce, three, 3)],
            [square(channels, five_reduce, 1), square(five_reduce, five, 5)],
            [square(channels, pool, 1)],  # behind 3x3 max pooling
        ],
    }
    return Tradeoff(
        "inception",
        "An Inception module, naive and reduced",
        "GoogLeNet's module 3a as it was published, 192 channels of 28×28 pixels in (Szegedy et al. 2014, arXiv "
        "1409.4842, Table 1, which gives 159 K parameters, of 1024, and 128 M multiply-adds): with the 1×1 "
        "convolutions of Figure 2b it puts out 256 channels; without them, as in Figure 2a, 416, for all that is "
        "pooled passes through.",
        tuple(
            _parallel(name, [[replace(each, bias=True) for each in chain] for chain in chains], size, module)
            for (name, chains), module in zip(paths.items(), (naive, reduced), strict=True)
        ),
    )


def _build(chain: Iterable[Convolution], *, relu_between: bool) -> nn.Sequential:
    layers = [(nn.Conv2d(*astuple(one)), *([nn.ReLU()] if relu_between else [])) for one in chain]
    return nn.Sequential(*itertools.chain(*layers), *([] if relu_between else [nn.ReLU()]))


def _alternative(
    name: str,
    formula: str,
    chain: Chain,
    size: int,
    *,
    relu_between: bool = True,
    module: nn.Module | None = None,
    sees: bool = True,
) -> Alternative:
    """Put closed forms of convolutions in series beside what a module that is built of them has."""
    if module is None:
        with torch.device("meta"):
            module = _build(chain, relu_between=relu_between)
    side, parameters, work = chain_cost(chain, size)
    image = (chain[0].in_channels, size, size)
    cost = measure_cost(module, image)
    return Alternative(
        name=name,
        formula=formula,
        output=side,
        output_counted=_side(module, image),
        parameters=parameters,
        parameters_counted=cost.parameters,
        multiply_adds=work,
        multiply_adds_counted=cost.multiply_adds,
        field=chain_field(chain),
        field_counted=_field(module) if sees else None,
        nonlinearities=len(chain) if relu_between else 1,
    )


def _parallel(name: str, chains: Sequence[Chain], size: int, module: Parallel) -> Alternative:
    costs = [chain_cost(chain, size) for chain in chains]
    image = (chains[0][0].in_channels, size, size)
    cost = measure_cost(module, image)
    convolutions = [one for chain in chains for one in chain]
    return Alternative(
        name=name,
        formula=" + ".join(f"{_kernel(one)} · {one.in_channels} · {one.out_channels}" for one in convolutions),
        output=costs[0][0],
        output_counted=_side(module, image),
        parameters=sum(parameters for _, parameters, _ in costs),
        parameters_counted=cost.parameters,
        multiply_adds=sum(work for _, _, work in costs),
        multiply_adds_counted=cost.multiply_adds,
        field=max(chain_field(chain) for chain in chains),
        field_counted=measure_receptive_field(
            Network(stem=nn.Sequential(), stages=[[module]], head=nn.Sequential(nn.Flatten()))
        ),
        nonlinearities=len(convolutions),
    )


def _kernel(one: Convolution) -> int:
    return one.kernel[0] * one.kernel[1]


def _side(module: nn.Module, image: tuple[int, int, int]) -> int:
    device = next(module.parameters()).device
    with torch.no_grad():
        return int(module(torch.zeros(1, *image, device=device)).shape[2])


def _field(module: nn.Module) -> tuple[int, int]:
    assert isinstance(module, nn.Sequential)
    return measure_receptive_field(Network(stem=module, stages=[], head=nn.Sequential(nn.Flatten())))
