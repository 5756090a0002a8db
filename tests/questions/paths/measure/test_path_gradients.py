"""The gradient along single paths: all together they are the whole gradient, and a sample agrees with all of them."""

import copy
import math

import pytest
import torch
from torch.nn import functional as F

from depthlab.models import preresnet, resnet
from depthlab.nn import Network
from depthlab.questions.paths.measure.path_gradients import measure_path_gradients, routed_gradients
from depthlab.questions.paths.measure.path_lengths import paths_to_compare
from tests.questions.paths.measure.networks import (
    LABELS,
    NETWORKS,
    every_path,
    gradients_of_every_path,
    images,
    network,
    trained,
    whole_gradient,
)


@pytest.fixture(params=NETWORKS)
def net(request: pytest.FixtureRequest) -> Network:
    return network(request.param)


def test_all_paths_together_are_the_whole_gradient(net: Network) -> None:
    whole = whole_gradient(net)
    every = [gradient for _, _, gradient in gradients_of_every_path(net)]
    assert torch.allclose(sum(every), whole, rtol=1e-9, atol=1e-12 * float(whole.abs().max()))
    assert len(every) == 1 or not torch.allclose(every[0], whole)


def test_the_forward_pass_stays_that_of_the_whole_network(net: Network) -> None:
    expected = net.eval()(images())
    _, choices = next(iter(every_path(paths_to_compare(net)[0])))
    with routed_gradients(net) as router:
        router.choose([choices] * 3)
        assert torch.equal(net(images()), expected)


def test_a_path_of_skips_alone_is_the_gradient_of_the_skips() -> None:
    """In a network of pre-activated units nothing stands outside of the paths, so it can be computed apart."""
    torch.manual_seed(0)
    net = trained(preresnet(depth=14)).eval()
    features = net.stem(images()).detach().requires_grad_()
    x, units = features, list(net.units())
    for unit in units:
        y = unit.before(x)
        x = unit.paths["skip"](y) + unit.paths["branch"](y).detach()
    expected = torch.autograd.grad(F.cross_entropy(net.head(x), LABELS, reduction="sum"), features)[0]
    length, _, skips = min(gradients_of_every_path(net), key=lambda one: one[0])
    assert length == 0 and torch.allclose(skips, expected, rtol=1e-9)


@pytest.mark.parametrize("name", ["resnet", "densenet", "inception"])
def test_the_sample_agrees_with_all_paths(name: str) -> None:
    net = network(name)
    found = measure_path_gradients(net, [(images(), LABELS)], draws=40, seed=3)
    norms: dict[int, list[float]] = {}
    for length, _, gradient in gradients_of_every_path(net):
        norms.setdefault(length, []).append(gradient.flatten(1).norm(dim=1).mean().item())
    assert [one.length for one in found.lengths] == sorted(norms) and found.images == 3
    for one in found.lengths:
        exact = sum(norms[one.length]) / len(norms[one.length])
        mean = sum(one.at_stack) / len(one.at_stack)
        spread = torch.tensor(one.at_stack).std().item() / math.sqrt(len(one.at_stack))
        assert abs(mean - exact) <= 4.5 * spread + 1e-9 * exact, one.length
        assert one.samples == 120 and one.paths == len(norms[one.length])
    alone = [one for one in found.lengths if one.paths == 1]
    assert all(max(one.at_stack) == pytest.approx(min(one.at_stack)) for one in alone)


def test_lengths_are_layers_where_branches_tell_no_paths_apart() -> None:
    net = network("inception")
    found = measure_path_gradients(net, [(images(), LABELS)], draws=1)
    assert found.by == "layers" and [one.length for one in found.lengths] == [5, 6, 7, 8]
    assert [one.paths for one in found.lengths] == [8, 24, 24, 8]


def test_the_one_path_of_a_plain_network_carries_all() -> None:
    net = network("plain")
    (only,) = measure_path_gradients(net, [(images(), LABELS)], draws=2).lengths
    assert only.length == 3 and only.paths == 1
    whole = whole_gradient(net).flatten(1).norm(dim=1).mean().item()
    assert only.at_stack == pytest.approx((whole, whole))


def test_norms_at_both_ends_and_their_spread() -> None:
    torch.manual_seed(0)
    net = trained(resnet(depth=14))
    found = measure_path_gradients(net, [(images(), LABELS)], draws=4)
    whole = whole_gradient(net).flatten(1).norm(dim=1).mean().item()
    assert found.full_at_stack == pytest.approx(whole) and found.full_at_image != pytest.approx(whole)
    for one in found.lengths:
        assert len(one.at_stack) == len(one.at_image) == 4 and one.zeros == 0
        assert one.log_mean is not None and one.log_std is not None and one.log_std > 0
        assert 10**one.log_mean <= sum(one.at_stack) / 4  # a geometric mean


def test_the_same_seed_is_the_same_measure_and_the_network_stays_as_it_was() -> None:
    torch.manual_seed(0)
    net = trained(resnet(depth=14)).train()
    before, modes = copy.deepcopy(net.state_dict()), [module.training for module in net.modules()]
    one, same, other = (measure_path_gradients(net, [(images(), LABELS)], draws=1, seed=seed) for seed in (0, 0, 1))
    assert one == same and one != other
    assert all(torch.equal(before[key], value) for key, value in net.state_dict().items())
    assert [module.training for module in net.modules()] == modes
    assert all(parameter.requires_grad and parameter.grad is None for parameter in net.parameters())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in net.modules())


def test_a_batch_of_images_is_as_many_alone() -> None:
    net = network("resnet")
    together = measure_path_gradients(net, [(images(), LABELS)], draws=1)
    apart = measure_path_gradients(net, [(x[None], y[None]) for x, y in zip(images(), LABELS, strict=True)], draws=1)
    assert together.full_at_stack == pytest.approx(apart.full_at_stack)
    for length in (0, -1):  # of which there is one path
        assert together.lengths[length].at_stack == pytest.approx(apart.lengths[length].at_stack)
