"""The classifier's loss is F.cross_entropy, and an epoch's numbers are those of all its images."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from depthlab.models import resnet
from depthlab.nn import ActiveUnits, Network, Sum
from depthlab.training import Classifier
from depthlab.training.schedules import constant

CLASSES = 4


@pytest.fixture
def make() -> Callable[..., Classifier]:
    def make(label_smoothing: float = 0.0) -> Classifier:
        torch.manual_seed(0)
        network = nn.Sequential(nn.Flatten(), nn.Linear(12, CLASSES))
        return Classifier(
            network,
            optimizer=lambda parameters: torch.optim.SGD(parameters, lr=0.5, momentum=0.9),
            schedule=lambda step, total: 1 / (1 + step) if total == 10 else 0.0,
            total_steps=10,
            num_classes=CLASSES,
            label_smoothing=label_smoothing,
        )

    return make


def batch(size: int, seed: int) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    images = torch.randn(size, 3, 2, 2, generator=generator)
    # unbalanced on purpose: the average over classes is then another one than that over images
    return images, torch.randint(0, CLASSES, (size,), generator=generator).clamp(min=1)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_the_training_loss_is_cross_entropy_with_smoothing(make: Callable[..., Classifier], smoothing: float) -> None:
    classifier, (images, labels) = make(smoothing), batch(8, 0)
    scores = classifier.network(images)
    log = scores.log_softmax(dim=1)
    wrong = -log.mean(dim=1)  # all classes share what is smoothed away
    expected = ((1 - smoothing) * -log[torch.arange(8), labels] + smoothing * wrong).mean()
    torch.testing.assert_close(classifier.training_step((images, labels), 0), expected)
    torch.testing.assert_close(expected, F.cross_entropy(scores, labels, label_smoothing=smoothing))


def test_labels_may_be_shares_of_classes(make: Callable[..., Classifier]) -> None:
    classifier, (images, labels) = make(), batch(6, 0)
    shares = 0.7 * F.one_hot(labels, CLASSES).float() + 0.3 * F.one_hot(labels.flip(0), CLASSES).float()
    expected = -(shares * classifier.network(images).log_softmax(dim=1)).sum(dim=1).mean()
    torch.testing.assert_close(classifier.training_step((images, shares), 0), expected)
    right = (classifier.network(images).argmax(dim=1) == shares.argmax(dim=1)).float().mean()
    assert classifier.epoch_metrics("train")["train/accuracy"] == pytest.approx(right.item())


def test_whole_labels_and_their_shares_are_the_same(make: Callable[..., Classifier]) -> None:
    classifier, (images, labels) = make(0.1), batch(6, 0)
    whole = classifier.training_step((images, labels), 0)
    shares = classifier.training_step((images, F.one_hot(labels, CLASSES).float()), 0)
    torch.testing.assert_close(whole, shares)


def test_auxiliary_heads_add_three_tenths_of_their_loss_to_what_is_minimized(make: Callable[..., Classifier]) -> None:
    torch.manual_seed(0)
    unit = Sum({"branch": nn.Conv2d(3, 5, 1)})
    heads = [nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, CLASSES)) for _ in range(2)]
    classifier, (images, labels) = make(), batch(8, 0)
    classifier.network = Network(stem=nn.Sequential(), stages=[[unit]], head=heads[0], auxiliary={0: heads[1]})
    main, other = (F.cross_entropy(head(unit(images)), labels) for head in heads)
    torch.testing.assert_close(classifier.training_step((images, labels), 0), main + 0.3 * other)
    assert classifier.epoch_metrics("train")["train/loss"] == pytest.approx(main.item())


@pytest.mark.parametrize("split", ["train", "val"])
def test_an_epochs_numbers_weigh_every_image_the_same(make: Callable[..., Classifier], split: str) -> None:
    classifier = make()
    batches = [batch(size, seed) for seed, size in enumerate((8, 8, 3))]
    step = classifier.training_step if split == "train" else classifier.validation_step
    for index, one in enumerate(batches):
        step(one, index)
    images, labels = (torch.cat(parts) for parts in zip(*batches, strict=True))
    scores = classifier.network(images)
    expected = {
        f"{split}/loss": F.cross_entropy(scores, labels).item(),
        f"{split}/accuracy": (scores.argmax(dim=1) == labels).float().mean().item(),
    }
    assert classifier.epoch_metrics(split) == pytest.approx(expected)


def test_validation_is_not_smoothed(make: Callable[..., Classifier]) -> None:
    classifier, (images, labels) = make(0.3), batch(8, 0)
    classifier.validation_step((images, labels), 0)
    expected = F.cross_entropy(classifier.network(images), labels).item()
    assert classifier.epoch_metrics("val")["val/loss"] == pytest.approx(expected)


def test_an_epoch_begins_from_nothing(make: Callable[..., Classifier]) -> None:
    classifier = make()
    classifier.training_step(batch(8, 0), 0)
    first = classifier.epoch_metrics("train")
    classifier.training_step(batch(8, 1), 0)
    second = classifier.epoch_metrics("train")
    classifier.training_step(batch(8, 0), 0)
    assert classifier.epoch_metrics("train") == first != second


def test_the_numbers_of_an_epoch_under_way_are_in_the_checkpoint(make: Callable[..., Classifier]) -> None:
    cut, whole = make(), make()
    for classifier in (cut, whole):
        classifier.training_step(batch(8, 0), 0)
    resumed = make()
    resumed.load_state_dict(cut.state_dict())
    for classifier in (resumed, whole):
        classifier.training_step(batch(3, 1), 1)
    assert resumed.epoch_metrics("train") == whole.epoch_metrics("train")


def test_the_schedule_scales_the_learning_rate_at_every_step(make: Callable[..., Classifier]) -> None:
    settings = make().configure_optimizers()
    optimizer, scheduler = settings["optimizer"], settings["lr_scheduler"]
    assert scheduler["interval"] == "step"
    rates = []
    for _ in range(3):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler["scheduler"].step()
    assert rates == pytest.approx([0.5, 0.25, 0.5 / 3])


def test_the_optimizer_has_every_weight_of_the_network_and_no_other() -> None:
    network = nn.Linear(3, CLASSES)
    classifier = Classifier(
        network, optimizer=torch.optim.Adam, schedule=constant(), total_steps=1, num_classes=CLASSES
    )
    groups = classifier.configure_optimizers()["optimizer"].param_groups
    assert [id(p) for group in groups for p in group["params"]] == [id(p) for p in network.parameters()]


@pytest.mark.parametrize("split", ["train", "val"])
def test_a_loss_that_is_no_number_is_not_left_out(make: Callable[..., Classifier], split: str) -> None:
    classifier, (images, labels) = make(), batch(4, 0)
    step = classifier.training_step if split == "train" else classifier.validation_step
    step((images, labels), 0)
    step((images * float("nan"), labels), 1)
    assert math.isnan(classifier.epoch_metrics(split)[f"{split}/loss"])


def test_some_units_are_active_in_training_and_all_of_them_in_validation() -> None:
    torch.manual_seed(0)
    network = resnet(depth=8, num_classes=CLASSES)
    active = ActiveUnits(network, 1, seed=3)
    classifier = Classifier(
        network,
        optimizer=torch.optim.SGD,
        schedule=constant,
        total_steps=10,
        num_classes=CLASSES,
        active_units=active,
    )
    images, labels = torch.randn(4, 3, 8, 8), torch.tensor([0, 1, 2, 3])
    classifier.training_step((images, labels), 0).backward()
    learned = [next(unit.paths["branch"].parameters()).grad is not None for unit in network.units()]
    assert learned == [place in active.chosen(0) for place in range(3)] and sum(learned) == 1
    classifier.eval()
    with torch.no_grad():
        classifier.validation_step((images, labels), 0)
        expected = F.cross_entropy(network(images), labels)
    assert classifier.epoch_metrics("val")["val/loss"] == pytest.approx(expected.item(), rel=1e-5)
