"""What layers are called in tables and pictures: a kind, and a label such as `3×3, 16 channels`."""

from torch import nn

from depthlab.nn import ChannelSlice, ConstantScale, DropPath, GridPool, LocallyConnected2d, LocalResponseNorm, PadSkip

_NORMS = (nn.modules.batchnorm._NormBase, nn.GroupNorm, nn.LayerNorm, LocalResponseNorm, nn.LocalResponseNorm)
_NORM_WORDS = {
    "BatchNorm1d": "batch norm",
    "BatchNorm2d": "batch norm",
    "GroupNorm": "group norm",
    "LayerNorm": "layer norm",
    "ChannelNorm": "layer norm",
    "LocalResponseNorm": "local response norm",
}
_POOLS = (nn.MaxPool2d, nn.AvgPool2d)


def describe_layer(module: nn.Module) -> tuple[str, str]:
    """Return a layer's kind and its label; what is not known is called by its class."""
    name = type(module).__name__
    if isinstance(module, nn.Conv2d | LocallyConnected2d):
        return "convolution", _convolution(module)
    if isinstance(module, nn.Linear):
        return "linear", f"linear, {module.out_features}"
    if isinstance(module, _POOLS):
        word = "max" if isinstance(module, nn.MaxPool2d) else "average"
        return "pooling", f"{word} {_times(module.kernel_size)}{_stride(module.stride)}"
    if isinstance(module, nn.AdaptiveAvgPool2d | nn.AdaptiveMaxPool2d | GridPool):
        return "pooling", _adaptive(module)
    if isinstance(module, PadSkip):
        return "padding", f"zeros +{module.extra}{_stride(module.stride)}"
    if isinstance(module, _NORMS):
        return "normalization", _NORM_WORDS.get(name, name)
    if isinstance(module, nn.modules.dropout._DropoutNd | DropPath):
        return "dropout", "drop path" if isinstance(module, DropPath) else "dropout"
    if type(module).__module__ == "torch.nn.modules.activation":
        return "activation", name
    if isinstance(module, ChannelSlice):
        return "other", f"channels {module.start} to {module.stop}"
    return "other", f"× {module.factor:g}" if isinstance(module, ConstantScale) else name


def _convolution(module: nn.Conv2d | LocallyConnected2d) -> str:
    text = f"{_times(module.kernel_size)}, {module.out_channels}{_stride(module.stride)}"
    if isinstance(module, LocallyConnected2d):
        return f"{text}, not shared"
    if module.groups == module.in_channels > 1:
        text += ", depthwise"
    elif module.groups > 1:
        text += f", {module.groups} groups"
    return text if set(module.dilation) == {1} else f"{text}, dilation {module.dilation[0]}"


def _adaptive(module: nn.Module) -> str:
    word = "max" if isinstance(module, nn.AdaptiveMaxPool2d) else "average"
    size = module.size if isinstance(module, GridPool) else module.output_size
    return f"{word} over all" if size in (1, (1, 1)) else f"{word} to {_times(size)}"  # type: ignore[arg-type]


def _times(size: int | tuple[int, ...]) -> str:
    height, width = (size, size) if isinstance(size, int) else size
    return f"{height}×{width}"


def _stride(stride: int | tuple[int, ...] | None) -> str:
    sides = (stride,) if stride is None or isinstance(stride, int) else stride
    return "" if set(sides) <= {1, None} else f", /{'×'.join(map(str, dict.fromkeys(sides)))}"
