"""Which regularizers are crossed, at which levels, and what is said of those that can't be."""

from collections.abc import Sequence

import pytest
import pytorch_lightning as pl
import torch

from depthlab.questions.regularization.factors import FACTORS, Factors, read_factors
from depthlab.questions.regularization.record import Factor
from depthlab.recipe import compose, read_space
from depthlab.records import FactorialAxis
from depthlab.run.check import build_network
from depthlab.sweeps import settings_of
from tests.questions.degradation.runs import ref

NAMED = "sweep=regularization"


def read(*words: str, factors: str | None = None) -> Factors:
    own = {} if factors is None else {"factors": factors}
    return read_factors(own, words, settings_of(words))


def choices(found: Factors) -> dict[str, tuple[str, ...]]:
    return read_space(found.overrides, settings_of(found.overrides).params).choices


def levels(found: Factors) -> Sequence[tuple[str, object, object]]:
    return [(one.name, one.off, one.on) for one in found.factors]


def test_the_named_space_has_two_factors_depths_and_seeds() -> None:
    found = read(NAMED)
    assert levels(found) == [("weight_decay", 0.0, 5e-4), ("dropout", 0.0, 0.3)]
    assert {key: len(values) for key, values in choices(found).items()} == {
        "weight_decay": 2,
        "dropout": 2,
        "depth": 2,
        "seed": 3,
    }


def test_the_strengths_are_those_of_the_files() -> None:
    found = read(NAMED, factors="drop_path,mixup")
    assert found.factors == (
        Factor("drop_path", "drop_path", 0.0, 0.5, "conf/regularization/drop_path.yaml"),
        Factor("mixup", "mixup", 0.0, 1.0, "conf/regularization/mixup.yaml"),
    )
    assert set(choices(found)) == {"drop_path", "mixup", "depth", "seed"}, "what is not chosen is held"
    assert "weight_decay=0.0005" in found.overrides and "dropout=0.0" in found.overrides


def test_a_typed_strength_is_crossed_with_none_and_two_are_the_levels() -> None:
    assert levels(read(NAMED, "cutout=3", factors="cutout")) == [("cutout", 0, 3)]
    assert levels(read(NAMED, "cutout=3", factors="cutout,cutout")) == [("cutout", 0, 3)]
    assert levels(read(NAMED, "dropout=0.4,0.1", factors="dropout")) == [("dropout", 0.4, 0.1)]
    assert levels(read(NAMED, "dropout=0.4,0", factors="dropout")) == [("dropout", 0.0, 0.4)]
    assert levels(read(NAMED, "mixup=0,0.2", factors="dropout"))[1] == ("mixup", 0.0, 0.2), "what varies is a factor"


@pytest.mark.parametrize(
    ("name", "model", "key"),
    [
        ("lrn", "alexnet", "model.lrn"),
        ("batch_norm", "vgg", "model.batch_norm"),
        ("batch_norm", "nin", "model.batch_norm"),
        ("weight_sharing", "locally_connected", "model.sharing"),
    ],
)
def test_what_a_family_has_of_its_own_is_on_or_off(name: str, model: str, key: str) -> None:
    found = read(NAMED, f"model={model}", factors=name)
    assert found.factors == (Factor(name, key, False, True),)
    assert [value.lower() for value in choices(found)[key]] == ["false", "true"]


@pytest.mark.parametrize(
    ("words", "factors", "said"),
    [
        ((NAMED,), "droput", "factors=droput: there is no factor droput; did you mean factors=dropout"),
        ((NAMED,), "size", "the factors are weight_decay, dropout, drop_path"),
        ((NAMED, "dropout=0"), "dropout", "dropout=0 holds the factor dropout at nothing"),
        ((NAMED, "dropout=0,0.1,0.2"), "dropout", "a factor has two levels"),
        ((NAMED, "dropout=2"), "dropout", "dropout must be a number from 0 to below 1"),
        ((NAMED,), "lrn", "model=resnet has no lrn: leave lrn out of factors=, or type model=alexnet"),
        ((NAMED, "model.lrn=true"), "lrn", "model=resnet has no lrn: leave out model.lrn="),
        (("depth=8,14",), None, "no regularizer varies: type some, such as factors=weight_decay,dropout"),
        ((NAMED, "hydra.sweeper.search=random", "hydra.sweeper.samples=3"), "dropout", "a factorial needs a grid"),
    ],
)
def test_mistakes_are_a_line(words: tuple[str, ...], factors: str | None, said: str) -> None:
    with pytest.raises(ValueError) as raised:
        read(*words, factors=factors)
    assert said in str(raised.value) and "\n" not in str(raised.value)


def test_axes_are_the_factors_and_what_else_varies() -> None:
    factors = (Factor("weight_sharing", "model.sharing", False, True),)
    refs = [
        ref("vgg", depth, seed, **{"model.sharing": sharing})
        for depth in (20, 8)
        for seed in (0, 1)
        for sharing in (True, False)
    ]
    found = Factors(factors, ())
    assert found.axes(refs) == (FactorialAxis("weight_sharing", (False, True)), FactorialAxis("depth", (8, 20)))
    assert found.levels(refs[0]) == {"model": "vgg", "depth": 20, "weight_sharing": True}


@pytest.mark.parametrize("model", ["resnet", "preresnet", "wide_resnet", "densenet", "mlp", "vgg", "alexnet"])
def test_twins_begin_with_the_same_weights(model: str) -> None:
    """The tests of the verdict pair the runs of a seed that differ in these factors alone."""
    strengths = (
        "weight_decay=0",
        "dropout=0.3",
        "drop_path=0.5",
        "label_smoothing=0.1",
        "cutout=2",
        "mixup=1",
        "cutmix=1",
    )
    assert {word.partition("=")[0] for word in strengths} == {name for name, key in FACTORS.items() if name == key}
    plain = weights(f"model={model}")
    assert not all(torch.equal(a, b) for a, b in zip(plain, weights(f"model={model}", "seed=1"), strict=True))
    for word in strengths:
        try:
            twin = weights(f"model={model}", word)
        except ValueError:  # dropout of a network that has none
            continue
        assert all(torch.equal(a, b) for a, b in zip(plain, twin, strict=True)), word


def weights(*words: str) -> list[torch.Tensor]:
    """Return the initial weights of a run."""
    recipe = compose(words)
    pl.seed_everything(recipe.config["seed"], verbose=False)
    return list(build_network(recipe, num_classes=10, in_channels=1, image_size=8).state_dict().values())
