"""Image sets, and the batches made of them: every source is a function that returns an `ImageSet`."""

from depthlab.data.batches import Batches
from depthlab.data.cifar10 import cifar10
from depthlab.data.digits import digits
from depthlab.data.images import ImageSet, LazyImages, Split
from depthlab.data.module import ImageData, Loading
from depthlab.data.split import split_validation
from depthlab.data.synthetic import synthetic

__all__ = [
    "Batches",
    "ImageData",
    "ImageSet",
    "LazyImages",
    "Loading",
    "Split",
    "cifar10",
    "digits",
    "split_validation",
    "synthetic",
]
