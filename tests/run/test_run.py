"""A whole run: what its folder says, and that its numbers are those of its weights."""

import math
import os
from pathlib import Path

import pytest
import torch

from depthlab.data import ImageData, ImageSet, LoadingOptions, synthetic
from depthlab.nn import measure_cost
from depthlab.recipe import compose
from depthlab.run import run
from depthlab.run.restore import load
from depthlab.tracking import RunFolder, find_folders
from depthlab.training import evaluate, read_weights
from tests.run.conftest import STEPS_PER_EPOCH, TINY, Trained, train

EPOCH_NAMES = {"train/loss", "train/accuracy", "val/loss", "val/accuracy", "throughput/images_per_second"}
FINAL_NAMES = {
    *("final/train_loss", "final/train_accuracy", "test/loss", "test/accuracy"),
    *("model/parameters", "model/multiply_adds"),
}


@pytest.fixture(scope="session")
def images() -> ImageSet:
    return synthetic(image_size=8, train_size=200, test_size=40)


@pytest.fixture(scope="session")
def data(images: ImageSet) -> ImageData:
    return ImageData(
        images, batch_size=32, seed=0, loading=LoadingOptions(), device=torch.device("cpu"), channels_last=True
    )


def test_the_folder_of_a_finished_run_is_whole(tracked: Trained) -> None:
    folder = tracked.folder
    assert folder.status == "finished"
    assert not folder.alive
    assert folder.record == tracked.record
    assert sorted(file.name for file in folder.checkpoints.iterdir()) == [
        "best.ckpt",
        "final.ckpt",
        "last.ckpt",
        "previous.ckpt",
    ]
    assert not list(folder.path.rglob("*.partial"))
    assert {"learning_curves.png", "confusion_matrix.png"} <= {file.name for file in folder.path.iterdir()}


def test_the_manifest_tells_how_to_repeat_the_run(tracked: Trained) -> None:
    manifest = tracked.folder.manifest
    assert manifest.name == "resnet-8 · synthetic · seed 0"
    assert set(TINY) <= set(manifest.overrides)
    assert manifest.config["batch_size"] == 32
    assert (manifest.seed, manifest.threads, manifest.device, manifest.precision) == (0, 1, "cpu", "fp32")
    assert (manifest.dataset.train_size, manifest.dataset.validation_size, manifest.dataset.test_size) == (180, 20, 40)
    assert len(manifest.fingerprint) == 16


def test_the_journal_has_every_step_and_epoch_once(tracked: Trained) -> None:
    lines = tracked.folder.journal.read()
    steps = [line.step for line in lines if "train/step_loss" in line.values]
    assert steps == list(range(1, 2 * STEPS_PER_EPOCH + 1))
    epochs = [(line.step, line.epoch) for line in lines if line.values.keys() == EPOCH_NAMES]
    assert epochs == [(STEPS_PER_EPOCH, 1), (2 * STEPS_PER_EPOCH, 2)]
    assert (lines[-1].step, lines[-1].values.keys()) == (2 * STEPS_PER_EPOCH, FINAL_NAMES)
    written = [(line.step, name) for line in lines for name in line.values]
    assert len(written) == len(set(written))
    assert all(math.isfinite(value) for line in lines for value in line.values.values())


def test_the_records_numbers_are_those_of_the_final_weights(tracked: Trained, data: ImageData) -> None:
    record = tracked.record
    network = load(record.folder, root=tracked.root).network
    loaders = {"final/train": data.train_evaluation_dataloader(), "val": data.val_dataloader()}
    for name, loader in (loaders | {"test": data.test_dataloader()}).items():
        found = evaluate(network, loader, num_classes=10)
        separator = "_" if name == "final/train" else "/"
        assert record.metrics[f"{name}{separator}accuracy"] == found.accuracy
        assert record.metrics[f"{name}{separator}loss"] == pytest.approx(found.loss, rel=1e-6)
    assert record.confusion == tuple(map(tuple, found.confusion.tolist()))
    assert record.per_class_accuracy == pytest.approx(found.per_class_accuracy, nan_ok=True)
    cost = measure_cost(network, (3, 8, 8))
    assert record.metrics["model/parameters"] == cost.parameters == 75_290
    assert record.metrics["model/multiply_adds"] == cost.multiply_adds


