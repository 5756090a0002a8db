"""The data of a question about test errors: few digits, as networks that see all of them hardly err."""

from collections.abc import Sequence

from depthlab.recipe import override_values

# 288 digits to train on and 72 to validate on; the other 1,437 are tested on
FEW_IMAGES = ("data.train_size=360", "data.validation=0.2")
OF_DATA = ("data", "data.train_size", "data.validation", "experiment")


def with_few_images(words: Sequence[str], named: str) -> tuple[str, ...]:
    """Return the words, with few images to train on where none of them is on the data.

    Trained on 1,294 digits, networks of this size are right on almost every one of the 359 test images, and what sets
    them apart is a matter of one or two of these. Words on the data, an experiment, and a named space other than
    `named` are taken as they are.
    """
    typed = override_values(words)
    if typed.get("sweep") != named or any(key in typed for key in OF_DATA):
        return tuple(words)
    return (*words, *FEW_IMAGES)
