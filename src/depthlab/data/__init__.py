"""Image sets and their batches: every source is a function that returns an `ImageSet`.

`ImageData` is imported when it is first used: it needs Lightning, which takes seconds to import.
"""

from typing import TYPE_CHECKING

from depthlab.data.batches import Batches
from depthlab.data.choice import choose_images
from depthlab.data.cifar10 import cifar10
from depthlab.data.digits import digits
from depthlab.data.hub import huggingface
from depthlab.data.imagefolder import imagefolder
from depthlab.data.images import ImageSet, Split, image_set, split_from_arrays
from depthlab.data.lazy import LazyImages
from depthlab.data.loading import LoadingOptions
from depthlab.data.named import cifar100, fashion_mnist, mnist, svhn
from depthlab.data.reading import find_pictures, read_pictures
from depthlab.data.shapes import known_shape
from depthlab.data.split import split_validation
from depthlab.data.synthetic import synthetic
from depthlab.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from depthlab.data.module import ImageData

__all__ = [
    "Batches",
    "ImageData",
    "ImageSet",
    "LazyImages",
    "LoadingOptions",
    "Split",
    "choose_images",
    "cifar10",
    "cifar100",
    "digits",
    "fashion_mnist",
    "find_pictures",
    "huggingface",
    "image_set",
    "imagefolder",
    "known_shape",
    "mnist",
    "read_pictures",
    "split_from_arrays",
    "split_validation",
    "svhn",
    "synthetic",
]

__getattr__ = lazy_exports(__name__, {"module": ("ImageData",)})
