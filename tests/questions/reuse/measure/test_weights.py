"""Feature reuse where features are concatenated: laws, a slow reference, and the layouts of networks."""

import pytest
import torch
from torch import nn

from depthlab.models import densenet, resnet
from depthlab.nn import Concat, Network, Parallel, sequential
from depthlab.questions.reuse.measure.readers import reader_of, unit_readers
from depthlab.questions.reuse.measure.weights import dense_blocks, map_weights
from depthlab.questions.reuse.record import INPUT, SCALED, WEIGHT, ReuseMap


def small(**more) -> Network:
    torch.manual_seed(0)
    return densenet(depth=[2, 3, 1], growth_rate=4, **more)


def maps_of(network: Network, measure: str) -> list[ReuseMap]:
    return [one for one in map_weights(network) if one.measure == measure]


def test_blocks_are_found_by_their_units() -> None:
    maps = maps_of(small(), WEIGHT)
    assert [one.sources for one in maps] == [("input", "1", "2"), ("input", "1", "2", "3"), ("input", "1")]
    assert [one.targets for one in maps] == [
        ("1", "2", "transition"),
        ("1", "2", "3", "transition"),
        ("1", "classifier"),
    ]
    assert [one.block for one in maps] == [1, 2, 3]


@pytest.mark.parametrize("more", [{}, {"bottleneck": True, "compression": 0.5}])
def test_every_input_channel_belongs_to_one_source(more: dict) -> None:
    for block in dense_blocks(small(**more)):
        for target in block.targets:
            assert target.reader.inputs == target.channels
            assert [source for source, _ in target.layout] == block.sources[: len(target.layout)]


def test_values_are_those_of_a_loop_over_channels() -> None:
    network = small()
    unit = next(iter(network.stages[1].children()))  # the transition
    weight = unit.paths["branch"].conv.weight.detach()
    gamma = unit.paths["branch"].norm.weight.detach()
    gamma.uniform_(-2, 2)
    channels = {"input": range(0, 16), "1": range(16, 20), "2": range(20, 24)}
    plain, scaled = maps_of(network, WEIGHT)[0], maps_of(network, SCALED)[0]
    for row, (source, places) in enumerate(channels.items()):
        assert plain.sources[row] == source
        values = [float(weight[:, place].abs().mean()) for place in places]
        assert plain.values[row][-1] == pytest.approx(sum(values) / len(values))
        values = [float((weight[:, place] * gamma[place]).abs().mean()) for place in places]
        assert scaled.values[row][-1] == pytest.approx(sum(values) / len(values))


def test_what_comes_later_is_not_read() -> None:
    one = maps_of(small(), WEIGHT)[1]
    there = [[value is not None for value in row] for row in one.values]
    assert there == [
        [True, True, True, True],
        [False, True, True, True],
        [False, False, True, True],
        [False, False, False, True],
    ]


def test_a_source_without_weights_shows_zero() -> None:
    network = small()
    with torch.no_grad():
        list(network.units())[1].paths["branch"].conv1.weight[:, 16:20] = 0.0  # unit 2 on what unit 1 puts out
    for measure in (WEIGHT, SCALED):
        first = maps_of(network, measure)[0]
        assert first.values[1][1] == 0.0 and first.values[0][1] > 0 and first.values[1][2] > 0


def test_twice_the_weights_are_twice_the_values() -> None:
    network = small()
    before = map_weights(network)
    with torch.no_grad():
        for unit in network.units():
            for layer in unit.modules():
                if isinstance(layer, nn.Conv2d):
                    layer.weight *= 2
    for one, two in zip(before, map_weights(network), strict=True):
        for column, target in enumerate(one.targets):
            for old, new in zip(one.values, two.values, strict=True):
                factor = 1 if target == "classifier" else 2
                assert old[column] is None or new[column] == pytest.approx(factor * old[column])


