"""Where a question is on few images, and that a word on the data is enough to have them all."""

import pytest

from depthlab.data import digits, split_validation
from depthlab.questions.few_images import FEW_IMAGES, with_few_images
from depthlab.recipe import compose

NAMED = "sweep=regularization"


@pytest.mark.parametrize("words", [(), ("depth=8",), ("model=vgg", "seed=0,1")])
def test_without_a_word_on_the_data_images_are_few(words: tuple[str, ...]) -> None:
    found = with_few_images((NAMED, *words), "regularization")
    assert found == (NAMED, *words, *FEW_IMAGES)


def test_every_digit_is_trained_validated_or_tested_on() -> None:
    config = compose(FEW_IMAGES).config["data"]
    images = digits(train_size=config["train_size"])
    train, validation = split_validation(images.train.labels, config["validation"])
    assert (len(train), len(validation), len(images.test)) == (288, 72, 1437)


@pytest.mark.parametrize(
    "words",
    [
        (NAMED, "data=cifar10"),
        (NAMED, "data.validation=0.1"),
        (NAMED, "data.train_size=500"),
        (NAMED, "experiment=he2015_resnet"),
        ("sweep=degradation",),
    ],
)
def test_words_on_the_data_are_taken_as_they_are(words: tuple[str, ...]) -> None:
    assert with_few_images(words, "regularization") == words
