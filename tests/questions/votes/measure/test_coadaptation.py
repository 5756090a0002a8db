"""Features against direct computation: correlations, zeros, means, layer by layer."""

import numpy as np
import pytest
import torch
from torch import nn

from depthlab.questions.votes.measure.coadaptation import mean_correlation, measure_features
from tests.questions.votes.networks import batches, network


def test_correlations_are_numpys() -> None:
    x = torch.randn(50, 6, generator=torch.Generator().manual_seed(0)) @ torch.randn(
        6, 6, generator=torch.Generator().manual_seed(1)
    )
    table = np.abs(np.corrcoef(x.numpy().T))
    found, silent = mean_correlation(x)
    assert found == pytest.approx(table[~np.eye(6, dtype=bool)].mean(), rel=1e-5) and silent == 0


def test_ends_of_the_scale_and_silent_units() -> None:
    one = torch.randn(2000, 1, generator=torch.Generator().manual_seed(0))
    assert mean_correlation(torch.cat([one, -3 * one + 5], dim=1)) == (pytest.approx(1), 0)
    apart = torch.randn(20000, 4, generator=torch.Generator().manual_seed(0))
    expected = (2 / (np.pi * 20000)) ** 0.5  # of independent units
    found, _ = mean_correlation(apart)
    assert found is not None and found < 2 * expected
    still = torch.cat([apart, torch.zeros(20000, 1), torch.full((20000, 1), 2.5)], dim=1)
    again, silent = mean_correlation(still)
    assert silent == 2 and again == pytest.approx(found)
    assert mean_correlation(torch.cat([one, torch.zeros(2000, 1)], dim=1)) == (None, 1)


def test_layers_are_those_of_a_pass_in_its_order() -> None:
    net, images = network(dropout=0.5).train(), batches(7, 5)
    found = measure_features(net, images)
    assert net.training and not any(module._forward_hooks or module._forward_pre_hooks for module in net.modules())
    assert [layer.units for layer in found] == [16, 16, 16, 32, 32, 64, 64]
    assert found[0].layer.startswith("stem.") and found[2].layer == "stages.0.0.after"
    with torch.no_grad():
        out = net.eval().stem(torch.cat([x for x, _ in images]))
    table = np.abs(np.corrcoef(out.mean(dim=(2, 3)).numpy().T))
    assert found[0].correlation == pytest.approx(table[~np.eye(16, dtype=bool)].mean(), rel=1e-3)
    assert found[0].zeros == pytest.approx(float((out == 0).double().mean()), abs=1e-4)
    assert found[0].mean == pytest.approx(float(out.mean()), rel=1e-4)


def test_a_module_that_is_passed_twice_has_two_layers() -> None:
    relu = nn.ReLU()
    net = nn.Sequential(nn.Flatten(), nn.Linear(192, 5), relu, nn.Linear(5, 3), relu, nn.Linear(3, 4))
    found = measure_features(net, batches(6, 4))
    assert [(layer.layer, layer.units) for layer in found] == [("2", 5), ("2 (2)", 3)]


def test_a_network_without_nonlinearities_has_no_features() -> None:
    assert measure_features(nn.Sequential(nn.Flatten(), nn.Linear(192, 4)), batches(4)) == ()
