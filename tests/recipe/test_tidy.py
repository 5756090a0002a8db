"""Typing that does no harm is accepted, and is the same recipe as the plain form."""

import pytest

from depthlab.recipe import compose, compose_all, read_space, sweep_words


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("++depth=56", "depth=56"),
        ("+depth=56", "depth=56"),
        ("++model=plain +experiment=none", "model=plain experiment=none"),
        ("++optimizer.momentum=0.8", "optimizer.momentum=0.8"),
        ("+model.shortcut=B", "model.shortcut=B"),
        ("model=vgg ++model.batch_norm=true depth=9", "model=vgg model.batch_norm=true depth=9"),
        ("depth=56 depth=56", "depth=56"),
        ("model=plain model=plain ++model=plain", "model=plain"),
        ("depth=56 depth=20 depth=56", "depth=20 depth=56"),  # as ever, the last one counts
        ("model._target_=my.Net +model.shortcut=B", "model._target_=my.Net model.shortcut=B"),
        ("data.flip=True", "data.flip=true"),
        ("data=imagefolder data.path=pictures/", "data=imagefolder data.path=pictures"),
    ],
)
def test_the_recipe_is_that_of_the_plain_words(typed: str, plain: str) -> None:
    recipe, expected = compose(typed.split()), compose(plain.split())
    assert (recipe.config, recipe.choices) == (expected.config, expected.choices)
    assert [recipe.fingerprint(data_checksum="0", precision="fp32")] == [
        expected.fingerprint(data_checksum="0", precision="fp32")
    ]
    if "True" not in typed and "/" not in typed:
        assert recipe.overrides == expected.overrides


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("++model=plain,resnet +depth=8,14", "model=plain,resnet depth=8,14"),
        (
            "model=plain,vgg ++model.batch_norm=false,true depth=8",
            "model=plain,vgg model.batch_norm=false,true depth=8",
        ),
        ("model=glob(v*) +model.batch_norm=true depth=9", "model=glob(v*) model.batch_norm=true depth=9"),
        ("seed=0,1 seed=0,1 depth=8", "seed=0,1 depth=8"),
    ],
)
def test_so_are_the_words_of_a_sweep(typed: str, plain: str) -> None:
    assert sweep_words(typed.split()) == sweep_words(plain.split())
    assert read_space(typed.split()) == read_space(plain.split())


def test_a_value_that_is_listed_twice_is_one_trial() -> None:
    assert [recipe.config["seed"] for recipe in compose_all(["depth=8", "seed=0,1,0"])] == [0, 1]


def test_what_only_ones_own_model_has_keeps_its_plus() -> None:
    words = ["model._target_=my.Net", "+model.hidden=64"]
    assert compose(words).overrides == tuple(words)
