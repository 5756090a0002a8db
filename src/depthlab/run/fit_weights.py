"""Fit tensors from elsewhere into a network: by their names where those are known, else by their order."""

from collections.abc import Mapping

from torch import Tensor, nn

from depthlab.models.torchvision.keys import FAMILIES, torchvision_keys
from depthlab.nn import Network
from depthlab.run.weight_file import COUNTER

# what others call the layers that torchvision calls otherwise
_SYNONYMS = {"linear": "fc", "shortcut": "downsample"}


def fit_weights(network: nn.Module, tensors: Mapping[str, Tensor], file: str) -> str:
    """Copy the tensors into the network, and return how they were told apart: by name, or by order.

    Names are those of the network's own state dict, or torchvision's, in which others' CIFAR networks are written too.
    Where neither has all of them, the tensors are taken in the file's order; each must be of the kind (weight, bias,
    running mean or variance) and of the shape that is expected in its place.

    Raises:
        ValueError: in one line, the first tensor that does not fit, its shape, and what was expected. The network then
            has all of its weights as they were.
    """
    expected = {key: value for key, value in network.state_dict().items() if key.rpartition(".")[2] != COUNTER}
    how, names = _names(network, expected, tensors)
    if names is None:
        how, names = "order", _by_order(expected, tensors, file)
    for ours, theirs in names.items():
        if tensors[theirs].shape != expected[ours].shape:
            raise ValueError(
                f"weights={file}: its tensor {theirs} has the shape {_told(tensors[theirs])}, and the network's {ours} "
                f"{_told(expected[ours])}: type the model, depth and width that it was trained with"
            )
    network.load_state_dict({ours: tensors[theirs] for ours, theirs in names.items()}, strict=False)
    return f"by {how}"


def _names(
    network: nn.Module, expected: Mapping[str, Tensor], tensors: Mapping[str, Tensor]
) -> tuple[str, dict[str, str] | None]:
    """Return which tensor is which by name; None if no way of naming fits both sides whole."""
    if expected.keys() == tensors.keys():
        return "name", {key: key for key in expected}
    if isinstance(network, Network):
        theirs = {_in_torchvision_words(key): key for key in tensors}
        for family in FAMILIES:
            keys = torchvision_keys(network, family)
            names = {ours: theirs.get(keys[ours] or "") for ours in expected}
            if len(theirs) == len(tensors) == len(expected) and None not in names.values():
                return "torchvision's names", {ours: str(name) for ours, name in names.items()}
    return "", None


def _in_torchvision_words(key: str) -> str:
    return ".".join(_SYNONYMS.get(part, part) for part in key.split("."))


def _by_order(expected: Mapping[str, Tensor], tensors: Mapping[str, Tensor], file: str) -> dict[str, str]:
    """Return which tensor is which by their places."""
    for place, ((ours, own), (theirs, other)) in enumerate(zip(expected.items(), tensors.items(), strict=False), 1):
        if own.shape != other.shape or _kind(ours) != _kind(theirs):
            raise ValueError(
                f"weights={file}: its tensor {place}, {theirs} of shape {_told(other)}, does not fit; expected was "
                f"{ours} of shape {_told(own)}{_advice(tensors, expected)}"
            )
    if len(expected) != len(tensors):
        longer, count = (expected, len(tensors)) if len(expected) > len(tensors) else (tensors, len(expected))
        name = list(longer)[count]
        whose = "the network expects" if longer is expected else "the network has no place for its"
        raise ValueError(
            f"weights={file} has {len(tensors)} tensors, the network {len(expected)}: {whose} {name} of shape "
            f"{_told(longer[name])}{_advice(tensors, expected)}"
        )
    return dict(zip(expected, tensors, strict=True))


def _advice(tensors: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> str:
    projects = any(part in ("downsample", "shortcut") for key in tensors for part in key.split("."))
    if projects and not any(".skip." in key for key in expected):
        return "; the file has projections on its shortcuts: type model.shortcut=B"
    if not projects and any(".skip." in key for key in expected):
        return "; the file has no projections on its shortcuts: type model.shortcut=A"
    return "; type the model, depth and width that it was trained with"


def _kind(key: str) -> str:
    """Return what a tensor is of its layer."""
    return key.rpartition(".")[2]


def _told(tensor: Tensor) -> str:
    return "x".join(map(str, tensor.shape)) or "()"
