"""Well-known image sets, by their names on the Hub."""

import os

from depthlab.data.cache import data_folder
from depthlab.data.hub import HubSource, hub_set
from depthlab.data.images import ImageSet


def cifar100(*, folder: str | os.PathLike[str]) -> ImageSet:
    """Load 50,000 + 10,000 color images of 32x32 pixels in 100 classes (Krizhevsky 2009)."""
    return hub_set(HubSource("uoft-cs/cifar100", label_column="fine_label"), data_folder(folder), "cifar100")


def svhn(*, folder: str | os.PathLike[str]) -> ImageSet:
    """Load 73,257 + 26,032 color images of 32x32 pixels: digits of house numbers (Netzer et al. 2011)."""
    return hub_set(HubSource("ufldl-stanford/svhn", name="cropped_digits"), data_folder(folder), "svhn")


def mnist(*, folder: str | os.PathLike[str]) -> ImageSet:
    """Load 60,000 + 10,000 gray images of 28x28 pixels: handwritten digits (LeCun et al. 1998)."""
    return hub_set(HubSource("ylecun/mnist"), data_folder(folder), "mnist")


def fashion_mnist(*, folder: str | os.PathLike[str]) -> ImageSet:
    """Load 60,000 + 10,000 gray images of 28x28 pixels: clothes (Xiao et al. 2017)."""
    return hub_set(HubSource("zalando-datasets/fashion_mnist"), data_folder(folder), "fashion_mnist")
