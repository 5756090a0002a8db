"""Errors after lesions: many at once are those of each by itself, draws come again, statistics are put back."""

import copy
import itertools
import math
from collections.abc import Callable, Sequence

import pytest
import torch
from scipy import stats
from torch import Tensor, nn

from depthlab.measures.lesions import find_lesion_sites, removed, reordered, without
from depthlab.models import densenet, inception_v1, plain, resnet
from depthlab.nn import Network
from depthlab.questions.lesion.measure.errors import count_errors
from depthlab.questions.lesion.measure.lesions import SWAPS, counts_to_draw, draw_order, draw_sites, measure_lesions
from depthlab.questions.lesion.record import Lesions
from tests.measures.test_lesions import assert_same, snapshot, unsettle
from tests.models.forms import FORMS
from tests.models.test_contracts import MODELS, build, images_for

Batch = tuple[Tensor, Tensor]
NETWORKS: dict[str, Callable[[], Network]] = {
    "resnet": lambda: resnet(depth=14, num_classes=5),
    "plain": lambda: plain(depth=14, num_classes=5),
    "densenet": lambda: densenet(depth=10, growth_rate=4, num_classes=5),
    "inception_v1": lambda: inception_v1(depth=8, width=0.25, num_classes=5),
}


def batches_of(sizes: Sequence[int] = (24, 16), seed: int = 0) -> list[Batch]:
    generator = torch.Generator().manual_seed(seed)
    return [
        (torch.randn(size, 3, 8, 8, generator=generator), torch.randint(5, (size,), generator=generator))
        for size in sizes
    ]


@pytest.fixture(params=NETWORKS)
def net(request: pytest.FixtureRequest) -> Network:
    torch.manual_seed(3)
    built = NETWORKS[request.param]().eval()
    unsettle(built)
    return built


@torch.no_grad()
def slow_error(net: nn.Module, batches: Sequence[Batch]) -> float:
    wrong = sum(int((net(images).argmax(1) != labels).sum()) for images, labels in batches)
    return 100 * wrong / sum(len(labels) for _, labels in batches)


def test_errors_counted_at_once_are_those_of_each_lesion_by_itself(net: Network) -> None:
    batches = batches_of()
    before = snapshot(net)
    found = measure_lesions(net, batches, batches[:1], draws=3)
    assert_same(net, before)
    possible = find_lesion_sites(net, batches[0][0])
    assert found.error == slow_error(net, batches) and (found.single_images, found.draw_images) == (40, 24)
    for site, error in zip(found.sites, found.singles, strict=True):
        with removed(net, possible, [site]):
            assert slow_error(net, batches) == error, site.name
    for one in found.deletions + found.inner_deletions:
        with removed(net, possible, [found.sites[index] for index in one.deleted]):
            assert slow_error(net, batches[:1]) == one.error
    units = len(list(net.units()))
    for moved in found.reorderings:
        order = draw_order(possible.movable, units, moved.swaps, moved.draw)
        assert moved.tau == stats.kendalltau(range(units), order).statistic
        with reordered(net, order):
            assert slow_error(net, batches[:1]) == moved.error


def test_one_random_deletion_is_a_single_deletion(net: Network) -> None:
    batches = batches_of()
    found = measure_lesions(net, batches, batches, draws=4)
    ones = [one for one in found.deletions if one.count == 1]
    assert len(ones) == min(4, len(found.sites))
    assert [one.error for one in ones] == [found.singles[one.deleted[0]] for one in ones]
    every = [one for one in found.deletions if one.count == len(found.sites)]
    assert len(every) == 1 and every[0].deleted == tuple(range(len(found.sites)))


def test_transitions_are_left_out_where_that_is_said() -> None:
    found = measure_lesions(resnet(depth=14, num_classes=5), batches_of(), batches_of(), draws=2)
    transitions = {index for index, site in enumerate(found.sites) if site.transition}
    assert transitions == {2, 4}
    assert any(transitions & set(one.deleted) for one in found.deletions)
    assert found.inner_deletions and not any(transitions & set(one.deleted) for one in found.inner_deletions)
    assert max(one.count for one in found.inner_deletions) == len(found.sites) - 2
    unmoved = measure_lesions(densenet(depth=10, num_classes=5), batches_of(), batches_of(), draws=2)
    assert unmoved.inner_deletions == () and unmoved.reorderings == (), "no transitions, and no unit keeps its shape"


