"""InceptionModule modules as data, and the arithmetic of their channels."""

import pytest
import torch
from torch import nn

from depthlab.models.inception.layers import UnitBuilder
from depthlab.models.inception.modules import (
    InceptionModule,
    ModulePath,
    choose_modules,
    column,
    conv,
    divide_channels,
    row,
)
from depthlab.nn import Concat, LayerFactory, Parallel

FACTORY = LayerFactory("inception", None)
MODULE = InceptionModule(
    {
        "one": ModulePath((conv(1, 4),)),
        "split": ModulePath((conv(1, 6), (*row(3, 2), *column(3, 2)))),
        "pool": ModulePath((conv(1, 8),), pool="average"),
    }
)
STRIDED = InceptionModule({"three": ModulePath((conv(1, 3), conv(3, 5))), "pool": ModulePath(pool="max")}, stride=2)


def test_a_module_counts_layers_and_channels() -> None:
    assert (MODULE.layers, MODULE.added, MODULE.out_channels(7)) == (2, 16, 16)
    assert (STRIDED.layers, STRIDED.added, STRIDED.out_channels(7)) == (2, 5, 12)


def test_a_unit_has_the_module_s_paths_in_order_and_its_channels() -> None:
    unit = UnitBuilder(FACTORY).unit(MODULE, 7)
    assert isinstance(unit, Concat)
    assert list(unit.paths) == ["one", "split", "pool"]
    x = torch.randn(2, 7, 5, 6)
    assert [path(x).shape[1] for path in unit.paths.values()] == [4, 4, 8]
    assert unit(x).shape == (2, 16, 5, 6)


def test_convolutions_side_by_side_are_a_merge_inside_a_path() -> None:
    split = UnitBuilder(FACTORY).unit(MODULE, 7).get_submodule("paths.split.split2")
    assert isinstance(split, Parallel)
    kernels = {name: path.get_submodule("conv").kernel_size for name, path in split.paths.items()}
    assert kernels == {"1x3": (1, 3), "3x1": (3, 1)}


@pytest.mark.parametrize(("padded", "size", "out"), [(True, 7, 4), (True, 8, 4), (True, 1, 1), (False, 7, 3)])
def test_a_module_that_strides_strides_once_in_every_path(padded: bool, size: int, out: int) -> None:
    unit = UnitBuilder(FACTORY, padded=padded).unit(STRIDED, 7)
    x = torch.randn(2, 7, size, size)
    assert unit(x).shape == (2, 12, out, out)
    assert torch.equal(unit(x)[:, 5:], nn.functional.max_pool2d(x, 3, stride=2, padding=1 if padded else 0))


def test_averages_leave_out_the_zeros_around_the_image() -> None:
    pool = UnitBuilder(FACTORY).unit(MODULE, 7).get_submodule("paths.pool.pool")
    assert torch.equal(pool(torch.ones(1, 1, 4, 4)), torch.ones(1, 1, 4, 4))


@pytest.mark.parametrize("batch_norm", [True, False])
def test_convolutions_have_batch_norm_or_a_bias(batch_norm: bool) -> None:
    unit = UnitBuilder(LayerFactory("inception", None, normalization="batch" if batch_norm else "none")).unit(MODULE, 7)
    biases = [module.bias is None for module in unit.modules() if isinstance(module, nn.Conv2d)]
    assert biases == [batch_norm] * 5
    assert any(isinstance(module, nn.BatchNorm2d) for module in unit.modules()) == batch_norm


@pytest.mark.parametrize("added", [8, 16, 24, 37])
def test_a_scaled_module_has_exactly_the_channels_asked_for(added: int) -> None:
    scaled = MODULE.scaled(added)
    assert scaled.added == added
    assert list(scaled.paths) == list(MODULE.paths)
    assert scaled.paths["split"].steps[0][0].channels == round(6 * added / 16)


def test_scaling_by_one_changes_nothing() -> None:
    assert MODULE.times(1.0) == MODULE
    assert MODULE.times(2.0).added == 32


@pytest.mark.parametrize(("total", "shares", "parts"), [(8, [64, 128, 32, 32], [2, 4, 1, 1]), (5, [1, 1], [2, 3])])
def test_channels_are_divided_without_a_rest(total: int, shares: list[int], parts: list[int]) -> None:
    assert divide_channels(total, shares) == parts


def test_a_module_too_narrow_for_its_paths_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^width is too small for inception modules: one of 4 .* none of 5 channels"):
        divide_channels(5, [64, 128, 32, 32])


def test_a_stage_takes_the_last_modules_or_repeats_the_last() -> None:
    table = [MODULE.scaled(n) for n in (16, 17, 18)]
    assert choose_modules(table, 3) == table
    assert choose_modules(table, 1) == table[2:]
    assert choose_modules(table, 5) == [*table, table[2], table[2]]
    assert choose_modules(table, 0) == []