def test_scaled_weights_do_not_change_where_the_network_does_not() -> None:
    network = small().eval()
    images = torch.randn(4, 3, 8, 8)
    plain, scaled, logits = maps_of(network, WEIGHT), maps_of(network, SCALED), network(images)
    branch = list(network.units())[1].paths["branch"]
    factors = torch.linspace(0.25, 4, branch.norm1.num_features)
    with torch.no_grad():
        branch.norm1.weight *= factors
        branch.norm1.bias *= factors
        branch.conv1.weight /= factors[None, :, None, None]
    assert torch.allclose(network(images), logits, atol=1e-5)
    for old, new in zip(scaled, maps_of(network, SCALED), strict=True):
        for before, after in zip(old.values, new.values, strict=True):
            assert after == pytest.approx(before)
    assert maps_of(network, WEIGHT)[0].values[0][1] != pytest.approx(plain[0].values[0][1], rel=0.05)


def test_the_order_of_paths_is_the_order_of_channels() -> None:
    """New features in front of the old ones: the same layout, turned around."""

    def unit(given: int) -> Parallel:
        branch = sequential(conv=nn.Conv2d(given, 2, 3, padding=1))
        return Concat({"branch": branch, "skip": nn.Identity()})

    head = sequential(pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(), linear=nn.Linear(7, 2))
    network = Network(stem=sequential(conv=nn.Conv2d(3, 3, 1)), stages=[[unit(3), unit(5)]], head=head)
    (block,) = dense_blocks(network)
    assert block.targets[-1].layout == (("2", 2), ("1", 2), (INPUT, 3))
    with torch.no_grad():
        head.linear.weight[:, 2:4] = 0.0
    assert [row[-1] > 0 for row in maps_of(network, WEIGHT)[0].values] == [True, False, True]


def test_a_unit_of_several_branches_is_several_sources_and_targets() -> None:
    paths = {
        "skip": nn.Identity(),
        "narrow": nn.Conv2d(3, 2, 1),
        "wide": nn.Conv2d(3, 4, 3, padding=1),
    }
    head = sequential(pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(), linear=nn.Linear(9, 2))
    network = Network(stem=sequential(conv=nn.Conv2d(3, 3, 1)), stages=[[Concat(paths)]], head=head)
    (one,) = maps_of(network, WEIGHT)
    assert one.sources == ("input", "1 narrow", "1 wide")
    assert one.targets == ("1 narrow", "1 wide", "classifier")


def test_grouped_and_flattened_weights_are_told_by_channel() -> None:
    grouped = reader_of(nn.Conv2d(4, 6, 3, groups=2))
    assert grouped is not None
    weights = grouped.weights(4)
    assert weights.shape == (4, 3 * 9)
    assert torch.equal(weights[3].reshape(3, 3, 3), grouped.layer.weight.detach()[3:, 1])
    flat = reader_of(nn.Flatten(), nn.Linear(12, 5))
    assert flat is not None and torch.equal(flat.weights(3)[1], flat.layer.weight.detach()[:, 4:8].T.reshape(-1))
    with pytest.raises(ValueError, match="12 inputs can't read 5 channels"):
        flat.weights(5)


def test_channels_that_do_not_fit_are_refused() -> None:
    paths = {"skip": nn.Identity(), "branch": sequential(conv=nn.Conv2d(3, 4, 1), pick=nn.MaxPool3d((2, 1, 1)))}
    head = sequential(pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(), linear=nn.Linear(5, 2))
    network = Network(stem=sequential(conv=nn.Conv2d(3, 3, 1)), stages=[[Concat(paths)]], head=head)
    with pytest.raises(ValueError, match="takes 5 inputs, and the units before it put out 7 channels"):
        map_weights(network)


def test_networks_that_stack_nothing_have_no_blocks() -> None:
    assert map_weights(resnet(depth=8)) == ()


def test_a_projection_reads_nothing() -> None:
    units = list(resnet(depth=8, shortcut="B").units())
    assert [list(unit_readers(unit)) for unit in units] == [["branch"]] * 3
