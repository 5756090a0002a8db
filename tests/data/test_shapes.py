"""What is said of images without having them is what they are."""

import pytest

from depthlab.data import digits, known_shape, synthetic


def test_what_is_known_of_digits_is_true() -> None:
    images = digits()
    assert known_shape({"_target_": "depthlab.data.digits"}) == (images.channels, images.image_size, images.num_classes)


def test_what_is_known_of_made_up_images_is_true() -> None:
    arguments = {"image_size": 6, "channels": 2, "num_classes": 3}
    images = synthetic(**arguments, train_size=6, test_size=3)
    shape = known_shape({"_target_": "depthlab.data.synthetic", **arguments})
    assert shape == (images.channels, images.image_size, images.num_classes) == (2, 6, 3)


@pytest.mark.parametrize("source", ["depthlab.data.imagefolder", "my_package.digits"])
def test_others_have_to_be_looked_at(source: str) -> None:
    assert known_shape({"_target_": source}) is None
