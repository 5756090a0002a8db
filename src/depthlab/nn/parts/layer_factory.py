"""Builds the layers of a network, from a family's defaults and the parts that the user chose."""

from collections.abc import Mapping
from typing import Any, Literal, final

from torch import nn

from depthlab.nn.drop import linear_drop_rates
from depthlab.nn.initialize import initialize
from depthlab.nn.network import Network
from depthlab.nn.parts.activations import ACTIVATIONS, activation_gain
from depthlab.nn.parts.convolutions import DILATION, GROUPS, ConvolutionShape, build_convolution
from depthlab.nn.parts.excitation import Excitation
from depthlab.nn.parts.initializations import initialize_as
from depthlab.nn.parts.normalizations import SHIFTING_KINDS, build_normalization
from depthlab.nn.parts.pooling import TWO_BY_TWO, Downsampling, PoolingWindow, build_downsampling
from depthlab.nn.parts.slots import SLOTS, Parts, as_parts

_KINDS_WITH = {
    "groups": "parts.convolution=grouped or parts.convolution=shuffled",
    "dilation": "parts.convolution=dilated",
}


@final
class LayerFactory:
    """Builds the layers of one network: the family's defaults, or what the user put into a slot of `Parts`.

    `family` is the name in errors, `normalization` the family's default kind, and `conflict` a setting of the family
    that chose it, if the user typed one: the slot `normalization` can't be set beside it. A constructor asks for each
    layer where the network has it, and ends with `finish`, which rejects slots that were set but never read. Methods
    that return a dictionary return layers by name; it is empty where there is no such layer.

    Raises `ValueError` for unknown slots, and for a normalization slot beside `conflict`.
    """

    def __init__(
        self,
        family: str,
        parts: Parts | Mapping[str, Any] | None,
        *,
        normalization: str = "batch",
        conflict: str | None = None,
    ) -> None:
        self.family = family
        self._parts = as_parts(parts)
        self._chosen = self._parts.chosen
        self._default_normalization = normalization
        self._slots_read: set[str] = set()
        self._needs_setting: dict[str, str] = {}  # slots that were read, but do nothing without another setting
        if conflict is not None and self.has_choice("normalization"):
            raise ValueError(
                f"parts.normalization={self.normalization} and {conflict} both say what {family} has there: "
                "leave one of them out"
            )

    @property
    def normalization(self) -> str:
        """The kind of normalization that the network uses."""
        return str(self._chosen.get("normalization", self._default_normalization))

    @property
    def replaces_bias(self) -> bool:
        """Whether a bias before the normalization would do nothing, as it shifts each channel itself."""
        return self.normalization in SHIFTING_KINDS

    def has_choice(self, slot: str) -> bool:
        """Return whether the user set the slot."""
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

        `padding` is half the kernel by default, which gives that size. The kind is the user's choice, except for 1 x 1
        convolutions and `fixed` ones, such as those of stems and auxiliary heads, and those that read the image, which
        has few channels. By default it has a bias if the network has no normalization that replaces it.
        """
        kernel = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
        shape = ConvolutionShape(
            in_channels,
            out_channels,
            kernel,
            stride=(stride, stride),
            padding=(kernel[0] // 2, kernel[1] // 2) if padding is None else padding,
            groups=groups,
            bias=not self.replaces_bias if bias is None else bias,
        )
        kind = None if fixed or max(kernel) == 1 else self._read_slot("convolution")
        if max(kernel) > 1 and not fixed:
            self._needs_setting |= _KINDS_WITH
        if kind is None:
            return shape.build()
        number = self._read_slot("groups") if kind in ("grouped", "shuffled") else None
        factor = self._read_slot("dilation") if kind == "dilated" else None
        number = number or (groups if groups > 1 else GROUPS)
        return build_convolution(kind, shape, groups=number, dilation=factor or DILATION)

    def norm(self, channels: int, suffix: str = "", *, eps: float = 1e-5, maps: bool = True) -> dict[str, nn.Module]:
        """Return the normalization of maps (N, C, H, W), or of features (N, C), named norm and `suffix`."""
        self._read_slot("normalization")
        if self.normalization == "none":
            return {}
        return {f"norm{suffix}": build_normalization(self.normalization, channels, eps=eps, maps=maps)}

    def activation(self) -> nn.Module:
        """Return an activation; it is never in place, because its input may be a path's output."""
        return ACTIVATIONS[self._read_slot("activation") or "relu"]()

    def named_activation(self, suffix: str = "") -> dict[str, nn.Module]:
        """Return an activation named by its kind and `suffix`, such as relu1."""
        return {f"{self._read_slot('activation') or 'relu'}{suffix}": self.activation()}

    def excitation(self, channels: int) -> dict[str, nn.Module]:
        """Return the squeeze-and-excitation at the end of a unit, if there is one."""
        ratio = self._read_slot("excitation")
        return {"excitation": Excitation(channels, ratio)} if ratio else {}

    def downsampling(self, default: str, window: PoolingWindow = TWO_BY_TWO) -> Downsampling:
        """Return how H and W are halved where the family does it by `default`; pooling is over `window`."""
        return build_downsampling(self._read_slot("pool") or default, window)

    def pooling_kind(self, default: str) -> str:
        """Return "max" or "average", for a pooling layer that can't be replaced because it is a path of its own.

        Raises `ValueError` for any other kind.
        """
        kind = self._read_slot("pool") or default
        if kind not in ("max", "average"):
            raise ValueError(
                f"{self.family} has a path that pools in every unit, so parts.pool can be max or average, not {kind}: "
                "type parts.pool=average"
            )
        return kind

    def dropout(
        self, rate: float, place: Literal["unit", "head"], suffix: str = "", *, default: bool, maps: bool = True
    ) -> dict[str, nn.Module]:
        """Return the dropout inside a unit, or before the last linear layer.

        `default` says whether the family has dropout there, `maps` whether its features are maps (N, C, H, W), which
        can be dropped as a whole (Tompson et al. 2015, arXiv 1411.4280).
        """
        kind = self._read_rated_slot("dropout", rate)
        if not rate or (not default if kind is None else (kind == "head") != (place == "head")):
            return {}
        if kind == "spatial" and not maps:
            raise ValueError(
                f"parts.dropout=spatial drops whole maps, and {self.family} has features without height and width: "
                "type parts.dropout=unit or parts.dropout=head"
            )
        return {f"dropout{suffix}": nn.Dropout2d(rate) if kind == "spatial" else nn.Dropout(rate)}

    def drop_path_rates(self, rate: float, units: int) -> list[float]:
        """Return the drop rate of each unit's branch, where `rate` is the last unit's."""
        uniform = self._read_rated_slot("drop_path", rate) == "uniform"
        return [rate] * units if uniform else linear_drop_rates(rate, units)

    def finish(self, net: Network, *, fan: Literal["out", "in"] = "out") -> Network:
        """Initialize the weights of a network and return it; `fan` is the family's default for `initialize`.

        Raises `ValueError` for a slot that was set and that nothing in the network read.
        """
        kind = self._read_slot("initialization")
        for slot, value in self._chosen.items():
            if slot not in self._slots_read:
                raise ValueError(self._describe_unused(slot, value))
        if kind is None:
            initialize(net, fan=fan)
        else:
            initialize_as(kind, net, fan=fan, gain=activation_gain(self._chosen.get("activation", "relu")))
        return net

    def _read_slot(self, slot: str) -> Any:
        self._slots_read.add(slot)
        return self._chosen.get(slot)

    def _read_rated_slot(self, slot: str, rate: float) -> Any:
        """Read a slot that says how something is dropped; at rate 0 it has no effect."""
        if rate:
            return self._read_slot(slot)
        self._needs_setting[slot] = f"a rate: {slot}=0.2"
        return None

    def _describe_unused(self, slot: str, value: object) -> str:
        if slot in self._needs_setting:
            need = self._needs_setting[slot]
            return f"parts.{slot}={value} does nothing without {need}; add that, or type parts.{slot}=null"
        reads = [other for other in SLOTS if other in self._slots_read or other in self._needs_setting]
        return (
            f"parts.{slot}={value} does nothing: {self.family} has no use for it, it reads {', '.join(reads)}; "
            f"type parts.{slot}=null"
        )
