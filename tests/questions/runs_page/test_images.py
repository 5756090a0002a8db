"""Any two runs, or two settings, compared image by image: counted by hand, refused on other images, told in words."""

import json
from pathlib import Path

import numpy as np
import pytest

from depthlab.questions.runs_page.measure import compare_images
from depthlab.questions.runs_page.page_images import images_section
from depthlab.questions.runs_page.record import ImageComparison
from depthlab.records import FoundRun, SweepRecord, TrialRecord, TrialState, read_sealed
from depthlab.report import PageTable
from depthlab.statistics import mcnemar
from depthlab.tracking import Predictions, RunFolder, SplitPredictions, read_predictions, write_predictions
from tests.questions.conftest import Pipeline, Trained
from tests.questions.runs_page.left_runs import LeftRuns
from tests.questions.runs_page.test_command import rows, said

Wrong = dict[str, list[int]]  # name of a run -> images that it gets wrong, of which it says class `image + 1`


@pytest.fixture
def left(trained: Trained, tmp_path: Path) -> LeftRuns:
    root = tmp_path / "mlruns" / "runs"
    root.mkdir(parents=True)
    return LeftRuns(root, trained.folder)


def leave(left: LeftRuns, name: str, wrong: list[int], *, data: str = "", **axes: object) -> RunFolder:
    """Leave a run that gets these test images wrong, and one image more of validation."""
    folder = left.leave(name, axes=axes)
    there = read_predictions(folder)
    splits = []
    for split, images in ((there.validation, [0]), (there.test, wrong)):
        predicted = split.labels.copy()
        predicted[images] = (predicted[images] + 1) % 10
        splits.append(SplitPredictions(split.labels, predicted, split.loss, split.confidence))
    write_predictions(folder, Predictions(*splits, there.data))
    return folder


def found(folder: RunFolder) -> FoundRun:
    return FoundRun(folder.name, folder.name, TrialState.FINISHED, "", {}, {}, folder=folder.name)


def compared(left: LeftRuns, a: list[list[int]], b: list[list[int]], **how: bool) -> ImageComparison:
    groups = {
        name: [found(leave(left, f"{name}{seed}", wrong)) for seed, wrong in enumerate(side)]
        for name, side in (("a", a), ("b", b))
    }
    return compare_images(groups, left.root, **how)


def test_two_runs_are_counted_by_hand(left: LeftRuns) -> None:
    result = compared(left, [[0, 1, 2, 3, 4, 5, 6, 7, 8]], [[8, 9]])
    assert (result.both_wrong, result.only_a, result.only_b) == (1, 8, 1)
    assert result.both_right == result.images - 10
    assert result.p == mcnemar(8, 1)
    assert result.difference == pytest.approx(100 * 7 / result.images)
    assert result.interval is not None and result.interval.low < result.difference < result.interval.high
    assert result.disagreement == pytest.approx(100 * 9 / result.images), "of the image that both get wrong they agree"
    text = " ".join(block for block in images_section(result).blocks if isinstance(block, str))
    assert "McNemar's exact test: p = 0.039" in text and "Of other seeds these two runs tell nothing" in text
    (table,) = (block for block in images_section(result).blocks if isinstance(block, PageTable))
    assert table.rows == (("a: wrong", 1, 8), ("a: right", 1, result.images - 10))


def test_several_seeds_are_means_over_pairs_with_an_interval_over_seeds_and_images(left: LeftRuns) -> None:
    result = compared(left, [[0, 1], [0, 1, 2], [0, 3]], [[0], [1]])
    assert result.both_wrong == pytest.approx(np.mean([1, 1, 1, 1, 1, 0]))
    assert result.difference == pytest.approx(100 * (7 / 3 - 1) / result.images)
    assert result.within == pytest.approx([100 * (1 + 2 + 3) / 3 / result.images, 100 * 2 / result.images])
    text = " ".join(block for block in images_section(result).blocks if isinstance(block, str))
    assert "over seeds and images" in text and "two seeds of a do so for" in text


def test_one_run_beside_several_has_no_interval(left: LeftRuns) -> None:
    result = compared(left, [[0, 1]], [[0], [1]])
    assert (result.interval, result.p) == (None, None)
    assert "no interval" in " ".join(block for block in images_section(result).blocks if isinstance(block, str))


