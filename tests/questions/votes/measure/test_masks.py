"""Sampled networks: what drops and what does not, one mask for all images or one for each, and nothing left behind."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from depthlab.nn import DropPath
from depthlab.questions.votes.measure.masks import drop_path_layers, dropout_layers, sampled
from tests.questions.votes.networks import batches, network

IMAGES = batches(6)[0][0]


def run(net: nn.Module, layers: list[nn.Module], seed: int = 0, per: str = "network") -> torch.Tensor:
    with torch.no_grad(), sampled(net, layers, seed=seed, per=per):  # type: ignore[arg-type]
        return net(IMAGES)


def test_layers_are_found_by_their_type_and_only_where_they_drop() -> None:
    net = network(dropout=0.3, drop_path=0.5)
    assert len(dropout_layers(net)) == len(drop_path_layers(net)) == 3
    assert dropout_layers(network()) == drop_path_layers(network()) == []
    own = nn.Sequential(nn.Dropout2d(0.2), nn.Dropout(0.0), nn.Linear(2, 2), nn.Dropout(0.1))
    assert dropout_layers(own) == [own[0], own[3]]


def test_a_mask_keeps_its_share_and_divides_by_it() -> None:
    layer = nn.Dropout(0.3)
    with sampled(layer, [layer], seed=0, per="image"):
        found = layer(torch.ones(40, 500))
    assert found.unique().tolist() == [0.0, pytest.approx(1 / 0.7)]
    assert float(found.mean()) == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize(
    ("layer", "shape"),
    [(nn.Dropout(0.5), (8, 16, 4, 4)), (nn.Dropout2d(0.5), (8, 16, 1, 1)), (DropPath(0.5), (8, 1, 1, 1))],
    ids=["dropout", "channels", "path"],
)
def test_what_drops_together(layer: nn.Module, shape: tuple[int, ...]) -> None:
    """Pixels, whole channels, whole paths; with a mask for the network, for all images alike."""
    x = torch.ones(8, 16, 4, 4)
    for seed in range(4):
        with sampled(layer, [layer], seed=seed, per="image"):
            found = layer(x)
        same = found[tuple(slice(0, side) for side in shape)]
        assert torch.equal(found, same.expand_as(found))
        with sampled(layer, [layer], seed=seed, per="network"):
            found = layer(x)
        assert torch.equal(found, found[:1].expand_as(found))
    with sampled(layer, [layer], seed=0, per="image"):
        found = layer(x)
    assert not torch.equal(found, found[:1].expand_as(found)), "images meet different masks"


def test_a_network_is_the_same_however_images_are_batched() -> None:
    net = network(dropout=0.4, drop_path=0.5)
    layers = [*dropout_layers(net), *drop_path_layers(net)]
    whole = run(net, layers)
    with torch.no_grad(), sampled(net, layers, seed=0):
        parts = torch.cat([net(part) for part in IMAGES.split(4)])
    assert torch.allclose(whole, parts, atol=1e-5)
    assert not torch.allclose(whole, run(net, layers, seed=1), atol=1e-3)


def test_every_batch_of_images_has_masks_of_its_own() -> None:
    layer, x = nn.Dropout(0.5), torch.ones(4, 50)
    with sampled(layer, [layer], seed=0, per="image"):
        assert not torch.equal(layer(x), layer(x))
    with sampled(layer, [layer], seed=0, per="network"):
        assert torch.equal(layer(x), layer(x))


def test_a_network_without_rates_is_the_one_in_evaluation() -> None:
    net = network(dropout=0.4)
    with torch.no_grad():
        assert torch.equal(run(net, drop_path_layers(net)), net(IMAGES)), "no layer was to drop"
        assert not torch.allclose(run(net, dropout_layers(net)), net(IMAGES), atol=1e-3)


def test_a_dropped_path_is_nothing_and_a_kept_one_weighs_more() -> None:
    net = network(drop_path=0.5)
    layers = drop_path_layers(net)
    found: dict[int, set[float]] = {place: set() for place in range(len(layers))}

    def note(place: int) -> Callable[..., None]:
        def hear(layer: nn.Module, inputs: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
            there = inputs[0] != 0
            found[place] |= {round(factor, 3) for factor in (output[there] / inputs[0][there]).tolist()}

        return hear

    for seed in range(12):
        with sampled(net, layers, seed=seed):
            hooks = [layer.register_forward_hook(note(place)) for place, layer in enumerate(layers)]  # behind the masks
            net(IMAGES)
        for hook in hooks:
            hook.remove()
    assert found == {place: {0.0, round(1 / (1 - layer.p), 3)} for place, layer in enumerate(layers)}


def test_everything_else_is_in_evaluation_and_comes_back_as_it_was() -> None:
    net = network(dropout=0.4, drop_path=0.5).train()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    state = torch.get_rng_state()
    with sampled(net, dropout_layers(net), seed=0):
        assert not any(module.training for module in net.modules())
        net(IMAGES)
    assert all(module.training for module in net.modules())
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items()), "no statistics moved"
    assert torch.equal(state, torch.get_rng_state()), "nobody's generator moved"
    with pytest.raises(ZeroDivisionError), sampled(net, dropout_layers(net), seed=0):
        raise ZeroDivisionError
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in net.modules())


@pytest.mark.slow
def test_it_drops_as_torch_does() -> None:
    """The mean and the spread of scores over many draws are those of dropout modules in training mode."""
    net = network(dropout=0.4)
    layers = dropout_layers(net)
    ours = torch.stack([run(net, layers, seed=seed, per="image") for seed in range(300)])
    torch.manual_seed(0)
    for layer in layers:
        layer.train()
    with torch.no_grad():
        theirs = torch.stack([net(IMAGES) for _ in range(300)])
    error = (ours.var(dim=0) / 300 + theirs.var(dim=0) / 300).sqrt()
    assert float(((ours.mean(dim=0) - theirs.mean(dim=0)) / error).abs().max()) < 5
    assert float((ours.std(dim=0) / theirs.std(dim=0)).log().abs().max()) < 0.35
