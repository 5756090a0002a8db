"""An evaluation equals a computation by hand, and leaves the network as it was."""

import math
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from depthlab.training import evaluate

CLASSES = 4
Batches = list[tuple[Tensor, Tensor]]


@pytest.fixture
def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.BatchNorm1d(12), nn.Dropout(0.5), nn.Linear(12, CLASSES))


@pytest.fixture
def batches() -> Batches:
    generator = torch.Generator().manual_seed(0)
    sizes = (8, 8, 3)
    # class 3 has no image
    return [
        (torch.randn(n, 3, 2, 2, generator=generator), torch.randint(0, 3, (n,), generator=generator)) for n in sizes
    ]


def test_an_evaluation_is_what_one_computes_by_hand(network: nn.Sequential, batches: Batches) -> None:
    found = evaluate(network, batches, num_classes=CLASSES)
    images, labels = (torch.cat(parts) for parts in zip(*batches, strict=True))
    scores = network.eval()(images)
    predicted = scores.argmax(dim=1)
    confusion = torch.zeros(CLASSES, CLASSES, dtype=torch.long)
    for true, taken_for in zip(labels.tolist(), predicted.tolist(), strict=True):
        confusion[true, taken_for] += 1
    assert found.confusion.tolist() == confusion.tolist()
    assert found.loss == pytest.approx(F.cross_entropy(scores, labels).item())
    assert found.accuracy == pytest.approx((predicted == labels).float().mean().item())
    by_class = [(predicted[labels == label] == label).float().mean().item() for label in range(3)]
    assert found.per_class_accuracy[:3] == pytest.approx(by_class)


def test_a_class_without_images_has_no_accuracy(network: nn.Sequential, batches: Batches) -> None:
    found = evaluate(network, batches, num_classes=CLASSES)
    assert math.isnan(found.per_class_accuracy[3])
    assert math.isfinite(found.accuracy)


@pytest.mark.parametrize("training", [True, False])
def test_every_module_gets_its_own_mode_back(network: nn.Sequential, batches: Batches, training: bool) -> None:
    network.train(training)
    network[1].eval()  # frozen, as a person's own network may have it
    before = {key: value.clone() for key, value in network.state_dict().items()}
    modes = [module.training for module in network.modules()]
    evaluate(network, batches, num_classes=CLASSES)
    assert [module.training for module in network.modules()] == modes
    assert all(torch.equal(before[key], value) for key, value in network.state_dict().items())


def test_the_mode_comes_back_after_an_error_too(network: nn.Sequential) -> None:
    def broken() -> Iterator[tuple[Tensor, Tensor]]:
        yield torch.zeros(2, 3, 2, 2), torch.zeros(2, dtype=torch.long)
        raise KeyError("batch")

    with pytest.raises(KeyError):
        evaluate(network, broken(), num_classes=CLASSES)
    assert network.training


def test_no_gradient_is_kept(batches: Batches) -> None:
    seen: list[bool] = []

    class ListenerCallback(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.scale = nn.Parameter(torch.ones(()))

        def forward(self, images: Tensor) -> Tensor:
            scores = self.scale * images.flatten(1)[:, :CLASSES]
            seen.append(scores.requires_grad)
            return scores

    evaluate(ListenerCallback(), batches, num_classes=CLASSES)
    assert seen == [False] * 3


def test_the_forward_pass_runs_in_the_given_context(network: nn.Sequential, batches: Batches) -> None:
    kinds: list[torch.dtype] = []
    network.register_forward_hook(lambda module, args, scores: kinds.append(scores.dtype))
    exact = evaluate(network, batches, num_classes=CLASSES)
    rounded = evaluate(
        network, batches, num_classes=CLASSES, autocast=lambda: torch.autocast("cpu", dtype=torch.bfloat16)
    )
    assert kinds == [torch.float32] * 3 + [torch.bfloat16] * 3
    assert rounded.loss == pytest.approx(exact.loss, rel=0.02)


def test_a_loss_that_is_no_number_is_not_left_out(network: nn.Sequential, batches: Batches) -> None:
    spoiled = [*batches, (torch.full((2, 3, 2, 2), math.nan), torch.zeros(2, dtype=torch.long))]
    assert math.isnan(evaluate(network, spoiled, num_classes=CLASSES).loss)
