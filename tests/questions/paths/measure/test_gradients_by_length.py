"""The gradient told apart by length: exact against every path one by one, and all lengths are the whole gradient."""

import copy
from random import Random

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from depthlab.models import resnet
from depthlab.nn import Network, Sum
from depthlab.questions.paths.measure.gradients_by_length import gradients_by_length, measure_gradient_by_length
from depthlab.questions.paths.measure.path_gradients import routed_gradients
from depthlab.questions.paths.measure.path_lengths import lengths_of_stem, paths_to_compare
from tests.questions.paths.measure.networks import (
    LABELS,
    NETWORKS,
    gradients_of_every_path,
    images,
    network,
    trained,
    whole_gradient,
)


@pytest.mark.parametrize("name", NETWORKS)
def test_all_lengths_together_are_the_ordinary_gradient(name: str) -> None:
    net = network(name)
    found = gradients_by_length(net, images(), LABELS, by=paths_to_compare(net)[1])
    whole = whole_gradient(net)
    assert torch.allclose(found.sum(dim=0), whole, rtol=1e-11, atol=1e-13 * float(whole.abs().max()))


def test_2_to_the_54_paths_are_the_ordinary_gradient() -> None:
    torch.manual_seed(0)
    net = trained(resnet(depth=110))
    found, whole = gradients_by_length(net, images(), LABELS), whole_gradient(net)
    assert len(found) == 55
    assert torch.allclose(found.sum(dim=0), whole, rtol=1e-9, atol=1e-12 * float(whole.abs().max()))


@pytest.mark.parametrize("name", NETWORKS)
def test_each_length_is_the_sum_over_its_paths(name: str) -> None:
    net = network(name)
    _, by = paths_to_compare(net)
    (stem,) = lengths_of_stem(net, by)
    expected = torch.zeros_like(found := gradients_by_length(net, images(), LABELS, by=by))
    for length, _, gradient in gradients_of_every_path(net):
        expected[length - stem] += gradient
    assert torch.allclose(found, expected, rtol=1e-9, atol=1e-12 * float(expected.abs().max()))
    assert name == "plain" or sum(bool(one.any()) for one in found) > 1


@pytest.mark.parametrize("name", ["resnet", "densenet"])
def test_the_mean_over_sampled_paths_times_their_number_is_the_vector(name: str) -> None:
    """Veit's product in its expectation: a random path's gradient, times how many there are."""
    net, random = network(name), Random(3)
    paths, _ = paths_to_compare(net)
    found = gradients_by_length(net, images(), LABELS)
    with routed_gradients(net) as router:
        one = router.forward(images(), LABELS, F.cross_entropy)
        for length, count in enumerate(paths.lengths):
            draws = [one.gradients([list(paths.draw(length, random))] * 3)[0] for _ in range(150 if count else 0)]
            if draws:
                sample = count * torch.stack(draws)
                error = (sample.var(dim=0) / len(draws)).sum().sqrt()
                assert (sample.mean(dim=0) - found[length]).norm() <= 3 * error + 1e-9 * found[length].norm()


@pytest.mark.parametrize("name", ["resnet with projections", "inception"])
def test_shares_add_up_to_1_and_norms_to_more(name: str) -> None:
    net = network(name)
    found = measure_gradient_by_length(net, [(images(), LABELS)])
    assert found is not None and found.images == 3
    assert sum(found.shares) == pytest.approx(1, abs=1e-12) and sum(found.norms) > 1
    assert all(abs(share) <= norm + 1e-12 for share, norm in zip(found.shares, found.norms, strict=True))
    vectors, whole = gradients_by_length(net, images(), LABELS, by=found.by), whole_gradient(net)
    (stem,) = lengths_of_stem(net, found.by)
    for length, share, norm in zip(found.lengths, found.shares, found.norms, strict=True):
        vector = vectors[length - stem]
        assert share == pytest.approx(float((vector * whole).sum() / whole.square().sum()), abs=1e-12)
        assert norm == pytest.approx(float(vector.norm() / whole.norm()), abs=1e-12)
    counts = {length: count for length, count in enumerate(paths_to_compare(net)[0].lengths) if count}
    assert dict(zip(found.lengths, found.paths, strict=True)) == counts


def test_linear_units_have_a_closed_form() -> None:
    """n units x + q x give (1 + q)^n: the share of length k is C(n, k) q^k / (1 + q)^n, and nothing cancels."""
    n, q = 6, 0.5
    net = Network(stem=nn.Sequential(), stages=[[_scaled(q) for _ in range(n)]], head=nn.Sequential(nn.Flatten()))
    found = measure_gradient_by_length(net.double(), [(images().flatten(1)[:, :10, None, None], LABELS)])
    assert found is not None
    expected = [count * q**k / (1 + q) ** n for k, count in enumerate((1, 6, 15, 20, 15, 6, 1))]
    assert found.shares == pytest.approx(expected) and found.norms == pytest.approx(expected)
    assert found.mean_length == pytest.approx(n * q / (1 + q))


def test_batches_and_rows_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    net = network("resnet")
    together = measure_gradient_by_length(net, [(images(), LABELS)])
    monkeypatch.setattr("depthlab.questions.paths.measure.gradients_by_length.ROWS", 1)
    apart = measure_gradient_by_length(net, [(images()[:2], LABELS[:2]), (images()[2:], LABELS[2:])])
    assert together is not None and apart is not None
    assert apart.shares == pytest.approx(together.shares) and apart.norms == pytest.approx(together.norms)


def test_the_network_stays_as_it_was_and_a_silent_one_has_no_shares() -> None:
    net = network("resnet").train()
    before = copy.deepcopy(net.state_dict())
    measure_gradient_by_length(net, [(images(), LABELS)])
    assert net.training and all(torch.equal(before[key], value) for key, value in net.state_dict().items())
    assert all(parameter.requires_grad and parameter.grad is None for parameter in net.parameters())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in net.modules())
    list(net.head.modules())[-1].weight.data.zero_()  # type: ignore[union-attr, operator]
    assert measure_gradient_by_length(net, [(images(), LABELS)]) is None


def _scaled(q: float) -> Sum:
    branch = nn.Conv2d(10, 10, 1, bias=False)
    branch.weight.data = q * torch.eye(10)[:, :, None, None]
    return Sum({"branch": branch, "skip": nn.Identity()})
