"""What fills the units, as it is typed: slot by slot, alone and as axes of sweeps, by the names that `nn` has."""

from functools import cache
from pathlib import Path

import pytest

from depthlab.nn.parts import CHOICES, MINIMUM, Parts
from depthlab.nn.parts import SLOTS as SLOTS_OF_NN
from depthlab.recipe import AXES, Recipe, compose, compose_all, model_arguments
from depthlab.recipe.key_rules import SLOTS

EVERY_SLOT = pytest.mark.parametrize("slot", SLOTS)


@cache
def composed(*words: str) -> Recipe:
    return compose(words)


def fingerprint(*words: str) -> str:
    return composed(*words).fingerprint(data_checksum="d", precision="fp32")


def test_slots_and_names_are_those_of_the_networks() -> None:
    assert tuple(SLOTS) == SLOTS_OF_NN
    assert {slot: rule.names for slot, (rule, _) in SLOTS.items() if rule.names} == CHOICES
    for slot, least in MINIMUM.items():
        assert compose([f"parts.{slot}={least}"]).parts == {slot: least}
        with pytest.raises(ValueError, match=rf"parts\.{slot} must be a whole number of {least} or more"):
            compose([f"parts.{slot}={-1 if least == 1 else least - 1}"])


@EVERY_SLOT
def test_a_slot_can_be_typed_and_reaches_the_model(slot: str) -> None:
    example = SLOTS[slot][1]
    recipe = composed(f"parts.{slot}={example}")
    assert {key: str(value) for key, value in recipe.parts.items()} == {slot: example}
    assert recipe.config["model"]["parts"] == recipe.config["parts"]
    assert str(recipe.axes[f"parts.{slot}"]) == example
    assert Parts(**recipe.config["model"]["parts"]).chosen == recipe.parts


@EVERY_SLOT
def test_a_slot_decides_the_result_unless_it_is_empty(slot: str) -> None:
    assert fingerprint(f"parts.{slot}={SLOTS[slot][1]}") != fingerprint()
    assert fingerprint(f"parts.{slot}=null") == fingerprint()


def test_empty_slots_are_no_part_of_what_decides_a_run() -> None:
    recipe = compose(["parts.excitation=0"])
    assert recipe.parts == {}
    assert not {"parts"} & {*recipe.axes, *recipe.science, *recipe.science["model"]}
    older = Recipe({key: value for key, value in recipe.config.items() if key != "parts"}, recipe.choices, ())
    assert older.parts == {}
    assert older.science == recipe.science


@pytest.mark.parametrize("off", ["0", "null", "none", "off", "false"])
def test_excitation_can_be_off_in_many_words(off: str) -> None:
    assert compose([f"parts.excitation={off}"]).config == composed().config


def test_slots_are_axes_of_sweeps() -> None:
    recipes = compose_all(["parts.activation=null,gelu", "parts.convolution=standard,separable"])
    found = [(recipe.axes.get("parts.activation"), recipe.axes["parts.convolution"]) for recipe in recipes]
    assert found == [(a, c) for a in (None, "gelu") for c in ("standard", "separable")]
    assert "activation" not in AXES


def test_a_family_in_a_persons_own_file_gets_them_too(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "mine.yaml").write_text("_target_: depthlab.models.resnet\ndepth: ${depth}\n")
    recipe = compose(["model=mine", f"hydra.searchpath=[file://{tmp_path}]", "parts.pool=max"])
    assert recipe.config["model"]["parts"]["pool"] == "max"


def own_arguments(target: object, *words: str) -> dict[str, object]:
    recipe = compose(["model._target_=my_package.Net", *words])
    return model_arguments(recipe, target, num_classes=10, in_channels=1, image_size=8)  # type: ignore[arg-type]


def test_a_network_of_ones_own_gets_parts_if_it_takes_them() -> None:
    def takes(num_classes: int, parts: Parts) -> None: ...

    def takes_none(num_classes: int) -> None: ...

    given = own_arguments(takes, "parts.activation=gelu")["parts"]
    assert Parts(**given).chosen == {"activation": "gelu"}  # type: ignore[arg-type]
    assert own_arguments(takes_none) == {"num_classes": 10}
    with pytest.raises(ValueError) as caught:
        own_arguments(takes_none, "parts.activation=gelu")
    assert str(caught.value) == (
        "parts.activation=gelu does nothing: my_package.Net takes num_classes, not parts; type parts.activation=null"
    )


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("parts.activation=gleu", "hardsigmoid, or null, not 'gleu'; did you mean parts.activation=gelu?"),
        ("parts.activation=swish", "did you mean parts.activation=silu?"),
        ("parts.normalization=layernorm", "did you mean parts.normalization=layer?"),
        ("parts.initialization=kaiming", "did you mean parts.initialization=he?"),
        ("parts.convolution=depthwise", "did you mean parts.convolution=separable?"),
        (
            "parts.pool=mean",
            "parts.pool must be max, average, strided or none, or null, not 'mean'; type parts.",
        ),
        ("parts.groups=1", "parts.groups must be a whole number of 2 or more, or null, such as parts.groups=4, not 1"),
        ("parts.excitation=-2", "parts.excitation must be a whole number of 1 or more, or null (off)"),
        ("parts.actvation=gelu", "there is no key parts.actvation; did you mean parts.activation?"),
        ("parts.foo=1", "there is no key parts.foo; parts has convolution, groups, dilation"),
        ("parts=gelu", "there is no key parts; parts has convolution"),
        ("model.parts=gelu", "parts are chosen slot by slot; type them as parts.activation=gelu"),
        ("model.parts.pool=max", "there is no key model.parts.pool; did you mean parts.pool?"),
        (
            "model.activation=gelu",
            "model=resnet has no activation: for what fills its units type parts.activation",
        ),
        ("activation=gelu", "there is no key activation; did you mean parts.activation?"),
        ("parts.pool=", "parts.pool= has no value: type one, such as parts.pool=average"),
        ("~parts.pool", "a key can't be taken away; set it, such as parts.pool=average"),
        ("parts.pool=max,average", "parts.pool=max,average gives several values: add -m"),
    ],
)
def test_what_is_mistyped_is_told_in_one_line(typed: str, said: str) -> None:
    with pytest.raises(ValueError) as caught:
        compose([typed])
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 250
