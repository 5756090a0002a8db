"""Shares in a residual stream: they add up, follow scales, and are zero where nothing is read."""

import pytest
import torch
from torch import Tensor, nn

from depthlab.models import densenet, plain, preresnet, resnet, resnext, wide_resnet
from depthlab.nn import Network, Parts, Sum, sequential
from depthlab.questions.reuse.measure.stream import measure_shares, residual_stages

IMAGES = [torch.randn(6, 3, 8, 8, generator=torch.Generator().manual_seed(seed)) for seed in range(2)]


def network_of(build=resnet, **more) -> Network:
    torch.manual_seed(1)
    net = build(**({"depth": [3, 2, 1]} | more))
    with torch.no_grad():
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.weight.uniform_(0.5, 1.5)
                module.bias.uniform_(-0.5, 0.5)
                module.running_var.uniform_(0.5, 2.0)
    return net.eval()


def linear_net(*branches: nn.Module, head: nn.Module | None = None) -> Network:
    """Return x + F_1 + F_2 + ... without activations, three channels, behind an identity."""
    units = [Sum({"branch": branch, "skip": nn.Identity()}) for branch in branches]
    head = head or nn.Linear(3, 2, bias=False)
    return Network(
        stem=sequential(nothing=nn.Identity()),
        stages=[units],
        head=sequential(pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(), linear=head),
    )


def scaled(factor: float) -> nn.Conv2d:
    """Return the identity as a convolution, times a factor."""
    conv = nn.Conv2d(3, 3, 1, bias=False)
    with torch.no_grad():
        conv.weight.copy_(factor * torch.eye(3)[:, :, None, None])
    return conv


def column(network: Network, target: str, images: list[Tensor] = IMAGES) -> list[float]:
    (one,) = measure_shares(network, images)
    place = one.targets.index(target)
    return [row[place] for row in one.values if row[place] is not None]


@pytest.mark.parametrize(
    ("build", "more"),
    [
        (resnet, {}),
        (resnet, {"shortcut": "B"}),
        (resnext, {"cardinality": 2, "group_width": 4, "width": 0.25}),
        (preresnet, {}),
        (preresnet, {"shortcut": "scaling"}),
        (preresnet, {"activation": "relu_before_addition"}),
        (wide_resnet, {"width": 1}),
        (preresnet, {"parts": Parts(normalization="layer", activation="gelu")}),
        (resnet, {"parts": Parts(activation="leaky_relu", convolution="separable")}),
    ],
)
def test_shares_add_up_to_one(build, more: dict) -> None:
    maps = measure_shares(network_of(build, **more), IMAGES)
    assert [one.block for one in maps] == [1, 2, 3]
    for one in maps:
        for place, target in enumerate(one.targets):
            shares = [row[place] for row in one.values if row[place] is not None]
            assert sum(shares) == pytest.approx(1, abs=1e-5), (one.block, target)
    assert [one.targets for one in maps] == [("2", "3", "transition"), ("2", "transition"), ("classifier",)]
    assert [one.sources for one in maps] == [("input", "1", "2", "3"), ("input", "1", "2"), ("input", "1")]


def test_terms_of_known_size_have_known_shares() -> None:
    """x, then x + 2x = 3x, then 3x - x = 2x: shares 1/3 and 2/3, then 1/2, 1 and -1/2."""
    network = linear_net(scaled(2.0), scaled(-1 / 3))
    assert column(network, "2") == pytest.approx([1 / 3, 2 / 3])
    assert column(network, "classifier") == pytest.approx([0.5, 1.0, -0.5])


def test_a_share_is_that_of_variance_not_of_an_offset() -> None:
    constant = scaled(0.0)
    constant.bias = nn.Parameter(torch.tensor([5.0, 0.0, -5.0]))
    assert column(linear_net(constant, scaled(1.0)), "2") == pytest.approx([1, 0], abs=1e-6)


def test_a_channel_that_is_not_read_counts_for_nothing() -> None:
    """The first unit writes to channel 0 alone, and the second does not read it."""
    writer, reader = scaled(0.0), scaled(1.0)
    with torch.no_grad():
        writer.weight[0, 1] = 3.0
        reader.weight[:, 0] = 0.0
    assert column(linear_net(writer, reader), "2") == pytest.approx([1, 0], abs=1e-9)
    with torch.no_grad():
        reader.weight[0, 0] = 1.0
    assert column(linear_net(writer, reader), "2")[1] > 0.3


def test_a_dead_branch_has_no_share_and_a_louder_one_has_more() -> None:
    network = network_of()
    branch = list(network.units())[1].paths["branch"]
    quiet = [row[-1] for row in measure_shares(network, IMAGES)[0].values]
    with torch.no_grad():
        branch.norm2.weight *= 10
    loud = [row[-1] for row in measure_shares(network, IMAGES)[0].values]
    with torch.no_grad():
        branch.norm2.weight.zero_()
        branch.norm2.bias.zero_()
    dead = [row[-1] for row in measure_shares(network, IMAGES)[0].values]
    assert dead[2] == 0 < quiet[2] < loud[2]


def test_shares_do_not_hang_on_units_or_on_how_images_are_batched() -> None:
    network = network_of()
    before = measure_shares(network, IMAGES)
    with torch.no_grad():
        list(network.units())[2].paths["branch"].conv1.weight *= 7
    again = measure_shares(network, [torch.cat(IMAGES)])
    for one, two in zip(before[0].values, again[0].values, strict=True):
        assert two[:2] == pytest.approx(one[:2])  # at units 2 and 3; behind unit 3 the stream is another


def test_relu_hides_from_both_terms_alike() -> None:
    """Behind relu(x + F) with F = x the terms are equal, whatever is cut off."""
    unit = Sum({"branch": scaled(1.0), "skip": nn.Identity()}, after=nn.ReLU())
    network = linear_net(scaled(1.0))
    network.stages[0][0] = unit
    assert column(network, "classifier") == pytest.approx([0.5, 0.5])


def test_the_classifier_reads_means_over_positions() -> None:
    """What a branch writes to one half of an image and takes from the other is gone in the mean."""

    class Halves(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            sign = torch.ones(x.shape[-1])
            sign[: x.shape[-1] // 2] = -1
            return sign * x.mean(dim=(2, 3), keepdim=True)

    assert column(linear_net(Halves()), "classifier") == pytest.approx([1, 0], abs=1e-6)


def test_modes_and_weights_are_left_as_they_were() -> None:
    network = network_of().train()
    state = {key: value.clone() for key, value in network.state_dict().items()}
    measure_shares(network, IMAGES)
    assert network.training
    assert all(torch.equal(value, state[key]) for key, value in network.state_dict().items())


@pytest.mark.parametrize(
    "network", [plain(depth=8), densenet(depth=[1, 1, 1]), preresnet(depth=8, activation="bn_after_addition")]
)
def test_networks_whose_terms_can_not_be_followed_have_no_stages(network: Network) -> None:
    assert residual_stages(network) == [] and measure_shares(network, IMAGES) == ()