def reestimated(net: Network, images: Sequence[Tensor]) -> Network:
    """A copy whose batch norm averages over the batches what it sees, by the book."""
    net = copy.deepcopy(net).eval()
    norms = [module for module in net.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
        norm.train()
    with torch.no_grad():
        for batch in images:
            net(batch)
    return net.eval()


@pytest.mark.slow
def test_statistics_are_estimated_again_after_each_lesion_and_put_back(net: Network) -> None:
    batches = batches_of((60, 40))
    images = [batch for batch, _ in batches_of((16, 16, 8), seed=5)]
    before, buffers = snapshot(net), [id(buffer) for buffer in net.buffers()]
    found = measure_lesions(net, batches, batches, draws=2, estimation=images)
    assert_same(net, before)
    assert [id(buffer) for buffer in net.buffers()] == buffers, "they are the same tensors"
    possible = find_lesion_sites(net, batches[0][0])
    assert found.error == slow_error(reestimated(net, images), batches)
    for site, error in zip(found.sites, found.singles, strict=True):
        with removed(net, possible, [site]):
            assert slow_error(reestimated(net, images), batches) == error, site.name
    for one in found.deletions:
        with removed(net, possible, [found.sites[index] for index in one.deleted]):
            assert slow_error(reestimated(net, images), batches) == one.error
    trained = measure_lesions(net, batches, batches, draws=0)
    assert trained.singles != found.singles


def test_a_lesion_that_changes_nothing_has_the_error_of_the_whole(net: Network) -> None:
    possible = find_lesion_sites(net, batches_of()[0][0])
    units = list(net.units())
    for estimation in (None, [images for images, _ in batches_of()]):
        found = count_errors(net, [units, without(units, possible, [])], batches_of(), estimation=estimation)
        assert found.each == (found.whole, found.whole)


def test_a_network_is_as_it_was_after_an_error_in_the_middle() -> None:
    net = resnet(depth=8, num_classes=5)
    net.stages[2][0].paths["branch"].conv1.train()
    before, buffers = snapshot(net), [id(buffer) for buffer in net.buffers()]
    broken = [(torch.randn(4, 3, 8, 8), torch.zeros(4, dtype=torch.int64)), (torch.randn(4, 2, 8, 8), torch.zeros(4))]
    for estimation in (None, [torch.randn(4, 3, 8, 8), torch.randn(4, 2, 8, 8)]):
        with pytest.raises(RuntimeError):
            measure_lesions(net, broken, broken, draws=1, estimation=estimation)
        assert_same(net, before)
        assert [id(buffer) for buffer in net.buffers()] == buffers


def test_draws_come_again_and_hang_on_their_numbers_alone() -> None:
    first = [draw_sites(range(9), 3, draw) for draw in range(50)]
    assert first == [draw_sites(range(9), 3, draw) for draw in range(50)]
    assert len(set(first)) > 25 and all(len(set(one)) == 3 for one in first)
    assert {index for one in first for index in one} == set(range(9))
    assert draw_sites([2, 5, 7], 3, 0) == (2, 5, 7)
    movable = ((0, 1, 2), (4, 5), (7,))
    for swaps in SWAPS:
        order = draw_order(movable, 8, swaps, 1)
        assert order == draw_order(movable, 8, swaps, 1)
        assert (order[3], order[6], order[7]) == (3, 6, 7) and set(order[:3]) == {0, 1, 2} and set(order[4:6]) == {4, 5}
    assert sum(a != b for a, b in enumerate(draw_order(movable, 8, 1, 0))) == 2, "one swap moves two units"
    assert draw_order(((0,), (1,)), 2, 3, 0) == (0, 1)


@pytest.mark.parametrize("sites", [1, 9, 16, 17, 27, 54, 500])
def test_numbers_of_deletions_go_from_one_to_all(sites: int) -> None:
    counts = counts_to_draw(sites)
    assert counts[0] == 1 and counts[-1] == sites and len(counts) <= 16
    assert all(a < b for a, b in itertools.pairwise(counts))
    assert counts_to_draw(0) == ()


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
def test_every_family_goes_through(model: str) -> None:
    net = build((model, *FORMS.get(model, [[]])[0]))
    images = images_for(net)
    batch = (images, torch.arange(len(images)) % 5)
    for estimation in (None, [images, images]):
        found = measure_lesions(net, [batch], [batch], draws=1, estimation=estimation)
        assert isinstance(found, Lesions) and Lesions.from_json(found.to_json()) == found
        assert len(found.singles) == len(found.sites) and found.units == len(list(net.units()))
        errors = [*found.singles, *(one.error for one in (*found.deletions, *found.reorderings))]
        assert all(0 <= error <= 100 and math.isclose(error % 25, 0) for error in errors)


def test_draws_can_be_left_out() -> None:
    found = measure_lesions(resnet(depth=8, num_classes=5), batches_of(), [], draws=0)
    assert len(found.singles) == 3 and found.deletions == found.reorderings == () and found.draw_images == 0
