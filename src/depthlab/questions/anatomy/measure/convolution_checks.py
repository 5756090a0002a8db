"""The convolutions of a network: what closed forms say of each, beside what was counted while it ran."""

from collections import defaultdict
from dataclasses import replace

from torch import nn

from depthlab.questions.anatomy.measure.card import run_through
from depthlab.questions.anatomy.measure.closed_forms import Convolution
from depthlab.questions.anatomy.measure.layer_costs import Shape
from depthlab.questions.anatomy.measure.layer_words import describe_layer
from depthlab.questions.anatomy.record import ConvolutionCheck


def check_convolutions(net: nn.Module, image: Shape) -> tuple[ConvolutionCheck, ...]:
    """Return a check for each shape of convolution that `net` has for images of shape (C, H, W), in their order."""
    copied, _, work = run_through(net, image)
    modules = dict(copied.named_modules())
    found: dict[ConvolutionCheck, int] = defaultdict(int)
    for name, one in work.items():
        module = modules[name]
        if not isinstance(module, nn.Conv2d) or one.input is None or one.output is None:
            continue
        closed = closed_form(module)
        if closed is not None:
            size = one.input[1], one.input[2]
            found[
                ConvolutionCheck(
                    label=describe_layer(module)[1],
                    layers=1,
                    input=one.input,
                    output=one.output,
                    output_closed=(closed.out_channels, *closed.output_size(size)),
                    parameters=sum(parameter.numel() for parameter in module.parameters(recurse=False)),
                    parameters_closed=closed.parameters,
                    multiply_adds=one.multiply_adds,
                    multiply_adds_closed=closed.multiply_adds(size),
                )
            ] += 1
    return tuple(replace(one, layers=count) for one, count in found.items())


def closed_form(module: nn.Conv2d) -> Convolution | None:
    """Return the numbers that decide what a convolution costs; None if its padding is not given in pixels."""
    if isinstance(module.padding, str):
        return None
    kernel, stride, dilation = ((pair[0], pair[1]) for pair in (module.kernel_size, module.stride, module.dilation))
    return Convolution(
        module.in_channels,
        module.out_channels,
        kernel,
        stride,
        (module.padding[0], module.padding[1]),
        dilation,
        module.groups,
        module.bias is not None,
    )


def typical_convolution(checks: tuple[ConvolutionCheck, ...]) -> tuple[int, int] | None:
    """Return channels and side of what the convolutions with most of the work put out; None without any."""
    work: dict[tuple[int, int], int] = defaultdict(int)
    for one in checks:
        work[one.output[0], one.output[1]] += one.layers * one.multiply_adds
    return max(work, key=lambda place: (work[place], place)) if work else None
