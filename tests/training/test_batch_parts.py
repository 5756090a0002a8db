"""A batch that is cut into parts stays one batch: none of it is lost, and what is made of the parts is what it would be
made of the whole."""

import copy
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from depthlab.nn import Network, Sum
from depthlab.training import Classifier, Team
from depthlab.training.batch_parts import RunningStatistics, split_batch
from depthlab.training.schedules import constant

CLASSES = 4
Grown = Callable[[], nn.Module]


def member(rank: int, size: int) -> Team:
    """A member that needs no one to talk to."""
    team = Team()
    team.rank, team.size = rank, size
    return team


def batch(size: int, *, soft: bool = False) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(size)
    images = torch.randn(size, 3, 4, 4, generator=generator)
    labels = torch.randint(0, CLASSES, (size,), generator=generator)
    return images, torch.softmax(torch.randn(size, CLASSES, generator=generator), 1) if soft else labels


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 13])
@pytest.mark.parametrize(("members", "microbatches"), [(1, 1), (2, 1), (3, 1), (4, 1), (1, 3), (2, 2), (3, 4)])
def test_all_parts_of_all_members_are_the_batch(size: int, members: int, microbatches: int) -> None:
    images, labels = batch(size)
    parts = [
        part
        for rank in range(members)
        for part in split_batch(images, labels, team=member(rank, members), microbatches=microbatches)
    ]
    assert torch.equal(torch.cat([part.images for part in parts if part.share]), images)
    assert torch.equal(torch.cat([part.targets for part in parts if part.share]), labels)
    assert sum(part.share for part in parts) == pytest.approx(1)
    assert all(part.share in (0, len(part.images) / size) for part in parts)
    assert min(len(part.images) for part in parts) >= min(2, size)


def test_every_member_has_something_to_compute_of_too_few_images() -> None:
    images, labels = batch(5)
    sizes = [[len(p.images) for p in split_batch(images, labels, team=member(r, 4), microbatches=1)] for r in range(4)]
    assert sizes == [[3], [2], [3], [3]]


def test_members_take_the_parts_of_one_process_with_as_many_microbatches() -> None:
    images, labels = batch(11)
    alone = split_batch(images, labels, team=Team(), microbatches=3)
    for rank in range(3):
        (part,) = split_batch(images, labels, team=member(rank, 3), microbatches=1)
        assert torch.equal(part.images, alone[rank].images)
        assert part.share == alone[rank].share


def grouped() -> nn.Module:
    return _network(nn.GroupNorm(2, 6))


def normalized() -> nn.Module:
    return _network(nn.BatchNorm2d(6))


def with_auxiliary_head() -> nn.Module:
    units = [Sum({"branch": nn.Conv2d(3, 6, 3)}), Sum({"branch": nn.Conv2d(6, 6, 1)})]
    heads = [nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, CLASSES)) for _ in range(2)]
    return Network(stem=nn.Sequential(), stages=[units[:1], units[1:]], head=heads[0], auxiliary={0: heads[1]})


def _network(norm: nn.Module) -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, 6, 3), norm, nn.ReLU(), nn.Flatten(), nn.Linear(24, CLASSES))


def step(network: nn.Module, images: Tensor, targets: Tensor, microbatches: int) -> tuple[float, dict[str, float]]:
    """Compute one batch's gradients; return its loss and the epoch's metrics."""
    classifier = Classifier(
        network,
        optimizer=lambda parameters: torch.optim.SGD(parameters, lr=0.1),
        schedule=constant(),
        total_steps=1,
        num_classes=CLASSES,
        label_smoothing=0.1,
        microbatches=microbatches,
    )
    classifier.on_train_batch_start((images, targets), 0)
    loss = classifier.training_step((images, targets), 0)
    loss.backward()
    classifier.on_after_backward()
    return loss.item(), classifier.epoch_metrics("train")


@pytest.mark.parametrize("soft", [False, True])
@pytest.mark.parametrize("network", [grouped, with_auxiliary_head])
@pytest.mark.parametrize("microbatches", [2, 3, 50])
def test_parts_give_loss_gradients_and_metrics_of_the_whole(network: Grown, soft: bool, microbatches: int) -> None:
    torch.manual_seed(0)
    whole = network()
    parts = copy.deepcopy(whole)
    images, targets = batch(13, soft=soft)
    loss, metrics = step(whole, images, targets, 1)
    found, found_metrics = step(parts, images, targets, microbatches)
    assert found == pytest.approx(loss, rel=1e-6)
    assert found_metrics == pytest.approx(metrics, rel=1e-6)
    for one, other in zip(whole.parameters(), parts.parameters(), strict=True):
        torch.testing.assert_close(other.grad, one.grad, rtol=1e-5, atol=1e-7)


def test_running_statistics_are_the_mean_of_what_each_part_would_make_of_them() -> None:
    torch.manual_seed(0)
    network = normalized()
    images, labels = batch(7)
    made = []
    for x in images.tensor_split(3):
        alone = copy.deepcopy(network)
        alone(x)
        made.append({name: buffer * len(x) / 7 for name, buffer in alone.named_buffers() if "running" in name})
    step(network, images, labels, 3)
    for name, buffer in network.named_buffers():
        if "running" in name:
            torch.testing.assert_close(buffer, sum(part[name] for part in made))
    assert dict(network.named_buffers())["1.num_batches_tracked"] == 1


def test_buffers_that_no_part_changes_keep_their_bits() -> None:
    network = nn.BatchNorm2d(3)
    network.register_buffer("constant", torch.rand(100))
    constant_before = network.constant.clone()
    statistics = RunningStatistics(network)
    for share in (0.3, 0.3, 0.4):
        network(torch.randn(2, 3, 2, 2))
        statistics.add(share)
        statistics.restore()
    statistics.finish(Team())
    assert torch.equal(network.constant, constant_before)
