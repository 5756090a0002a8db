"""The order of batch norm and ReLU in a residual unit: He et al. 2016 (arXiv 1603.05027), Figure 4 and Table 2."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from torch import nn

from depthlab.nn import LayerFactory


@final
@dataclass(frozen=True)
class LayerOrder:
    """The layers around the convolutions of a branch and around the addition: "norm" and "relu", in order.

    full                    BN ReLU conv BN ReLU conv
    original                conv BN ReLU conv BN, and ReLU after the sum
    bn_after_addition       conv BN ReLU conv, and BN ReLU after the sum
    relu_before_addition    conv BN ReLU conv BN ReLU
    relu_only               ReLU conv BN ReLU conv BN

    `ahead` comes before every convolution, `behind` after every one but the last, `last` after the last, and `after`
    after the addition. BN and ReLU stand for the normalization and the activation that the user chose.
    """

    ahead: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


FULL = LayerOrder(ahead=("norm", "relu"))
ORIGINAL = LayerOrder(behind=("norm", "relu"), last=("norm",), after=("relu",))
ORDERS = {
    "full": FULL,  # Fig. 4 (e)
    "original": ORIGINAL,  # (a)
    "bn_after_addition": LayerOrder(behind=("norm", "relu"), after=("norm", "relu")),  # (b)
    "relu_before_addition": LayerOrder(behind=("norm", "relu"), last=("norm", "relu")),  # (c)
    "relu_only": LayerOrder(ahead=("relu",), behind=("norm",), last=("norm",)),  # (d)
}


def norm_and_activation(
    factory: LayerFactory, kinds: Sequence[str], channels: int, number: int | None = None
) -> dict[str, nn.Module]:
    """Return layers of these kinds by name: norm and relu, or norm2 and relu2 for the second convolution."""
    suffix = "" if number is None else str(number)
    layers: dict[str, nn.Module] = {}
    for kind in kinds:
        layers |= factory.norm(channels, suffix) if kind == "norm" else factory.named_activation(suffix)
    return layers