def test_the_records_curves_are_the_journals(tracked: Trained) -> None:
    record, lines = tracked.record, tracked.folder.journal.read()
    assert record.curves.keys() == EPOCH_NAMES
    for name, points in record.curves.items():
        assert points == [[line.epoch, line.values[name]] for line in lines if name in line.values]
        assert name not in record.metrics or record.metrics[name] == pytest.approx(points[-1][1], rel=1e-6)


def test_the_best_epoch_is_the_first_with_the_highest_validation_accuracy(tracked: Trained, data: ImageData) -> None:
    record = tracked.record
    accuracies = [accuracy for _, accuracy in record.curves["val/accuracy"]]
    assert record.best_epoch == 1 + accuracies.index(max(accuracies))
    best = load(record.folder, weights="best", root=tracked.root).network
    assert evaluate(best, data.val_dataloader(), num_classes=10).accuracy == pytest.approx(max(accuracies))


@pytest.mark.parametrize("by", ["folder", "run_id", "beginning"])
def test_a_network_is_loaded_by_any_name_of_its_run(tracked: Trained, images: ImageSet, by: str) -> None:
    record = tracked.record
    names = {"folder": record.folder, "run_id": record.run_id, "beginning": (record.run_id or "")[:12]}
    network = load(str(names[by]), root=tracked.root)
    assert network.classes == images.classes
    assert (network.image_size, network.mean.flatten().tolist()) == (8, pytest.approx(images.mean))
    labels, probabilities = network.predict(images.test.images)  # uint8, as they come
    right = (labels == images.test.labels).float().mean().item()
    assert right == pytest.approx(record.metrics["test/accuracy"])
    torch.testing.assert_close(probabilities.sum(dim=1), torch.ones(len(labels)))


def test_what_can_not_be_loaded_is_told_in_one_line(tracked: Trained) -> None:
    with pytest.raises(ValueError, match="no run 'nonsense'"):
        load("nonsense", root=tracked.root, uri=tracked.uri)
    with pytest.raises(ValueError, match="weights must be final or best, not last"):
        load(tracked.record.folder, weights="last", root=tracked.root)  # type: ignore[arg-type]


def test_the_same_seed_gives_the_same_bits(tracked: Trained, tmp_path: Path) -> None:
    """Also without a store, which must not touch what is computed."""
    torch.rand(7)  # what the process has drawn before must not matter
    again = train(tmp_path)
    expected = tracked.weights
    assert expected.keys() == again.weights.keys()
    assert all(torch.equal(expected[key], value) for key, value in again.weights.items())
    assert again.record.fingerprint == tracked.record.fingerprint
    different = {n for n, value in again.record.metrics.items() if value != tracked.record.metrics[n]}
    assert different <= {"throughput/images_per_second"}


def test_another_seed_gives_other_weights(tracked: Trained, tmp_path: Path) -> None:
    other = train(tmp_path, "seed=1")
    assert not torch.equal(tracked.weights["stem.conv.weight"], other.weights["stem.conv.weight"])
    assert other.record.fingerprint != tracked.record.fingerprint
    assert other.record.name.endswith("seed 1")


def test_a_plain_network_is_the_residual_one_without_its_shortcuts(tracked: Trained, tmp_path: Path) -> None:
    plain = train(tmp_path, "model=plain")
    assert plain.record.metrics["model/parameters"] == tracked.record.metrics["model/parameters"]
    assert plain.weights.keys() == tracked.weights.keys()
    assert plain.record.metrics["test/loss"] != tracked.record.metrics["test/loss"]


def test_a_finished_run_is_run_anew(tmp_path: Path) -> None:
    told: list[str] = []
    recipe = compose([*TINY, "epochs=1", f"tracking.folder={tmp_path}", "tracking=none"])
    first, second = run(recipe, tell=told.append), run(recipe, tell=told.append)
    assert first.folder != second.folder
    assert len(find_folders(tmp_path)) == 2
    assert told == []
    assert second.resumptions == 0


def test_without_tracking_there_is_a_folder_and_no_store(tmp_path: Path) -> None:
    trained = train(tmp_path / "runs", "epochs=1")
    assert trained.record.run_id is None
    assert trained.folder.status == "finished"
    assert os.listdir(tmp_path) == ["runs"]
    assert not (trained.folder.path / "projection.json").exists()


def test_weights_hold_no_more_than_the_network(tracked: Trained) -> None:
    folder = RunFolder.open(tracked.folder.path)
    network = load(tracked.record.folder, root=tracked.root).network
    assert read_weights(folder.checkpoints / "final.ckpt").keys() == network.state_dict().keys()