def test_where_test_errors_are_withheld_validation_images_are_compared(left: LeftRuns) -> None:
    result = compared(left, [[0, 1, 2]], [[5]], blind=True)
    assert (result.split, result.both_wrong, result.only_a, result.only_b) == ("validation", 1, 0, 0)


def test_other_images_and_missing_predictions_are_refused(left: LeftRuns) -> None:
    one, other = leave(left, "a", [0]), leave(left, "b", [1])
    (other.path / "predictions.npz").unlink()
    with pytest.raises(ValueError, match=r"has kept no predictions by image: \S*python pipelines/rerun\.py b"):
        compare_images({"a": [found(one)], "b": [found(other)]}, left.root)
    manifest = json.dumps(read_sealed(other.path / "manifest.json"))
    checksum = other.manifest.dataset.checksum
    (other.path / "manifest.json").write_text(manifest.replace(checksum, "0" * 64))
    there = read_predictions(one)
    write_predictions(other, Predictions(there.validation, there.test, "0" * 64))
    with pytest.raises(ValueError, match="a and b were tested on different images: choose runs of one data set"):
        compare_images({"a": [found(one)], "b": [found(RunFolder.open(other.path))]}, left.root)


def test_the_page_of_two_runs_or_two_settings_compares_them(pipeline: Pipeline, left: LeftRuns, tmp_path: Path) -> None:
    out = tmp_path / "page"
    for seed in (0, 1):
        leave(left, f"0{seed}-shallow", [0, 1, seed + 2], depth=8, seed=seed)
        leave(left, f"1{seed}-deep", [seed], depth=14, seed=seed)
    leave(left, "20-deeper", [5], depth=20, seed=0)
    ended = pipeline("report", f"output={out}", f"folder={left.root}", "compare=00,10")
    assert ended.code == 0, ended.err
    text = said(out / "index.html")
    assert "Image by image" in text and "depth=8 errs on" in text
    assert [row["depth=14: wrong"] for row in rows(out, "images")] == ["1", "0"]
    ended = pipeline("report", f"output={out}", f"folder={left.root}", "depth=8,14")
    assert ended.code == 0, ended.err
    assert "over seeds and images" in said(out / "index.html")
    ended = pipeline("report", f"output={out}", f"folder={left.root}")
    assert "Image by image" not in said(out / "index.html"), "there are three settings"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("compare=00",), "compare=00: type two runs, compare=ID,ID"),
        (("compare=00,10", "run=00"), "type two runs, compare=ID,ID, and no run="),
        (("compare=true",), "compare=true takes finished runs of two settings"),
        (("compare=00,nonsense",), "no run 'nonsense' here"),
    ],
)
def test_what_can_not_be_compared_is_told_in_one_line(
    pipeline: Pipeline, left: LeftRuns, tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    out = tmp_path / "page"
    for name, depth in (("00", 8), ("10", 14), ("20", 20)):
        leave(left, name, [0], depth=depth)
    ended = pipeline("report", f"output={out}", f"folder={left.root}", *words)
    assert ended.code == 2 and told in ended.err and ended.err.count("\n") == 1, ended.err


def test_runs_that_a_search_did_not_choose_are_shown_without_test_errors(
    pipeline: Pipeline, left: LeftRuns, tmp_path: Path
) -> None:
    out = tmp_path / "page"
    folders = [leave(left, f"0{place}", [place], learning_rate=rate) for place, rate in enumerate((0.1, 0.2, 0.3))]
    sweep = left.leave_sweep("ab12")
    trials = tuple(
        TrialRecord(place, folder.name, (), {}, folder.manifest.fingerprint, TrialState.FINISHED, folder=folder.name)
        for place, folder in enumerate(folders)
    )
    axes = ("learning_rate",)
    sweep.record = SweepRecord("rates", "ab12" * 4, (), axes, (), "grid", "val/accuracy", trials, searched=axes)
    ended = pipeline("report", f"output={out}", f"folder={left.root}", f"sweep={sweep.path.name}")
    assert ended.code == 0, ended.err
    text = said(out / "index.html")
    assert "Test errors of 3 runs are not shown" in text and "validation has not chosen yet" in text
    assert "test error (%)" not in rows(out, "runs")[0]
    ended = pipeline("report", f"output={out}", f"folder={left.root}", "compare=00,01")
    assert "Compared on validation images, as test errors of a search are not shown." in said(out / "index.html")
