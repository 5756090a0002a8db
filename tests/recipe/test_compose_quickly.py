"""Composing from what is kept of files: quicker than by Hydra alone, and equal to it, for one and for many."""

import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from omegaconf import OmegaConf

from depthlab.recipe import CONF, Recipe, compose, compose_all, compose_each, conf, read_space
from depthlab.recipe.check_keys import check_keys
from depthlab.recipe.compose import in_one_line, recipe_of
from depthlab.recipe.parsed_override import parse_overrides

COMBINATIONS = [
    "",
    "depth=56",
    "depth=[3,3,3] width=[8,16,32]",
    "model=plain depth=8 seed=3",
    "model=resnet model.shortcut=B model.unit=bottleneck depth=11",
    "model=vgg",  # families with axes of their own
    "model=nin dropout=null",
    "model=nin learning_rate=1",
    "model=plain drop_path=off",
    "experiment=he2015_resnet depth=110",
    "experiment=he2015_resnet schedule.milestones=[0.3,0.6] data.validation=0.1",
    "regularization=cutout epochs=3",
    "optimizer=adamw optimizer.betas=[0.8,0.9] schedule=cosine",
    "data=cifar10 data.folder='/a,b' trainer.threads=null trainer=smoke",
    "model._target_=my.Net +model.hidden=64 ++model.more=[1,2]",
    "model._target_=my.Net +model.part={a:1,b:x}",
    "tracking=none trainer.gradient_clip=1 batch_size=32",
    "seed=${epochs} depth=8",
]
MISTAKES = [
    "detph=8",
    "depth=abc",
    "model=plain drop_path=0.2",
    "model=plain model.shortcut=B",
    "model=nothing",
    "+foo=1",
    "depth=${nothing}",
    "depth=8,14",
    "model.unit=basic optimizer.momentum=2",
    "experiment=he2015_resnet schedule=cosine",
    "hydra.foo=1",
]


def by_hydra(words: Sequence[str]) -> Recipe:
    """Compose with nothing kept: the reference."""
    with in_one_line(), conf.opened_conf():
        typed = parse_overrides(words)
        check_keys(typed)
        cfg = conf.composed([one.text for one in typed])
        return recipe_of(conf.ours(cfg), typed, cfg.hydra.runtime.choices)


@pytest.mark.slow
def test_equals_hydras_own() -> None:
    several = [words.split() for words in COMBINATIONS]
    again = [*several, *reversed(several)]
    assert list(compose_each(again)) == [by_hydra(words) for words in again]


@pytest.mark.slow
@pytest.mark.parametrize("words", MISTAKES)
def test_a_mistake_is_that_of_hydra_and_many_name_the_combination(words: str) -> None:
    with pytest.raises(ValueError) as alone:
        by_hydra(words.split())
    with pytest.raises(ValueError) as quick:
        compose(words.split())
    assert str(quick.value) == str(alone.value)
    before, error, after = compose_each([["depth=8"], words.split(), ["depth=8"]])
    assert isinstance(error, ValueError)
    assert str(error) == f"{alone.value} (in {words})"
    assert before == after == by_hydra(["depth=8"])


def test_one_recipe_doesnt_reach_into_the_next() -> None:
    first, second = compose_each([["depth=[3,3,3]"], ["depth=[3,3,3]"]])
    assert isinstance(first, Recipe)
    assert isinstance(second, Recipe)
    first.config["model"]["depth"].append(3)
    assert second.config["model"]["depth"] == second.config["depth"] == [3, 3, 3]


def test_composing_goes_on_while_another_is_composed() -> None:
    names = []
    for recipe in compose_each([["depth=8"], ["depth=14"]]):
        assert isinstance(recipe, Recipe)
        names += [recipe.name, compose(["seed=1"]).name]
    assert names[::2] == ["resnet-8 · digits · seed 0", "resnet-14 · digits · seed 0"]


def test_options_of_a_persons_own_folder(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "mine.yaml").write_text("_target_: my_package.Net\ndepth: ${depth}\nhidden: 64\n")
    words = [f"hydra.searchpath=[file://{tmp_path}]", "model=mine,plain", "seed=0,1"]
    assert [recipe.choices["model"] for recipe in compose_all(words)] == ["mine", "mine", "plain", "plain"]


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    file = tmp_path / "model" / "changing.yaml"
    words = [f"hydra.searchpath=[file://{tmp_path}]", "model=changing"]
    for hidden in (64, 8):
        file.write_text(f"_target_: my_package.Net\nhidden: {hidden}\n")
        assert compose(words).config["model"]["hidden"] == hidden


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(file.stem for file in (CONF / "sweep").glob("*.yaml")))
def test_every_combination_of_a_named_space_can_be_had(name: str) -> None:
    file = CONF / "sweep" / f"{name}.yaml"
    params = OmegaConf.load(file).get("params", {})
    space = read_space([], {str(key): str(value) for key, value in params.items()})
    recipes = list(compose_each(space.combinations()))
    assert len(recipes) == space.size
    possible = [recipe for recipe in recipes if not isinstance(recipe, ValueError)]
    skips = "sweep.impossible=skip" in file.read_text(encoding="utf-8")  # the header says that some can't
    assert possible and (len(possible) == len(recipes)) is not skips
    assert len({recipe.fingerprint(data_checksum="", precision="") for recipe in possible}) == len(possible)


@pytest.mark.slow
def test_what_is_kept_makes_it_much_quicker() -> None:
    compose(["depth=8"])
    begin = time.perf_counter()
    by_hydra(["depth=8", "seed=1"])
    one = time.perf_counter() - begin
    begin = time.perf_counter()
    for seed in range(20):
        compose(["depth=8", f"seed={seed}"])
    assert (time.perf_counter() - begin) / 20 < one / 2  # 7 ms against 90 ms on an idle machine
