"""A person's own model: found, and handed what it takes."""

from pathlib import Path
from typing import Any

import pytest

from depthlab.recipe import compose, locate, model_arguments


class Net:
    """Stands for a person's own network."""

    def __init__(self, num_classes: int, depth: int = 3, *, hidden: int = 32) -> None: ...


def anything(**arguments: Any) -> None: ...


def narrow(layers: int, num_classes: int) -> None: ...


def arguments(target: Any, *words: str) -> dict[str, Any]:
    recipe = compose(["model._target_=my_package.Net", *words])
    return model_arguments(recipe, target, num_classes=10, in_channels=1, image_size=8)


def test_a_model_of_this_house_gets_all_that_its_group_holds() -> None:
    given = model_arguments(compose(["depth=56"]), narrow, num_classes=10, in_channels=1, image_size=8)
    assert given["depth"] == 56
    assert {"width", "unit", "shortcut", "num_classes", "in_channels"} <= set(given)
    assert not any(name.startswith("_") for name in given)


def test_the_images_size_goes_to_those_who_ask_for_it() -> None:
    def sized(image_size: int) -> None: ...

    assert model_arguments(compose(), sized, num_classes=10, in_channels=1, image_size=8)["image_size"] == 8
    assert "image_size" not in model_arguments(compose(), narrow, num_classes=10, in_channels=1, image_size=8)
    assert arguments(sized) == {"image_size": 8}


def test_ones_own_gets_what_it_takes() -> None:
    assert arguments(Net) == {"num_classes": 10, "depth": 20}
    assert arguments(Net, "depth=7", "+model.hidden=64") == {"num_classes": 10, "depth": 7, "hidden": 64}
    assert arguments(anything) == {}
    assert arguments(anything, "depth=7", "+model.hidden=64") == {"depth": 7, "hidden": 64}
    assert arguments(narrow, "+model.layers=4", "dropout=0") == {"layers": 4, "num_classes": 10}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("depth=56", "+model.layers=4"), "depth=56 does nothing: my_package.Net takes layers, num_classes"),
        (("+model.hidden=64", "+model.layers=4"), r"\+model.hidden=64 does nothing"),
        (("model.unit=bottleneck", "+model.layers=4"), "model.unit=bottleneck does nothing"),
        (("dropout=0.1", "+model.layers=4"), "dropout=0.1 does nothing.*type dropout=0"),
        (("regularization=dropout", "+model.layers=4"), "dropout=0.3 does nothing"),
        ((), r"my_package.Net needs layers: type \+model.layers=\.\.\."),
    ],
)
def test_what_it_can_not_take_is_refused(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        arguments(narrow, *words)


def test_it_is_found_in_the_folder_one_works_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_lonely_net.py").write_text("class Net:\n    pass\n\nvalue = 3\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", ["/somewhere"])
    assert locate("my_lonely_net.Net").__name__ == "Net"
    with pytest.raises(ValueError, match="my_lonely_net has no class or function 'Nett'"):
        locate("my_lonely_net.Nett")
    with pytest.raises(ValueError, match="has no class or function 'value'"):
        locate("my_lonely_net.value")


@pytest.mark.parametrize("package", ["", "my_package."])
def test_a_module_is_no_network_and_the_message_says_what_is_in_it(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my_package").mkdir()
    for folder in (tmp_path, tmp_path / "my_package"):
        (folder / "my_own_net.py").write_text("from pathlib import Path\n\nclass Net:\n    pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    name = f"{package}my_own_net"
    with pytest.raises(ValueError, match=f"{name}: it is a module; type {name}.Net, a class or function in it"):
        locate(name)


def test_parts_of_a_family_without_them_are_refused() -> None:
    recipe = compose(["model=plain", "parts.activation=gelu"])
    del recipe.config["model"]["parts"]
    with pytest.raises(ValueError, match=r"parts\.activation=gelu does nothing: plain takes no parts"):
        model_arguments(recipe, narrow, num_classes=10, in_channels=3, image_size=8)


@pytest.mark.parametrize("path", ["my_missing_package.Net", "depthlab.missing.Net"])
def test_a_module_that_is_not_there(path: str) -> None:
    with pytest.raises(ValueError, match=r"there is no module .*missing.*; it must be installed, or lie in"):
        locate(path)


def test_a_name_without_a_module() -> None:
    with pytest.raises(ValueError, match=r"it has no module; type package\.module\.Name"):
        locate("Net")


def test_a_broken_module_keeps_its_own_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_broken_net.py").write_text("import a_module_that_is_not_installed\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="a_module_that_is_not_installed"):
        locate("my_broken_net.Net")
