"""From the parts that a person chose to layers: what a family is built with."""

from collections.abc import Mapping
from typing import Any, Literal, final

from torch import nn

from depthlab.nn.drop import linear_drop_rates
from depthlab.nn.initialize import initialize
from depthlab.nn.network import Network
from depthlab.nn.parts.activations import ACTIVATIONS, gain_of
from depthlab.nn.parts.convolutions import DILATION, GROUPS, Shape, build_convolution
from depthlab.nn.parts.excitation import Excitation
from depthlab.nn.parts.initializations import initialize_as
from depthlab.nn.parts.normalizations import SHIFTING, build_normalization
from depthlab.nn.parts.pooling import HALVING, Halving, Window, build_halving
from depthlab.nn.parts.slots import SLOTS, Parts, as_parts

_KINDS_WITH = {
    "groups": "parts.convolution=grouped or parts.convolution=shuffled",
    "dilation": "parts.convolution=dilated",
}


@final
class LayerFactory:
    """Makes the layers of one network: the family's own, or what a person put into a slot of `Parts`.

    `family` is its name in errors, `normalization` the family's own kind, and `typed` the setting of the family that
    says so, if a person typed it: the slot can't be filled beside it. A constructor asks for each layer where the
    network has it, and ends with `finish`, which refuses a slot that was filled and never asked for. What returns a
    dictionary returns layers by name: none, where there is to be none.

    Raises `ValueError` for slots that can't be, and for the normalization in a slot beside another that was typed.
    """

    def __init__(
        self,
        family: str,
        parts: Parts | Mapping[str, Any] | None,
        *,
        normalization: str = "batch",
        typed: str | None = None,
    ) -> None:
        self.family = family
        self._parts = as_parts(parts)
        self._chosen = self._parts.chosen
        self._own_normalization = normalization
        self._read: set[str] = set()
        self._lacking: dict[str, str] = {}  # slots that are read beside a setting that is off
        if typed is not None and self.chooses("normalization"):
            raise ValueError(
                f"parts.normalization={self.normalization} and {typed} both say what {family} has there: "
                "leave one of them out"
            )

    @property
    def normalization(self) -> str:
        """The kind that stands where the network normalizes."""
        return str(self._chosen.get("normalization", self._own_normalization))

    @property
    def normalizes(self) -> bool:
        """Whether biases do nothing in front of what normalizes, as it shifts each channel anyway."""
        return self.normalization in SHIFTING

    def chooses(self, slot: str) -> bool:
        """Tell whether a person filled the slot."""
        return slot in self._chosen

    def convolution(
        self,
        in_channels: int,
        out_channels: int,
        *,
        kernel_size: int | tuple[int, int],
        stride: int = 1,
        padding: tuple[int, int] | None = None,
        groups: int = 1,
        bias: bool | None = None,
        fixed: bool = False,
    ) -> nn.Module:
        """Return a convolution of odd kernel size: (N, in, H, W) to (N, out, ceil(H / stride), ceil(W / stride)).

        That size comes of half a kernel's `padding`, unless told. The kind is a person's choice but for a 1 x 1
        convolution, and a `fixed` one, as those of stems and auxiliary heads, and of the image, whose channels are few.
        It has a bias if it is told so, or, untold, if the network doesn't normalize.
        """
        kernel = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
        shape = Shape(
            in_channels,
            out_channels,
            kernel,
            stride=(stride, stride),
            padding=(kernel[0] // 2, kernel[1] // 2) if padding is None else padding,
            groups=groups,
            bias=not self.normalizes if bias is None else bias,
        )
        kind = None if fixed or max(kernel) == 1 else self._take("convolution")
        if max(kernel) > 1 and not fixed:
            self._lacking |= _KINDS_WITH
        if kind is None:
            return shape.build()
        number = self._take("groups") if kind in ("grouped", "shuffled") else None
        factor = self._take("dilation") if kind == "dilated" else None
        number = number or (groups if groups > 1 else GROUPS)
        return build_convolution(kind, shape, groups=number, dilation=factor or DILATION)

    def normalized(
        self, channels: int, suffix: str = "", *, eps: float = 1e-5, maps: bool = True
    ) -> dict[str, nn.Module]:
        """Return what normalizes maps (N, C, H, W), or else features (N, C), as norm and `suffix`."""
        self._take("normalization")
        if self.normalization == "none":
            return {}
        return {f"norm{suffix}": build_normalization(self.normalization, channels, eps=eps, maps=maps)}

    def activation(self) -> nn.Module:
        """Return an activation, which is never in place: what it reads may be a path's own output."""
        return ACTIVATIONS[self._take("activation") or "relu"]()

    def activated(self, suffix: str = "") -> dict[str, nn.Module]:
        """Return an activation under its own name and `suffix`, such as relu1."""
        return {f"{self._take('activation') or 'relu'}{suffix}": self.activation()}

    def excited(self, channels: int) -> dict[str, nn.Module]:
        """Return the squeeze-and-excitation of what a unit computes, if it has one."""
        ratio = self._take("excitation")
        return {"excitation": Excitation(channels, ratio)} if ratio else {}

    def halving(self, own: str, window: Window = HALVING) -> Halving:
        """Return how H and W are halved at a place where the family has `own` do it, or pools over `window`."""
        return build_halving(self._take("pool") or own, window)

    def pooling(self, own: str) -> str:
        """Return "max" or "average" for a place that must have a pooling layer, as it is a path of its own.

        Raises `ValueError` for the other kinds.
        """
        kind = self._take("pool") or own
        if kind not in ("max", "average"):
            raise ValueError(
                f"{self.family} has a path that pools in every unit, so parts.pool can be max or average, not {kind}: "
                "type parts.pool=average"
            )
        return kind

    def dropped(
        self, rate: float, place: Literal["unit", "head"], suffix: str = "", *, own: bool, maps: bool = True
    ) -> dict[str, nn.Module]:
        """Return what drops features at a place inside units, or in front of the last layer.

        `own` says whether the family drops there itself, `maps` whether it has maps (N, C, H, W) to drop as a whole
        (Tompson et al. 2015, arXiv 1411.4280).
        """
        kind = self._take_rated("dropout", rate)
        if not rate or (not own if kind is None else (kind == "head") != (place == "head")):
            return {}
        if kind == "spatial" and not maps:
            raise ValueError(
                f"parts.dropout=spatial drops whole maps, and {self.family} has features without height and width: "
                "type parts.dropout=unit or parts.dropout=head"
            )
        return {f"dropout{suffix}": nn.Dropout2d(rate) if kind == "spatial" else nn.Dropout(rate)}

    def drop_rates(self, rate: float, units: int) -> list[float]:
        """Return the rate at which each unit's branch is left out, where `rate` is the last one's."""
        uniform = self._take_rated("drop_path", rate) == "uniform"
        return [rate] * units if uniform else linear_drop_rates(rate, units)

    def finish(self, net: Network, *, fan: Literal["out", "in"] = "out") -> Network:
        """Draw the weights of a network, and return it; `fan` is what the family's own initialization takes.

        Raises `ValueError` for a slot that was filled and that nothing in the network asked for.
        """
        kind = self._take("initialization")
        for slot, value in self._chosen.items():
            if slot not in self._read:
                raise ValueError(self._idle(slot, value))
        if kind is None:
            initialize(net, fan=fan)
        else:
            initialize_as(kind, net, fan=fan, gain=gain_of(self._chosen.get("activation", "relu")))
        return net

    def _take(self, slot: str) -> Any:
        self._read.add(slot)
        return self._chosen.get(slot)

    def _take_rated(self, slot: str, rate: float) -> Any:
        """Read a slot that says how something is dropped; at rate 0 it says nothing."""
        if rate:
            return self._take(slot)
        self._lacking[slot] = f"a rate: {slot}=0.2"
        return None

    def _idle(self, slot: str, value: object) -> str:
        if slot in self._lacking:
            return (
                f"parts.{slot}={value} does nothing without {self._lacking[slot]}; add that, or type parts.{slot}=null"
            )
        reads = [other for other in SLOTS if other in self._read or other in self._lacking]
        return (
            f"parts.{slot}={value} does nothing: {self.family} has no use for it, it reads {', '.join(reads)}; "
            f"type parts.{slot}=null"
        )
