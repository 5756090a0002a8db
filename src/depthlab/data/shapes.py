"""The image shapes of well-known sets, known without loading them."""

from collections.abc import Mapping
from typing import Any

# channels, side in pixels, number of classes
_SHAPES = {
    "digits": (1, 8, 10),
    "cifar10": (3, 32, 10),
    "cifar100": (3, 32, 100),
    "svhn": (3, 32, 10),
    "mnist": (1, 28, 10),
    "fashion_mnist": (1, 28, 10),
}


def known_shape(source: Mapping[str, Any]) -> tuple[int, int, int] | None:
    """Return channels, side in pixels and number of classes of a source, given by its `_target_` and arguments.

    None if only the images tell.
    """
    name = str(source["_target_"]).removeprefix("depthlab.data.")
    if name == "synthetic":
        return source["channels"], source["image_size"], source["num_classes"]
    return _SHAPES.get(name)
