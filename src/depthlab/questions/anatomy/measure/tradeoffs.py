"""Ways to do the same with convolutions: closed forms beside what is counted on real modules."""

from collections.abc import Iterable, Sequence

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

# Szegedy et al. 2014 (arXiv 1409.4842), Table 1, inception (3a): channels and pixels in, and the columns of its row
INCEPTION_3A = (192, 28, (64, 96, 128, 16, 32, 32))


def weigh_choices(channels: int, size: int) -> tuple[Tradeoff, ...]:
    """Return the arithmetic of convolutions from and to `channels` channels, on features of size x size pixels."""
    return (
        _kernels(channels, size),
        _stacks(channels, size),
        _asymmetric(channels, size),
        _groups(channels, size),
        weigh_mlpconv(channels, size),
    )


def _kernels(channels: int, size: int) -> Tradeoff:
    ways = {f"{k}×{k}": (f"{k * k} C²", [square(channels, channels, k)]) for k in (1, 3, 5, 7)}
    ways["3×3, stride 2"] = ("9 C², a quarter of the places", [square(channels, channels, 3, stride=2)])
    ways["3×3, dilation 2"] = ("9 C²", [square(channels, channels, 3, dilation=2)])
    if size > 2:
        ways["3×3, no padding"] = ("9 C², fewer places", [Convolution(channels, channels, (3, 3))])
    return Tradeoff(
        "kernels",
        "A k×k convolution",
        "It puts out floor((H + 2p − d(k − 1) − 1) / s) + 1 pixels a side, has k² C_in C_out / g weights, and does as "
        "many multiply-adds for each pixel that it puts out (Dumoulin and Visin 2016, arXiv 1603.07285).",
        tuple(_alternative(name, formula, chain, size) for name, (formula, chain) in ways.items()),
    )


def _stacks(channels: int, size: int) -> Tradeoff:
    ways = {
        "5×5": ("25 C²", [square(channels, channels, 5)]),
        "two 3×3": ("2 · 9 C²", [square(channels, channels, 3)] * 2),
        "7×7": ("49 C²", [square(channels, channels, 7)]),
        "three 3×3": ("3 · 9 C²", [square(channels, channels, 3)] * 3),
    }
    return Tradeoff(
        "stacks",
        "One large kernel or several small ones",
        "Two 3×3 convolutions see what one 5×5 sees, for 18/25 of its weights, and have two non-linearities for its "
        "one; three stand for a 7×7 for 27/49 (Simonyan and Zisserman 2015, arXiv 1409.1556, sec. 2.3).",
        tuple(_alternative(name, formula, chain, size) for name, (formula, chain) in ways.items()),
    )


def _asymmetric(channels: int, size: int) -> Tradeoff:
    ways: dict[str, tuple[str, Chain]] = {}
    for n in (3, 5, 7):
        ways[f"{n}×{n}"] = (f"{n * n} C²", [square(channels, channels, n)])
        ways[f"1×{n} and {n}×1"] = (f"2 · {n} C²", [asymmetric(channels, (1, n)), asymmetric(channels, (n, 1))])
    return Tradeoff(
        "asymmetric",
        "n×n, or 1×n and n×1",
        "A row and then a column see the same square for 2/n of the weights, but only of those filters that are a "
        "product of both (Szegedy et al. 2015, arXiv 1512.00567, sec. 3.2).",
        tuple(_alternative(name, formula, chain, size) for name, (formula, chain) in ways.items()),
    )


def _groups(channels: int, size: int) -> Tradeoff:
    ways: dict[str, tuple[str, Chain]] = {"full 3×3": ("9 C²", [square(channels, channels, 3)])}
    for groups in (2, 4, 8, 32):
        if channels % groups == 0 and groups < channels:
            chain = [square(channels, channels, 3, groups=groups)]
            ways[f"{groups} groups"] = (f"9 C² / {groups}", chain)
    ways["depthwise, then 1×1"] = ("9 C + C²", separable(channels, channels, 3))
    return Tradeoff(
        "groups",
        "Grouped and separable against full",
        "Groups of channels that read only each other divide weights and work by their number (Xie et al. 2017, arXiv "
        "1611.05431); a kernel for each channel and a 1×1 that mixes them cost 1/C + 1/k² of the full convolution "
        "(Howard et al. 2017, arXiv 1704.04861, sec. 3.1).",
        tuple(_alternative(name, formula, chain, size, relu_between=False) for name, (formula, chain) in ways.items()),
    )


def weigh_mlpconv(channels: int, size: int, kernel: int = 5) -> Tradeoff:
    """Compute a small perceptron that slides over an image twice: on cut-out patches, and as convolutions."""
    chain = [square(channels, channels, kernel), *[square(channels, channels, 1)] * 2]
    chain = [_with_bias(one) for one in chain]
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
        "without 1×1 reductions": [
            [square(channels, one, 1)],
            [square(channels, three, 3)],
            [square(channels, five, 5)],
        ],
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
            _parallel(name, [[_with_bias(each) for each in chain] for chain in chains], size, module)
            for (name, chains), module in zip(paths.items(), (naive, reduced), strict=True)
        ),
    )


def _with_bias(one: Convolution) -> Convolution:
    return Convolution(one.in_channels, one.out_channels, one.kernel, one.stride, one.padding, bias=True)


def _build(chain: Iterable[Convolution], *, relu_between: bool) -> nn.Sequential:
    layers: list[nn.Module] = []
    for one in chain:
        layers += [
            nn.Conv2d(
                one.in_channels,
                one.out_channels,
                one.kernel,
                stride=one.stride,
                padding=one.padding,
                dilation=one.dilation,
                groups=one.groups,
                bias=one.bias,
            ),
            *([nn.ReLU()] if relu_between else []),
        ]
    return nn.Sequential(*layers, *([] if relu_between else [nn.ReLU()]))


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
