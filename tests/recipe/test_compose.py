"""From words to a recipe: what wins, what is resolved, what every option of conf/ makes of it."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from depthlab.recipe import AXES, CONF, GROUPS, Recipe, compose, compose_all
from depthlab.recipe.conf import known, opened_conf
from depthlab.recipe.key_rules import KEY_RULES, OFF_VALUES

OPTIONS = [(group, file.stem) for group in GROUPS for file in sorted((CONF / group).glob("[!_]*.yaml"))]


def options_of(group: str, option: str) -> dict[str, Any]:
    with opened_conf():
        return {key: value for key, value in known((f"{group}={option}",)).keys.items() if key.startswith(f"{group}.")}


@pytest.mark.slow
@pytest.mark.parametrize(("group", "option"), OPTIONS)
def test_every_option_composes_and_says_what_it_is(group: str, option: str) -> None:
    recipe = compose([f"{group}={option}"])
    assert group == "sweep" or recipe.choices[group] == option
    text = (CONF / group / f"{option}.yaml").read_text(encoding="utf-8")
    assert "# " in text.replace("# @package", "")


@pytest.mark.slow
@pytest.mark.parametrize(("group", "option"), OPTIONS)
def test_every_key_has_a_rule(group: str, option: str) -> None:
    """A key without one only has to keep the kind of its default: enough for models, whose constructors check."""
    for key, value in options_of(group, option).items():
        follows = isinstance(value, str) and value.startswith("${") and value[2:-1] in AXES
        private = key.rpartition(".")[2].startswith("_")
        names_columns = group == "data" and (value is None or isinstance(value, str))
        assert key in KEY_RULES or follows or private or names_columns or group == "model", key


@pytest.mark.slow
def test_every_rule_has_a_key_and_an_example_that_it_takes() -> None:
    with opened_conf():
        keys = set().union(*(known((f"{group}={option}",)).keys for group, option in OPTIONS))
    assert set(KEY_RULES) <= keys
    assert set(AXES) <= set(KEY_RULES)
    assert set(OFF_VALUES) <= set(AXES)
    for key, (rule, example) in KEY_RULES.items():
        if "." not in key:
            value = compose([f"{key}={example.split(' or ')[0]}"]).config[key]
            assert rule.read(value) == value


def test_what_is_typed_wins_over_experiment_over_regularization() -> None:
    config = compose(["experiment=he2015_resnet", "regularization=cutout", "epochs=3"]).config
    assert config["weight_decay"] == 1e-4  # the experiment's, not the regularizer's 5e-4
    assert config["cutout"] == 16  # the experiment says nothing about it
    assert config["epochs"] == 3


def test_the_published_recipe() -> None:
    config = compose(["experiment=he2015_resnet", "depth=110"]).config
    schedule = config["schedule"]
    assert config["trainer"]["max_steps"] == 64_000
    assert [share * 64_000 for share in schedule["milestones"]] == [32_000, 48_000]
    assert config["epochs"] * -(-45_000 // config["batch_size"]) >= 64_000  # the last epoch is the one that is cut
    assert (schedule["warmup_from_depth"], schedule["depth"]) == (110, 110)
    assert config["optimizer"]["lr"] == config["learning_rate"] == 0.1
    assert (config["data"]["crop"], config["data"]["flip"], config["data"]["validation"]) == (4, True, 5000)
    assert config["weight_decay"] == config["optimizer"]["weight_decay"] == 1e-4


def test_an_axis_reaches_the_parts_that_follow_it() -> None:
    config = compose(["depth=[3,3,3]", "width=2", "dropout=0.1", "learning_rate=1"]).config
    assert config["model"]["depth"] == [3, 3, 3]
    assert config["model"]["width"] == 2
    assert config["model"]["dropout"] == 0.1
    assert config["optimizer"]["lr"] == 1.0


@pytest.fixture(scope="module")
def plain() -> Recipe:
    return compose(["model=plain"])


@pytest.mark.parametrize("off", ["null", "none", "None", "off", "false", "0", "0.0"])
def test_a_knob_can_be_off_in_many_words_even_where_there_is_no_use_for_it(off: str, plain: Recipe) -> None:
    config = compose(["model=plain", f"drop_path={off}"]).config
    assert config == plain.config and config["drop_path"] == 0.0


def test_combinations_run_with_the_last_word_fastest() -> None:
    names = [recipe.name for recipe in compose_all(["model=plain,resnet", "depth=range(8,21,6)", "seed=3"])]
    expected = [f"{model}-{depth} · digits · seed 3" for model in ("plain", "resnet") for depth in (8, 14, 20)]
    assert names == expected


def test_an_option_may_be_chosen_by_a_pattern() -> None:
    assert [recipe.choices["model"] for recipe in compose_all(["model=glob(*resnet)"])] == [
        "preresnet",
        "resnet",
        "wide_resnet",
    ]


def test_the_one_senseless_combination_is_named() -> None:
    with pytest.raises(ValueError, match=r"has no use for it.*\(in model=plain drop_path=0\.2\)"):
        compose_all(["model=resnet,plain", "drop_path=0,0.2"])


def test_no_end_of_values_is_refused() -> None:
    with pytest.raises(ValueError, match=r"list some, such as weight_decay=1e-05,0\.001"):
        compose_all(["weight_decay=interval(1e-5,1e-3)"])


def test_options_of_a_persons_own_folder(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "mine.yaml").write_text("_target_: my_package.Net\ndepth: ${depth}\nhidden: 64\n")
    recipe = compose(["model=mine", "model.hidden=32", "+model.more=1", f"hydra.searchpath=[file://{tmp_path}]"])
    assert recipe.foreign
    assert recipe.config["model"] == {"_target_": "my_package.Net", "depth": 20, "hidden": 32, "more": 1}


def test_a_key_that_has_no_default_must_be_typed(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "mine.yaml").write_text("_target_: my_package.Net\nhidden: ???\n")
    words = ["model=mine", f"hydra.searchpath=[file://{tmp_path}]"]
    with pytest.raises(ValueError, match=r"model.hidden is missing: type it, such as model.hidden=\.\.\."):
        compose(words)
    assert compose([*words, "model.hidden=3"]).config["model"]["hidden"] == 3


def test_a_recipe_needs_no_heavy_library() -> None:
    code = "import sys; from depthlab.recipe import compose; compose(['depth=56']).name; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert not {"torch", "pytorch_lightning", "mlflow", "numpy", "ray"} & set(modules)
