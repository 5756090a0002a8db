"""Lesions of units and groups: what is restored, what is zero, and what the effective size is where it is known."""

import math

import pytest
import torch
from torch import Tensor, nn

from depthlab.models import densenet, plain, resnet, resnext
from depthlab.nn import Network, Sum, sequential
from depthlab.questions.exponent.fit import SIZE_UNITS, SOME_UNITS, VALUES
from depthlab.questions.exponent.measure.groups import cardinality_of, find_groups, muted
from depthlab.questions.exponent.measure.pieces import GROUPS, UNITS, centered_logits, error_of, measure_pieces
from depthlab.questions.exponent.record import ExponentRun

GENERATOR = torch.Generator().manual_seed(0)
BATCHES = [
    (torch.randn(10, 3, 8, 8, generator=GENERATOR), torch.randint(10, (10,), generator=GENERATOR)) for _ in range(2)
]
BLANK = ExponentRun("f", "net", "resnext", 0, 0, 0, 1, 1, math.nan, math.nan)


def grouped(cardinality: int = 3, depth: object = (2, 2, 2)) -> Network:
    torch.manual_seed(0)
    net = resnext(depth=list(depth), width=0.25, cardinality=cardinality, group_width=8)  # type: ignore[call-overload]
    with torch.no_grad():
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.bias.uniform_(-0.2, 0.4)
    return net.eval()


def measured(net: Network, *, share: float = 1 / 3, draws: int = 4) -> ExponentRun:
    return measure_pieces(BLANK, net, BATCHES, share=share, draws=draws)


def test_all_units_and_groups_are_deleted_alone_and_some_together() -> None:
    run = measured(grouped())
    assert (run.units, run.cardinality, run.log2_paths) == (6, 3, 12.0)
    units, groups = run.pieces
    assert (units.kind, groups.kind) == (UNITS, GROUPS)
    assert [one.name for one in units.lesions] == ["1.1", "1.2", "2.1", "2.2", "3.1", "3.2"]
    assert [one.transition for one in units.lesions] == [True, False] * 3
    assert [one.name for one in groups.lesions][:4] == ["1.1 group 1", "1.1 group 2", "1.1 group 3", "1.2 group 1"]
    assert (units.together, groups.together) == (1, 3)
    assert len(units.draws) == len(groups.draws) == 4


def test_a_network_is_as_it_was_afterwards_bit_for_bit() -> None:
    net = grouped().train()
    before = {key: value.clone() for key, value in net.state_dict().items()}
    modules = list(net.modules())
    measured(net)
    assert net.training and list(net.modules()) == modules
    assert all(torch.equal(value, before[key]) for key, value in net.state_dict().items())
    assert not any(module._forward_pre_hooks for module in net.modules())


def test_groups_come_back_after_an_error() -> None:
    net = grouped()
    logits = net(BATCHES[0][0])
    with pytest.raises(RuntimeError), muted(find_groups(net)[:2]):
        raise RuntimeError
    assert torch.equal(net(BATCHES[0][0]), logits)


def test_a_group_with_zero_weights_is_not_missed() -> None:
    net = grouped()
    group = find_groups(net)[4]
    with torch.no_grad():
        group.reader.weight[:, list(group.channels)] = 0.0
    lesion = measured(net).set_of(GROUPS).lesions[4]
    assert lesion.effect == 0.0 and lesion.error == measured(net).error


def test_a_muted_group_is_one_whose_weights_are_zero() -> None:
    net, images = grouped(), BATCHES[0][0]
    groups = [find_groups(net)[place] for place in (3, 5, 9)]
    with torch.no_grad(), muted(groups):
        muted_logits = net(images)
    with torch.no_grad():
        for group in groups:
            group.reader.weight[:, list(group.channels)] = 0.0
        assert torch.allclose(net(images), muted_logits, atol=1e-6)


def test_groups_are_found_by_their_convolutions_alone() -> None:
    assert (cardinality_of(grouped(4)), cardinality_of(resnet(depth=8))) == (4, 1)
    assert find_groups(resnet(depth=8)) == []
    assert [list(group.channels) for group in find_groups(grouped(2))[:2]] == [[0, 1], [2, 3]]
    depthwise = sequential(deep=nn.Conv2d(4, 4, 3, padding=1, groups=4), point=nn.Conv2d(4, 4, 1))
    net = Network(
        stem=sequential(conv=nn.Conv2d(3, 4, 1)),
        stages=[[Sum({"branch": depthwise, "skip": nn.Identity()})]],
        head=sequential(pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(), linear=nn.Linear(4, 10)),
    )
    assert find_groups(net) == []
    twice = sequential(one=nn.Conv2d(4, 4, 3, padding=1, groups=2), two=nn.Conv2d(4, 4, 1, groups=2))
    net.stages[0][0] = Sum({"branch": twice, "skip": nn.Identity()})
    assert find_groups(net) == [], "what is grouped again does not add the groups up"


def test_what_others_read_too_is_left_to_them() -> None:
    group, x = find_groups(grouped())[0], torch.ones(2, 6, 4, 4)
    with torch.no_grad(), muted([group]):
        group.reader(x)
    assert torch.equal(x, torch.ones_like(x))


def test_logits_that_are_no_number_are_wrong_whatever_the_label() -> None:
    logits = torch.tensor([[1.0, 0.0], [math.nan, 0.0], [0.0, math.inf], [0.0, 1.0]])
    assert error_of(logits, torch.tensor([0, 0, 1, 1])) == 50


