"""Cards of networks: published counts, sums that are the whole, and every family of `conf/model/`."""

import pytest
import torch
from torch import Tensor, nn

from depthlab.models import resnet
from depthlab.nn import Network, measure_cost, measure_receptive_field
from depthlab.questions.anatomy.measure.card import NO_UNITS, draw_card
from depthlab.questions.anatomy.measure.convolution_checks import check_convolutions, typical_convolution
from depthlab.questions.anatomy.record import NetworkCard
from tests.models.test_contracts import MODELS, build

# where a family's default is deep
SHALLOW = {
    "densenet": ["depth=10"],
    "preresnet": ["depth=8", "model.shortcut=exclusive_gating"],
    "resnet": ["depth=8", "model.shortcut=B"],
    "plain": ["depth=8"],
    "resnext": ["depth=11"],
    "vgg": ["depth=11"],
    "wide_resnet": ["depth=10", "width=1"],
    "inception_v1": ["depth=8", "model.auxiliary=true"],
    "inception_v2": ["depth=11"],
    "inception_v3": ["depth=20"],
}


def card_of(net: nn.Module, size: int, channels: int = 3) -> NetworkCard:
    return draw_card(net, (channels, size, size), classes=10, name="net")


# counts as they are published for 32x32 pixels, and receptive fields by the formula of Araujo et al. 2019
@pytest.mark.parametrize(
    ("depth", "parameters", "multiply_adds", "field"),
    [(20, 269_722, 40_551_040, 81), (56, 853_018, 125_485_696, 249)],
)
def test_a_card_has_the_published_counts(depth: int, parameters: int, multiply_adds: int, field: int) -> None:
    with torch.device("meta"):
        card = card_of(resnet(depth=depth), 32)
    assert (card.parameters, card.multiply_adds, card.field) == (parameters, multiply_adds, (field, field))
    assert [block.where for block in card.blocks].count("stage 2") == (depth - 2) // 6
    layers = {layer.name: layer for layer in card.layers}
    first, strided = layers["stem.conv"], layers["stages.1.0.paths.branch.conv1"]
    assert (first.output, first.field, first.parameters, first.multiply_adds) == ((16, 32, 32), (3, 3), 432, 442_368)
    assert (strided.output, strided.step, strided.label) == ((32, 16, 16), (2, 2), "3×3, 32, /2")
    assert layers["head.linear"].sees_all and not strided.sees_all


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
def test_every_family_has_a_card_whose_parts_are_the_whole(model: str) -> None:
    with torch.device("meta"):
        net = build((model, *SHALLOW.get(model, [])), size=32)
    card, cost = card_of(net, 32), measure_cost(net, (3, 32, 32))
    assert (card.parameters, card.multiply_adds) == (cost.parameters, cost.multiply_adds)
    for name in ("parameters", "multiply_adds", "kept"):
        assert sum(getattr(layer, name) for layer in card.layers) == getattr(card, name)
        assert sum(getattr(one, name) for one in card.blocks) == sum(
            getattr(layer, name) for layer in card.layers if layer.where != "auxiliary"
        )
    assert card.kept and card.peak and card.peak >= 4 * 3 * 32 * 32
    assert [block.where for block in card.blocks if block.where.startswith("stage")] == [
        f"stage {number}" for number, stage in enumerate(net.stages, 1) for _ in stage.children()
    ]
    try:
        assert card.field == measure_receptive_field(net)
    except ValueError:
        assert card.field is None
    assert card.notes == () and all(check.agrees for check in check_convolutions(net, (3, 32, 32)))
    assert NetworkCard.from_json(card.to_json()) == card


def test_a_card_leaves_the_network_as_it_was() -> None:
    net = resnet(depth=8).train()
    before = {key: value.clone() for key, value in net.state_dict().items()}
    state = torch.get_rng_state()
    card_of(net, 8)
    assert torch.equal(torch.get_rng_state(), state)
    assert all(module.training and not module._forward_hooks for module in net.modules())
    assert all(torch.equal(value, before[key]) for key, value in net.state_dict().items())


class Own(nn.Module):
    """A person's: no units, a layer that is used twice, a weight of its own, one that never runs, a frozen norm."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 4, 3, padding="same"))
        self.twice = nn.Conv2d(4, 4, 1, bias=False)
        self.frozen = nn.BatchNorm2d(4).eval()
        self.idle = nn.Linear(5, 5)
        self.scale = nn.Parameter(torch.ones(4, 1, 1))
        self.head = nn.Linear(4, 10)

    def forward(self, x: Tensor) -> Tensor:
        assert not self.frozen.training, "its own mode is left alone"
        x = self.twice(self.twice(self.frozen(self.body(x)))) * self.scale
        y: Tensor = self.head(x.mean(dim=(2, 3)))
        return y


def test_a_persons_own_network_has_a_card_that_says_what_it_lacks() -> None:
    net = Own()
    card, cost = card_of(net, 8), measure_cost(net, (3, 8, 8))
    assert (card.parameters, card.multiply_adds) == (cost.parameters, cost.multiply_adds)
    assert card.notes == (NO_UNITS,) and card.field is None
    layers = {layer.name: layer for layer in card.layers}
    assert layers["twice"].multiply_adds == 2 * 16 * 64 and layers["twice"].parameters == 16
    assert layers["idle"].output is None and layers["idle"].parameters == 30
    assert layers["Own"].parameters == 4, "its own weight"
    assert [block.name for block in card.blocks] == [
        *(f"body.{n}" for n in range(3)),
        "twice",
        "frozen",
        "idle",
        "head",
    ]
    checks = check_convolutions(net, (3, 8, 8))
    assert [check.label for check in checks] == ["3×3, 4", "1×1, 4"], "but for padding that is not in pixels"


class Needy(nn.Module):
    """Looks at a value, and can't be trained on zeros."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(12, 10)

    def forward(self, x: Tensor) -> Tensor:
        if self.training and x.sum().item() == 0:
            raise ArithmeticError("nothing to learn")
        y: Tensor = self.linear(x.flatten(1))
        return y if y.sum().item() > -1e9 else -y


def test_what_can_not_be_measured_of_a_persons_network_is_said() -> None:
    card = card_of(Needy(), 2)
    assert (card.parameters, card.multiply_adds, card.kept) == (130, 120, None)
    assert card.notes[1] == "what it keeps for the backward pass could not be measured: nothing to learn"


def test_the_typical_convolution_is_where_most_work_is() -> None:
    with torch.device("meta"):
        net = resnet(depth=[1, 3, 1])
    assert isinstance(net, Network)
    assert typical_convolution(check_convolutions(net, (3, 32, 32))) == (32, 16)
    assert typical_convolution(()) is None
