"""A recipe's name, its axes, and the fingerprint that two runs share when their results must be the same."""

from functools import cache
from pathlib import Path

import pytest

from depthlab.recipe import AXES, Recipe, compose, recipe_from_config, source, source_hash


@cache
def composed(*words: str) -> Recipe:
    return compose(words)


def fingerprint(*words: str, data_checksum: str = "d", precision: str = "fp32") -> str:
    return composed(*words).fingerprint(data_checksum=data_checksum, precision=precision)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ((), "resnet-20 · digits · seed 0"),
        (("model=plain", "depth=56", "seed=3", "data=cifar10"), "plain-56 · cifar10 · seed 3"),
        (("depth=[3,4,5]",), "resnet-3-4-5 · digits · seed 0"),
        (("model._target_=my_package.Net",), "Net · digits · seed 0"),
        (("model._target_=my_package.Net", "depth=7"), "Net-7 · digits · seed 0"),
    ],
)
def test_the_name_reads(words: tuple[str, ...], name: str) -> None:
    assert compose(words).name == name


def test_the_axes_are_choices_and_numbers() -> None:
    axes = compose(["depth=56", "model.shortcut=B", "optimizer=nesterov"]).axes
    assert (axes["model"], axes["depth"], axes["shortcut"], axes["optimizer"]) == ("resnet", 56, "B", "nesterov")
    assert set(AXES) <= set(axes)
    assert compose(["model._target_=my_package.Net"]).axes["model"] == "my_package.Net"


@pytest.mark.parametrize(
    "word",
    [
        "tracking=none",
        "tracking.uri=http://127.0.0.1:5000",
        "tracking.folder=elsewhere",
        "trainer.threads=1",
        "trainer.device=cpu",
        "trainer.progress=false",
        "trainer.checkpoint_minutes=5",
        "trainer.precision=fp32",  # as it was resolved, it is in the fingerprint already
        "trainer.workers=1",
        "trainer.microbatches=1",
        "fresh=true",
        "sweep.attempts=5",
        "ray.address=auto",
        "data.workers=1",
        "data.train_size=null",
        "dropout=null",
        "active_units=none",
        "learning_rate=5e-2",
        "depth=20",
    ],
)
def test_where_and_how_a_run_is_computed_leaves_the_fingerprint(word: str) -> None:
    assert fingerprint(word) == fingerprint()


def test_digits_that_are_few_are_another_run_and_all_of_them_the_same_as_ever() -> None:
    assert fingerprint("data.train_size=360") != fingerprint()
    assert "train_size" not in compose([]).science["data"]


@pytest.mark.parametrize(
    "word",
    [
        "model=plain",
        "model.shortcut=B",
        "depth=26",
        "seed=1",
        "dropout=0.1",
        "active_units=2",
        "epochs=21",
        "data.crop=1",
        "optimizer.momentum=0.8",
        "schedule=cosine",
        "trainer.max_steps=10",
        "trainer.gradient_clip=1",
        "trainer.workers=2",
        "trainer.microbatches=2",
    ],
)
def test_what_decides_the_result_changes_the_fingerprint(word: str) -> None:
    assert fingerprint(word) != fingerprint()


def test_the_fingerprint_is_16_digits_of_config_data_precision_and_arithmetic(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint()
    assert len(before) == 16
    assert int(before, 16) >= 0
    assert fingerprint(data_checksum="e") != before
    assert fingerprint(precision="bf16") != before
    monkeypatch.setattr("depthlab.recipe.recipe.ARITHMETIC", 1000)
    assert fingerprint() != before


def test_the_source_hash_sees_a_changed_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "nn" / "drop.py"
    file.parent.mkdir()
    file.write_text("rate = 0.1\n")
    monkeypatch.setattr(source, "_PACKAGE", tmp_path)
    before = source.source_hash.__wrapped__()
    file.write_text("rate = 0.2\n")
    assert source.source_hash.__wrapped__() != before
    assert source_hash() == source_hash()


@pytest.mark.parametrize("file", ["my_own_net.py", "my_own_net/nets.py"])
def test_a_persons_own_model_has_source_too(file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", ["/somewhere"])
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    (path.parent / "__init__.py").touch()
    path.write_text("width = 1\n")
    before = fingerprint("model._target_=my_own_net.nets.Net")
    assert fingerprint("model._target_=my_own_net.nets.Net") == before
    path.write_text("width = 2\n")
    assert fingerprint("model._target_=my_own_net.nets.Net") != before
    assert fingerprint("model._target_=my_missing_net.Net")  # an error when it is built


def test_a_manifest_gives_the_recipe_back() -> None:
    recipe = compose(["depth=56", "model=plain"])
    again = recipe_from_config(recipe.config, recipe.choices, recipe.overrides)
    assert again == recipe
    assert isinstance(again, Recipe)
    assert again.name == recipe.name
    for key in ("fresh", "sweep", "ray"):
        recipe.config.pop(key)  # a manifest from before there were these
    for key in ("workers", "microbatches"):
        recipe.config["trainer"].pop(key)
    older = recipe_from_config(recipe.config, recipe.choices, recipe.overrides)
    assert older.config["trainer"] == again.config["trainer"]
    assert older.science == again.science