class Vote(nn.Module):
    """Put out a fixed direction times a number of the image, so that branches read the stem alone."""

    def __init__(self, direction: Tensor) -> None:
        super().__init__()
        self.direction = direction

    def forward(self, x: Tensor) -> Tensor:
        return x[:, :1] * self.direction[None, :, None, None]


def voters(directions: list[Tensor]) -> Network:
    """Return x + v_1 + v_2 + ..., where channel 0 is the image, which no vote writes to and no class reads."""
    classes = len(directions[0]) - 1
    head = nn.Linear(classes + 1, classes, bias=False)
    with torch.no_grad():
        head.weight.zero_()
        head.weight[:, 1:] = torch.eye(classes)
    stem = nn.Conv2d(3, classes + 1, 1, bias=False)
    with torch.no_grad():
        stem.weight.zero_()
        stem.weight[0] = 1.0
    units = [Sum({"branch": Vote(direction), "skip": nn.Identity()}) for direction in directions]
    pool = nn.AdaptiveAvgPool2d(1)
    return Network(
        stem=sequential(conv=stem), stages=[units], head=sequential(pool=pool, flatten=nn.Flatten(), linear=head)
    )


def test_draws_are_the_same_again_and_others_for_another_seed() -> None:
    torch.manual_seed(2)
    net = voters([torch.cat([torch.zeros(1), torch.randn(4)]) for _ in range(8)])
    with torch.no_grad():
        own = [(images, net(images).argmax(dim=1)) for images, _ in BATCHES]  # so that every lesion shows
    one, again, other = (
        measure_pieces(BLANK, net, own, share=0.6, draws=8, seed=seed).pieces[0].draws for seed in (0, 0, 1)
    )
    assert one == again != other and len(set(one)) > 1


@pytest.mark.parametrize("count", [1, 3, 8])
def test_equal_votes_are_as_many_as_they_are(count: int) -> None:
    vote = torch.tensor([0.0, 1.0, -2.0, 1.0, 0.0])
    size = VALUES[SIZE_UNITS](measured(voters([vote] * count)))
    assert size is not None and 2**size == pytest.approx(count)


def test_votes_with_nothing_in_common_are_one() -> None:
    votes = [torch.tensor([0.0, 1.0, -1.0, 0.0, 0.0]), torch.tensor([0.0, 0.0, 0.0, 1.0, -1.0])]
    size = VALUES[SIZE_UNITS](measured(voters(votes)))
    assert size is not None and 2**size == pytest.approx(1)


def test_the_size_does_not_hang_on_how_loud_the_logits_are() -> None:
    torch.manual_seed(3)
    votes = [torch.cat([torch.zeros(1), torch.randn(4)]) for _ in range(5)]
    quiet, loud = (VALUES[SIZE_UNITS](measured(voters([factor * v for v in votes]))) for factor in (1, 10))
    assert quiet == pytest.approx(loud)


def test_the_size_is_the_limit_of_networks_drawn_at_random() -> None:
    """Keep each of four votes with probability q near 1: (1 - q) / q |mean|^2 / variance tends to the same number."""
    torch.manual_seed(5)
    votes = torch.cat([torch.zeros(4, 1), torch.randn(4, 4) + torch.tensor([2.0, 0, 0, -2.0])], dim=1)
    size = VALUES[SIZE_UNITS](measured(voters(list(votes))))
    q, images = 0.999, torch.cat([batch for batch, _ in BATCHES]).sum(dim=1).mean(dim=(1, 2))
    centered = votes[:, 1:] - votes[:, 1:].mean(dim=1, keepdim=True)
    mean = q * centered.sum(dim=0)
    variance = q * (1 - q) * centered.square().sum()
    power = images.square().mean()
    drawn = (1 - q) / q * (mean.square().sum() * power) / (variance * power)
    assert size is not None and 2**size == pytest.approx(float(drawn), rel=2e-3)


def test_the_effect_of_a_lesion_is_what_it_changes_of_the_logits() -> None:
    net = grouped()
    run = measured(net)
    with torch.no_grad():
        whole = centered_logits(net, BATCHES)
        net.stages[1][1].paths["branch"].norm3.weight.zero_()
        net.stages[1][1].paths["branch"].norm3.bias.zero_()
        without = centered_logits(net, BATCHES)
    lesion = run.set_of(UNITS).lesions[3]
    assert lesion.effect == pytest.approx(float((whole - without).square().sum(dim=1).mean()), rel=1e-5)
    assert run.power == pytest.approx(float(whole.square().sum(dim=1).mean()))


def test_transitions_are_no_part_of_robustness() -> None:
    net = grouped()
    run = measured(net, draws=12)
    with torch.no_grad():
        net.stages[0][1].paths["branch"].norm3.weight.zero_()
        net.stages[0][1].paths["branch"].norm3.bias.zero_()
        for stage in (1, 2):
            net.stages[stage][1].paths["branch"].norm3.weight.zero_()
            net.stages[stage][1].paths["branch"].norm3.bias.zero_()
    dead = measured(net, draws=12)
    assert VALUES[SOME_UNITS](dead) == 0 and VALUES[SIZE_UNITS](dead) is None
    assert VALUES[SIZE_UNITS](run) is not None


@pytest.mark.parametrize("net", [plain(depth=8), densenet(depth=[1, 1, 1])])
def test_networks_that_sum_nothing_up_are_refused(net: Network) -> None:
    with pytest.raises(ValueError, match="no unit of it adds to a skip"):
        measured(net)
