"""Predictions by image: what is written is read, in few bytes, and a damaged file is told in one line."""

from pathlib import Path

import numpy as np
import pytest

from depthlab.tracking import Predictions, RunFolder, SplitPredictions, read_predictions, write_predictions
from tests.tracking.conftest import MakeFolder

VALIDATION, TEST = 143, 360  # images, as the manifest says


def split_of(count: int, classes: int = 10, seed: int = 0) -> SplitPredictions:
    draw = np.random.default_rng(seed)
    labels, predicted = draw.integers(0, classes, (2, count))
    return SplitPredictions.of(labels, predicted, draw.exponential(1, count), draw.uniform(0.1, 1, count))


@pytest.fixture
def folder(make_folder: MakeFolder) -> RunFolder:
    folder = make_folder()
    write_predictions(
        folder, Predictions(split_of(VALIDATION), split_of(TEST, seed=1), folder.manifest.dataset.checksum)
    )
    return folder


def test_what_is_written_is_read(folder: RunFolder) -> None:
    found, expected = read_predictions(folder).test, split_of(TEST, seed=1)
    for name in ("labels", "predicted", "loss", "confidence"):
        ours, theirs = getattr(found, name), getattr(expected, name)
        assert ours.dtype == theirs.dtype and np.array_equal(ours, theirs), name
    assert found.errors == int((expected.labels != expected.predicted).sum())
    assert (folder.path / "predictions.npz").stat().st_size < 6 * (VALIDATION + TEST) + 3000, "six bytes an image"


@pytest.mark.parametrize(("classes", "dtype"), [(10, "uint8"), (300, "uint16"), (70_000, "uint32")])
def test_classes_take_as_few_bytes_as_hold_them(classes: int, dtype: str) -> None:
    assert SplitPredictions.of([0, classes - 1], [1, 0], [0, 1], [1, 1]).labels.dtype == dtype


def test_probabilities_near_zero_and_one_are_kept() -> None:
    losses = np.array([1e-6, 0.7, 20.0, 1e6])  # the last one is more than float16 holds
    found = SplitPredictions.of([0] * 4, [0] * 4, losses, [1] * 4)
    assert found.probability[:3] == pytest.approx(np.exp(-losses[:3]), rel=0.01)
    assert found.probability[3] == 0


def test_who_kept_none_is_told_what_to_type(make_folder: MakeFolder) -> None:
    with pytest.raises(ValueError, match=r"has kept no predictions by image: \S*python pipelines/rerun.py \S+ trains"):
        read_predictions(make_folder())


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "text", "other"])
def test_a_damaged_file_is_told_in_one_line(folder: RunFolder, damage: str) -> None:
    path = folder.path / "predictions.npz"
    raw = path.read_bytes()
    middle = len(raw) // 2
    flipped = raw[: middle - 40] + bytes(255 - byte for byte in raw[middle - 40 : middle]) + raw[middle:]
    other = Path(path.with_name("other.npz"))
    np.savez(other, labels=np.arange(3))
    changed = {"cut": raw[:middle], "flipped": flipped, "empty": b"", "text": b"no array", "other": other.read_bytes()}
    path.write_bytes(changed[damage])
    with pytest.raises(ValueError, match=r"predictions.npz is damaged \(.+\): delete it") as raised:
        read_predictions(folder)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(("count", "data"), [(TEST - 1, "ab" * 32), (TEST, "cd" * 32)], ids=["size", "checksum"])
def test_predictions_of_other_images_are_refused(folder: RunFolder, count: int, data: str) -> None:
    write_predictions(folder, Predictions(split_of(VALIDATION), split_of(count), data))
    with pytest.raises(ValueError, match="of other images than the run's"):
        read_predictions(folder)
