"""Parts on their way from what was typed to a network: told on the driver, before anything is loaded or started."""

from pathlib import Path

import pytest
from torch import nn

from depthlab.recipe import compose
from depthlab.run.check import build_network, check_network


def test_a_slot_that_does_nothing_is_told_where_the_network_is_checked() -> None:
    check_network(compose(["model=mlp", "parts.activation=gelu"]))
    with pytest.raises(ValueError, match=r"parts\.pool=max does nothing: mlp has no use for it, it reads activation"):
        check_network(compose(["model=mlp", "parts.pool=max"]))
    with pytest.raises(ValueError, match=r"parts\.drop_path=uniform does nothing without a rate: drop_path=0\.2"):
        check_network(compose(["parts.drop_path=uniform"]))
    check_network(compose(["parts.drop_path=uniform", "drop_path=0.2"]))


def test_a_typed_slot_is_in_the_network_that_is_built() -> None:
    recipe = compose(["depth=8", "parts.activation=silu", "parts.normalization=group"])
    network = build_network(recipe, num_classes=10, in_channels=1, image_size=8)
    kinds = {type(module) for module in network.modules()}
    assert {nn.SiLU, nn.GroupNorm} <= kinds
    assert not {nn.ReLU, nn.BatchNorm2d} & kinds


OWN = """
from torch import nn
from depthlab.nn import LayerFactory

class Net(nn.Sequential):
    def __init__(self, num_classes, parts=None):
        factory = LayerFactory("Net", parts)
        super().__init__(factory.activation(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1, num_classes))

class Bare(nn.Sequential):
    def __init__(self, num_classes):
        super().__init__(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1, num_classes))
"""


def test_a_network_of_ones_own_gets_them_or_has_no_use_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "net_with_parts.py").write_text(OWN)
    monkeypatch.syspath_prepend(tmp_path)
    words = ["parts.activation=tanh", "model._target_=net_with_parts.Net"]
    network = build_network(compose(words), num_classes=10, in_channels=1, image_size=8)
    assert isinstance(network[0], nn.Tanh)  # type: ignore[index]
    with pytest.raises(
        ValueError, match=r"parts\.activation=tanh does nothing: net_with_parts\.Bare takes num_classes"
    ):
        check_network(compose([words[0], "model._target_=net_with_parts.Bare"]))
