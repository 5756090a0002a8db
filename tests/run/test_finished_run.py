"""A run that is taken up again: its networks and its images are those that it had."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
import torch
from torch import Tensor

from depthlab.recipe import compose
from depthlab.records import read_sealed
from depthlab.run import reopen
from depthlab.run.check import build_network
from depthlab.run.prepare import prepare
from depthlab.tracking import RunFolder, write_atomically
from tests.run.conftest import TINY, Trained, train

NOTHING = ("trainer.max_steps=1", "learning_rate=1e-30", "weight_decay=0")  # a step too small for any weight to change


@pytest.mark.parametrize(
    "words",
    [
        ("model=resnet", "seed=3"),
        ("model=plain", "depth=14", "dropout=0.3"),
        ("model=densenet", "depth=10", "model.growth_rate=4"),
    ],
    ids=lambda words: words[0],
)
def test_initial_weights_are_those_that_the_run_began_with(tmp_path: Path, bare: None, words: tuple[str, ...]) -> None:
    trained = train(tmp_path, *words, *NOTHING)
    torch.manual_seed(99)  # whatever was drawn before
    initial = reopen(trained.folder).network("initial")
    parameters = dict(initial.named_parameters())
    for name, parameter in parameters.items():  # zeros are not quite zeros after a step, however small
        assert torch.allclose(parameter, trained.weights[name], rtol=0, atol=1e-20), name
    assert any(parameter.std() > 0 for parameter in parameters.values())


def test_final_weights_are_those_that_were_kept(tracked: Trained) -> None:
    network = reopen(tracked.folder).network("final")
    assert not network.training
    assert all(torch.equal(value, tracked.weights[name]) for name, value in network.state_dict().items())


def test_batches_are_those_that_the_run_trained_on(tracked: Trained) -> None:
    reopened = reopen(tracked.folder)
    loader = prepare(compose([*TINY, "tracking=none"])).data.train_dataloader()
    there = list(zip(loader, reopened.training_batches(3), strict=False))
    assert len(there) == 3
    for (images, labels), (ours, our_labels) in there:
        assert torch.equal(images, ours) and torch.equal(labels, our_labels)
    again = [images for images, _ in reopened.training_batches(3)]
    assert torch.equal(again[0], there[0][1][0]), "asked twice, they are the same"


@pytest.mark.parametrize(("of", "size"), [("training_images", 180), ("test_images", 40)])
def test_images_are_as_many_as_asked_for_and_of_all_classes(tracked: Trained, of: str, size: int) -> None:
    reopened = reopen(tracked.folder)
    loaders = {"training_images": reopened.data.train_evaluation_dataloader(), "test_images": reopened.test_batches()}
    every = dict(zip(*_flat(loaders[of]), strict=True))
    for count in (1, 20, 10_000):
        pixels, labels = _flat(getattr(reopened, of)(count))
        assert len(set(pixels)) == len(pixels) == min(count, size)
        assert all(every[image] == label for image, label in zip(pixels, labels, strict=True)), "each has its own label"
        shares = torch.bincount(torch.tensor(labels), minlength=10)
        whole = torch.bincount(torch.tensor(list(every.values())), minlength=10)
        assert (shares - whole * len(labels) / size).abs().max() < 1
    assert _flat(getattr(reopened, of)(20)) == _flat(getattr(reopen(tracked.folder), of)(20)), "the same ones each time"


def _flat(batches: Iterable[tuple[Tensor, Tensor]]) -> tuple[list[bytes], list[int]]:
    """Return the pixels of each image, and its label."""
    pairs = [(image.numpy().tobytes(), int(label)) for batch in batches for image, label in zip(*batch, strict=True)]
    return [image for image, _ in pairs], [label for _, label in pairs]


def test_test_images_are_all_there_with_their_labels(tracked: Trained) -> None:
    batches = list(reopen(tracked.folder).test_batches())
    assert sum(len(images) for images, _ in batches) == tracked.folder.manifest.dataset.test_size
    labels = torch.cat([labels for _, labels in batches])
    counts = [sum(row) for row in tracked.record.confusion]
    assert torch.bincount(labels, minlength=len(counts)).tolist() == counts


def test_a_network_of_some_units_at_a_time_is_the_one_that_its_run_tested(tmp_path: Path, bare: None) -> None:
    trained = train(tmp_path, "depth=20", "active_units=3", "learning_rate=0.01")
    run = reopen(trained.folder)
    network = run.network("final")
    unscaled = build_network(compose([*TINY, "depth=20"]), num_classes=10, in_channels=3, image_size=8).eval()
    unscaled.load_state_dict(network.state_dict())
    with torch.no_grad():
        losses = [run.loss(network(images), labels) * len(labels) for images, labels in run.test_batches()]
        others = [run.loss(unscaled(images), labels) * len(labels) for images, labels in run.test_batches()]
    size, found = trained.folder.manifest.dataset.test_size, trained.record.metrics["test/loss"]
    assert float(sum(losses)) / size == pytest.approx(found, rel=1e-4)
    assert float(sum(others)) / size != pytest.approx(found, rel=1e-2), "branches count 3/9"


def test_other_images_are_refused(tmp_path: Path, bare: None) -> None:
    trained = train(tmp_path, "epochs=1")
    path = trained.folder.path / "manifest.json"
    text = json.dumps(read_sealed(path)).replace(trained.folder.manifest.dataset.checksum, "0" * 64)
    write_atomically(path, text)
    with pytest.raises(ValueError, match="was trained on other images than synthetic-8x8x3 has now"):
        reopen(RunFolder.open(trained.folder.path))


def test_weights_that_were_not_kept_are_told(tmp_path: Path, bare: None) -> None:
    trained = train(tmp_path, "epochs=1")
    (trained.folder.checkpoints / "best.ckpt").unlink()
    with pytest.raises(ValueError, match="is finished and has no best weights"):
        reopen(trained.folder).network("best")
