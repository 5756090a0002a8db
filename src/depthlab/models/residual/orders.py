"""Where batch norm and ReLU stand in a residual unit: He et al. 2016 (arXiv 1603.05027), Figure 4 and Table 2."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from torch import nn

from depthlab.nn import LayerFactory


@final
@dataclass(frozen=True)
class Order:
    """What stands around the convolutions of a branch and the addition: "norm" and "relu", in order.

    full                    BN ReLU conv BN ReLU conv
    original                conv BN ReLU conv BN, and ReLU after the sum
    bn_after_addition       conv BN ReLU conv, and BN ReLU after the sum
    relu_before_addition    conv BN ReLU conv BN ReLU
    relu_only               ReLU conv BN ReLU conv BN

    `ahead` stands before every convolution, `behind` after every one but the last, `last` after the last, and `after`
    after the addition. BN and ReLU stand for the normalization and the activation, which are of a person's choice.
    """

    ahead: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


FULL = Order(ahead=("norm", "relu"))
ORIGINAL = Order(behind=("norm", "relu"), last=("norm",), after=("relu",))
ORDERS = {
    "full": FULL,  # Fig. 4 (e)
    "original": ORIGINAL,  # (a)
    "bn_after_addition": Order(behind=("norm", "relu"), after=("norm", "relu")),  # (b)
    "relu_before_addition": Order(behind=("norm", "relu"), last=("norm", "relu")),  # (c)
    "relu_only": Order(ahead=("relu",), behind=("norm",), last=("norm",)),  # (d)
}


def activation_layers(
    kit: LayerFactory, kinds: Sequence[str], channels: int, number: int | None = None
) -> dict[str, nn.Module]:
    """Return layers of these kinds by name: norm and relu, or norm2 and relu2 for the second convolution."""
    suffix = "" if number is None else str(number)
    layers: dict[str, nn.Module] = {}
    for kind in kinds:
        layers |= kit.normalized(channels, suffix) if kind == "norm" else kit.activated(suffix)
    return layers
