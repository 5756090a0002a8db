"""The gradient along single paths: all together they are the whole gradient, and a sample agrees with all of them."""

import copy
import math

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from depthlab.models import densenet, inception_v1, plain, preresnet, resnet, resnext
from depthlab.nn import Network
from depthlab.questions.paths.measure.path_gradients import (
    measure_path_gradients,
    path_gradients,
    routed_gradients,
    sampled_paths,
)

LABELS = torch.tensor([0, 3, 5])


def images(count: int = 3) -> Tensor:
    return torch.randn(count, 3, 8, 8, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def trained(net: Network) -> Network:
    """Return the network in float64 with statistics that are not those of its start."""
    generator = torch.Generator().manual_seed(2)
    net = net.double()
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            assert module.running_mean is not None and module.running_var is not None
            module.running_mean.normal_(0, 0.2, generator=generator)
            module.running_var.uniform_(0.5, 2, generator=generator)
    return net


NETWORKS = {
    "resnet": lambda: resnet(depth=[1, 2, 1]),
    "resnet with projections": lambda: resnet(depth=8, shortcut="C"),
    "preresnet": lambda: preresnet(depth=8),
    "gated": lambda: preresnet(depth=[1, 1], shortcut="exclusive_gating"),
    "resnext": lambda: resnext(depth=11, cardinality=2, group_width=4),
    "densenet": lambda: densenet(depth=[2, 2]),
    "inception": lambda: inception_v1(depth=[1, 1, 1], width=0.25),
    "plain": lambda: plain(depth=8),
}


@pytest.fixture(params=NETWORKS)
def net(request: pytest.FixtureRequest) -> Network:
    torch.manual_seed(0)
    return trained(NETWORKS[request.param]())


def whole_gradient(net: Network) -> Tensor:
    """Return the gradient at the input of the first unit, by autograd alone."""
    net.eval()
    features = net.stem(images()).detach().requires_grad_()
    x = features
    for unit in net.units():
        x = unit(x)
    return torch.autograd.grad(F.cross_entropy(net.head(x), LABELS, reduction="sum"), features)[0]


def test_all_paths_together_are_the_whole_gradient(net: Network) -> None:
    whole = whole_gradient(net)
    every = path_gradients(net, (images(), LABELS))
    assert torch.allclose(sum(every.values()), whole, rtol=1e-9, atol=1e-12 * float(whole.abs().max()))
    assert len(every) == 1 or not torch.allclose(next(iter(every.values())), whole)


def test_the_forward_pass_stays_that_of_the_whole_network(net: Network) -> None:
    expected = net.eval()(images())
    paths, _ = sampled_paths(net)
    (choices,) = [choices for _, choices in paths.all_paths()][:1]
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
    none = min(path_gradients(net, (images(), LABELS)).items(), key=lambda one: sum(t == "branch" for _, t in one[0]))
    assert torch.allclose(none[1], expected, rtol=1e-9)


@pytest.mark.parametrize("name", ["resnet", "densenet", "inception"])
def test_the_sample_agrees_with_all_paths(name: str) -> None:
    torch.manual_seed(0)
    net = trained(NETWORKS[name]())
    found = measure_path_gradients(net, [(images(), LABELS)], draws=40, seed=3)
    assert len(found.exact) == len(found.lengths) and found.images == 3
    for one, exact in zip(found.lengths, found.exact, strict=True):
        mean = sum(one.at_stack) / len(one.at_stack)
        spread = torch.tensor(one.at_stack).std().item() / math.sqrt(len(one.at_stack))
        assert abs(mean - exact) <= 4.5 * spread + 1e-9 * exact, one.length
        assert one.samples == 120 and one.paths == sampled_paths(net)[0].lengths[one.length]
    alone = [one for one in found.lengths if one.paths == 1]
    assert all(max(one.at_stack) == pytest.approx(min(one.at_stack)) for one in alone)


def test_exact_means_are_those_of_every_path() -> None:
    torch.manual_seed(0)
    net = trained(resnet(depth=8))
    found = measure_path_gradients(net, [(images(2), LABELS[:2]), (images(3)[2:], LABELS[2:])], draws=2)
    every = path_gradients(net, (images(), LABELS))
    for one, exact in zip(found.lengths, found.exact, strict=True):
        same = [g for choices, g in every.items() if sum(t == "branch" for _, t in choices) == one.length]
        norms = torch.stack([g.flatten(1).norm(dim=1) for g in same])
        assert exact == pytest.approx(norms.mean().item()) and one.paths == len(same)


def test_lengths_are_layers_where_branches_tell_no_paths_apart() -> None:
    torch.manual_seed(0)
    net = trained(NETWORKS["inception"]())
    found = measure_path_gradients(net, [(images(), LABELS)], draws=1)
    assert found.by == "layers" and [one.length for one in found.lengths] == [5, 6, 7, 8]
    assert [one.paths for one in found.lengths] == [8, 24, 24, 8]


def test_the_one_path_of_a_plain_network_carries_all() -> None:
    torch.manual_seed(0)
    net = trained(plain(depth=8))
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
    torch.manual_seed(0)
    net = trained(resnet(depth=8))
    together = measure_path_gradients(net, [(images(), LABELS)], draws=1).exact
    apart = measure_path_gradients(net, [(x[None], y[None]) for x, y in zip(images(), LABELS, strict=True)], draws=1)
    assert together == pytest.approx(apart.exact)
