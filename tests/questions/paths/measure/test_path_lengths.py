"""Counts of paths are those of the closed forms, and a drawn path is any path of its length."""

import random
from collections import Counter
from math import comb

import pytest
from torch import nn

from depthlab.models import densenet, inception_v1, plain, preresnet, resnet, resnext
from depthlab.nn import Concat, Network, Parallel, Sum
from depthlab.questions.paths.measure.path_lengths import measure_path_lengths, paths_through
from depthlab.questions.paths.record import PathLengths
from tests.questions.paths.measure.networks import every_path


def net_of(*units: Parallel) -> Network:
    return Network(stem=nn.Sequential(), stages=[units], head=nn.Sequential(nn.Linear(1, 2)))


def conv() -> nn.Conv2d:
    return nn.Conv2d(1, 1, 1)


def binomial(n: int) -> tuple[int, ...]:
    return tuple(comb(n, k) for k in range(n + 1))


@pytest.mark.parametrize(("family", "depth", "units"), [(resnet, 20, 9), (preresnet, 56, 27), (resnet, 110, 54)])
def test_residual_units_give_a_binomial(family, depth: int, units: int) -> None:
    found = measure_path_lengths(family(depth=depth))
    assert found.branches == binomial(units)
    # the stem, the head, and two layers for each branch
    assert found.layers == tuple(comb(units, (k - 2) // 2) if k >= 2 and k % 2 == 0 else 0 for k in range(depth + 1))


def test_the_published_shares_of_resnet_110() -> None:
    """Veit et al. 2016, sec. 5: more than 95 % of paths at lengths 19 to 35, and 0.45 % at 5 to 17."""
    counts = measure_path_lengths(resnet(depth=110)).branches
    assert sum(counts) == 2**54
    assert sum(counts[19:36]) / 2**54 == pytest.approx(0.980, abs=5e-4)
    assert sum(counts[5:18]) / 2**54 == pytest.approx(0.004537, abs=5e-7)


@pytest.mark.parametrize("shortcut", ["B", "C"])
def test_projections_are_no_branch_and_no_layer(shortcut: str) -> None:
    assert measure_path_lengths(resnet(depth=8, shortcut=shortcut)) == measure_path_lengths(resnet(depth=8))


def test_a_plain_network_has_one_path() -> None:
    assert measure_path_lengths(plain(depth=20)) == PathLengths((*[0] * 9, 1), (*[0] * 20, 1))


def test_stacked_features_are_merged_as_added_ones_are() -> None:
    found = measure_path_lengths(densenet(depth=13))
    assert found.branches == (0, 0, *binomial(9))  # two transitions of one path
    assert found.layers == (0, 0, 0, 0, *binomial(9))  # and stem and head


def test_inception_multiplies_paths() -> None:
    """Each of 9 modules has two paths of one layer (1x1, pooling with a projection) and two of two (3x3, 5x5)."""
    found = measure_path_lengths(inception_v1(depth=20))
    assert found.branches == (*[0] * 9, 4**9)
    assert found.layers == (*[0] * 11, *(2**9 * comb(9, k) for k in range(10)))


def test_parallels_inside_paths_multiply() -> None:
    inner = Concat({"a": conv(), "b": nn.Sequential(conv(), conv()), "c": nn.Identity()})
    unit = Sum({"branch": nn.Sequential(inner, conv()), "skip": nn.Identity()}, before=Sum({"x": conv(), "y": conv()}))
    found = measure_path_lengths(net_of(unit))
    assert found.branches == (2, 6)  # twice the paths before; three branches
    # the head is one layer, what stands before another: (1 + x (1 + x + x²)) 2 x²
    assert found.layers == (0, 0, 2, 2, 2, 2)


def test_a_cardinal_branch_is_one_branch() -> None:
    assert measure_path_lengths(resnext(depth=11, cardinality=2, group_width=4)).branches == binomial(3)


@pytest.mark.parametrize("net", [resnet(depth=14), densenet(depth=10), inception_v1(depth=[1, 1, 1])])
@pytest.mark.parametrize("by", ["branches", "layers"])
def test_all_ways_together_are_the_counts(net: Network, by) -> None:
    paths = paths_through(net, by)
    every = list(every_path(paths))
    assert len({choices for _, choices in every}) == len(every) == sum(paths.lengths)
    assert Counter(length for length, _ in every) == {k: n for k, n in enumerate(paths.lengths) if n}


@pytest.mark.parametrize(("net", "length"), [(resnet(depth=14), 3), (densenet(depth=10), 4), (preresnet(depth=8), 0)])
def test_each_path_of_a_length_is_as_likely_as_any_other(net: Network, length: int) -> None:
    paths, generator = paths_through(net, "branches"), random.Random(1)
    expected = {choices for k, choices in every_path(paths) if k == length}
    draws = 400 * len(expected)
    counts = Counter(tuple(paths.draw(length, generator)) for _ in range(draws))
    assert set(counts) == expected
    assert all(abs(count - 400) < 100 for count in counts.values())  # five standard deviations


def test_uneven_ways_are_drawn_evenly() -> None:
    three = Sum({"a": conv(), "b": conv(), "c": conv()})
    paths = paths_through(
        net_of(Sum({"branch": three, "skip": nn.Identity()}), Sum({"branch": conv(), "skip": conv()})), "branches"
    )
    counts = Counter(dict(paths.draw(1, random.Random(seed)))["stages.0.0"] for seed in range(4000))
    assert counts["branch"] == pytest.approx(3000, abs=150)  # three of four paths of one branch


def test_a_network_of_ones_own_is_refused_in_one_line() -> None:
    with pytest.raises(
        ValueError, match=r"^a Linear has no units of named paths.*: build a depthlab.nn.Network of Sum and Concat$"
    ):
        measure_path_lengths(nn.Linear(2, 2))


def test_numbers_of_any_size_come_back_from_json() -> None:
    found = PathLengths(binomial(200), (1,))
    assert PathLengths.from_json(found.to_json()) == found
