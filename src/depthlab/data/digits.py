"""The handwritten digits that come with scikit-learn: a real problem without a download."""

import numpy as np

from depthlab.data.images import ImageSet, image_set, split_of
from depthlab.data.split import split_validation


def digits() -> ImageSet:
    """Load 1,797 gray images of 8x8 pixels in 10 classes; a fixed stratified fifth of them (359) is the test set.

    Source: Alpaydin and Kaynak, Optical Recognition of Handwritten Digits (UCI, 1998), the test part, as scikit-learn
    embeds it. Its gray values 0..16 are spread over 0..255.
    """
    from sklearn.datasets import load_digits

    bunch = load_digits()
    images = np.rint(bunch.images * (255 / 16)).astype(np.uint8)[..., None]
    everything = split_of(images, bunch.target)
    train, test = (indices.numpy() for indices in split_validation(everything.labels, 0.2))
    return image_set(
        "digits",
        tuple(str(name) for name in bunch.target_names),
        split_of(images[train], bunch.target[train]),
        split_of(images[test], bunch.target[test]),
    )
