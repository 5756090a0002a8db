"""A run keeps what its final weights predict of each image, and the file's errors are the recorded ones."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from depthlab.data import split_validation, synthetic
from depthlab.recipe import compose
from depthlab.records import RunRecord, read_sealed
from depthlab.run import predictions, predictions_of, reopen
from depthlab.run.image_facts import look_at_images, resolve
from depthlab.tracking import Predictions, RunFolder, find_or_fetch, read_predictions, write_atomically
from depthlab.training import save_weights
from tests.run.conftest import TINY, Trained, train

FILE = "predictions.npz"


def agrees(found: Predictions, record: RunRecord) -> None:
    """See that all that the record says of errors and losses follows from the predictions."""
    for split, name in ((found.test, "test"), (found.validation, "val")):
        assert split.errors == round(len(split) * (1 - record.metrics[f"{name}/accuracy"]))
        assert 1 - split.errors / len(split) == pytest.approx(record.metrics[f"{name}/accuracy"], abs=1e-7)  # float32
    confusion = np.zeros((10, 10), dtype=int)
    np.add.at(confusion, (found.test.labels, found.test.predicted), 1)
    assert confusion.tolist() == [list(row) for row in record.confusion]
    assert found.test.loss.astype(float).mean() == pytest.approx(record.metrics["test/loss"], rel=1e-3)
    assert found.validation.loss.astype(float).mean() == pytest.approx(record.metrics["val/loss"], rel=1e-3)


def test_errors_of_the_file_are_those_that_were_recorded(tracked: Trained) -> None:
    found = read_predictions(tracked.folder)
    agrees(found, tracked.record)
    images = synthetic(image_size=8, train_size=200, test_size=40)
    validation = split_validation(images.train.labels, 0.1)[1]
    assert np.array_equal(found.test.labels, images.test.labels)
    assert np.array_equal(found.validation.labels, images.train.labels[validation])
    right = found.test.right
    assert found.test.confidence[right] == pytest.approx(found.test.probability[right], abs=2e-3)
    assert (found.test.confidence.astype(float) >= 0.0999).all(), "of ten classes the best has a tenth at least"


def test_the_store_has_the_file(tracked: Trained, tmp_path: Path) -> None:
    fetched = find_or_fetch(tmp_path / "runs", str(tracked.record.run_id), tracked.uri)
    assert (fetched.path / FILE).read_bytes() == (tracked.folder.path / FILE).read_bytes()


def copy_of(trained: Trained, root: Path) -> RunFolder:
    """Return the folder of a run from before predictions were kept."""
    shutil.copytree(trained.folder.path, root / "run")
    (root / "run" / FILE).unlink()
    return RunFolder.open(root / "run")


def test_an_older_run_is_predicted_anew_once(tracked: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = copy_of(tracked, tmp_path)
    agrees(predictions_of(folder), tracked.record)
    assert (folder.path / FILE).is_file()
    monkeypatch.setattr(predictions, "evaluate", None)
    agrees(predictions_of(folder), tracked.record)


def test_weights_that_give_other_errors_now_are_not_taken(tracked: Trained, tmp_path: Path) -> None:
    folder = copy_of(tracked, tmp_path)
    save_weights(reopen(folder).network("initial"), folder.checkpoints / "final.ckpt")
    with pytest.raises(ValueError, match=r"errors here than were recorded: \S*python pipelines/rerun.py run"):
        predictions_of(folder)
    assert not (folder.path / FILE).exists()


@pytest.mark.parametrize(("typed", "most", "kept"), [("auto", 59, False), ("true", 59, True), ("false", 60, False)])
def test_large_sets_are_left_out_unless_asked_for(
    tmp_path: Path, bare: None, monkeypatch: pytest.MonkeyPatch, typed: str, most: int, kept: bool
) -> None:
    monkeypatch.setattr(predictions, "MOST_IMAGES", most)  # there are 20 for validation and 40 for the test
    trained = train(tmp_path, f"tracking.predictions={typed}", "trainer.max_steps=1")
    assert (trained.folder.path / FILE).is_file() is kept


def test_keeping_them_is_no_part_of_what_a_run_is() -> None:
    recipes = [compose([*TINY, f"tracking.predictions={value}"]) for value in ("auto", "true", "false")]
    assert len({resolve(recipe, look_at_images(recipe))[1] for recipe in recipes}) == 1


def test_a_manifest_of_before_has_no_such_key(tracked: Trained, tmp_path: Path) -> None:
    folder = copy_of(tracked, tmp_path)
    manifest = read_sealed(folder.path / "manifest.json")
    del manifest["config"]["tracking"]["predictions"]
    write_atomically(folder.path / "manifest.json", json.dumps(manifest))
    assert "predictions" not in RunFolder.open(folder.path).manifest.config["tracking"]
    agrees(predictions_of(RunFolder.open(folder.path)), tracked.record)
