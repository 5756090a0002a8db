"""What folders of runs tell of a trial, whoever made them and however they ended."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from depthlab.records import RunRecord, RunStatus
from depthlab.sweeps.plan.trial import Trial
from depthlab.sweeps.state.earlier_runs import earlier_result, mark_pruned, metric_curve
from depthlab.tracking import RunFolder, SyncProgress
from tests.sweeps.made import trial
from tests.tracking.conftest import make_manifest

FINGERPRINT = "1a2b3c4d5e6f7788"
TRIAL = replace(trial(0), fingerprint=FINGERPRINT)
EPOCHS = ((0.5, 0.7), (0.6, 0.8), (0.55, 0.9))  # val/accuracy, train/loss


def left(root: Path, status: RunStatus, epochs: int = 3, *, created: str | None = None, **changed: str) -> RunFolder:
    """Leave a run's folder as a process would that ended."""
    manifest = make_manifest(**changed)
    manifest = manifest if created is None else replace(manifest, created=created)
    folder = RunFolder.create(root, manifest)
    for epoch, (accuracy, loss) in enumerate(EPOCHS[:epochs], 1):
        folder.journal.append({"train/step_loss": 1.0}, step=10 * epoch, epoch=epoch)
        folder.journal.append({"val/accuracy": accuracy, "train/loss": loss}, step=10 * epoch, epoch=epoch)
        folder.journal.append({"train/step_loss": 0.9}, step=10 * epoch + 5, epoch=epoch + 1)
    folder.status = status
    if status == "finished":
        folder.record = record(folder)
    SyncProgress(uri="sqlite://", experiment="depthlab", key="k", run_id=f"id of {folder.name}").write(folder.path)
    folder.release()
    return folder


def record(folder: RunFolder) -> RunRecord:
    return RunRecord(
        name="resnet-20",
        folder=folder.name,
        run_id=None,
        fingerprint=folder.manifest.fingerprint,
        status="finished",
        command=(),
        axes={},
        metrics={"test/accuracy": 0.9},
        classes=(),
        confusion=(),
        per_class_accuracy=(),
        seconds=12.5,
    )


def known(root: Path, *, of: Trial = TRIAL, since: str = "", pruned_counts: bool = False) -> dict[str, Any]:
    return earlier_result(root, of, since=since, pruned_counts=pruned_counts)


def test_of_a_trial_that_never_ran_nothing_is_known(tmp_path: Path) -> None:
    left(tmp_path, "finished", fingerprint="1a2b3c4dffffffff")  # the same eight digits
    assert known(tmp_path) == {}
    assert known(tmp_path / "nowhere") == {}
    assert metric_curve(tmp_path, TRIAL, "val/accuracy", since="") == []


def test_a_finished_run_is_known_by_its_record(tmp_path: Path) -> None:
    folder = left(tmp_path, "finished")
    assert known(tmp_path) == {
        "state": "finished",
        "earlier": True,
        "metrics": {"test/accuracy": 0.9},
        "seconds": 12.5,
        "folder": folder.name,
        "run_id": f"id of {folder.name}",
    }


@pytest.mark.parametrize("later", ["running", "killed", "failed", "pruned"])
def test_a_finished_run_counts_though_a_later_attempt_broke(tmp_path: Path, later: RunStatus) -> None:
    finished = left(tmp_path, "finished")
    left(tmp_path, later)
    assert known(tmp_path, pruned_counts=True)["folder"] == finished.name


@pytest.mark.parametrize("status", ["running", "killed", "failed", "pruned"])
def test_an_unfinished_run_tells_where_it_is(tmp_path: Path, status: RunStatus) -> None:
    folder = left(tmp_path, status)
    state = "failed" if status == "failed" else "cut off"
    place = {"folder": folder.name, "run_id": f"id of {folder.name}"}
    assert known(tmp_path) == {"state": state, "earlier": True} | place


def test_a_pruned_run_counts_where_there_is_a_scheduler_with_the_metrics_of_its_last_epoch(tmp_path: Path) -> None:
    folder = left(tmp_path, "pruned", 2)
    assert known(tmp_path, pruned_counts=True) == {
        "state": "pruned",
        "earlier": True,
        "metrics": {"val/accuracy": 0.6, "train/loss": 0.8},
        "folder": folder.name,
        "run_id": f"id of {folder.name}",
    }


def test_a_run_that_diverged_is_a_result_with_its_reason(tmp_path: Path) -> None:
    folder = left(tmp_path, "diverged", 2)
    folder.journal.append({"train/step_loss": float("nan")}, step=26, epoch=3)
    folder.journal.close()
    found = known(tmp_path)
    assert (found["state"], found["fault"], found["message"]) == ("diverged", "diverged", "the loss is nan at step 26")
    assert found["folder"] == folder.name and found["earlier"]


def test_what_is_older_than_a_fresh_sweep_does_not_count(tmp_path: Path) -> None:
    left(tmp_path, "finished", created="2026-01-02T03:04:05+00:00")
    assert known(tmp_path, since="2026-01-02T03:04:06+00:00") == {}
    assert known(tmp_path, since="2026-01-02T03:04:05+00:00") != {}


def test_a_record_without_the_word_that_it_finished_does_not_count(tmp_path: Path) -> None:
    folder = left(tmp_path, "running")
    folder.record = record(folder)
    assert known(tmp_path)["state"] == "cut off"


def test_the_curve_is_that_of_the_newest_run_by_epochs_without_what_was_done_twice(tmp_path: Path) -> None:
    left(tmp_path, "finished", created="2026-01-02T03:04:05+00:00")
    folder = left(tmp_path, "running", 2)
    folder.journal.drop_after(10)
    folder.journal.append({"val/accuracy": 0.65, "train/loss": 0.7}, step=20, epoch=2)
    folder.journal.close()
    assert metric_curve(tmp_path, TRIAL, "val/accuracy", since="") == [[1, 0.5], [2, 0.65]]
    assert metric_curve(tmp_path, TRIAL, "train/loss", since="") == [[1, 0.7], [2, 0.7]]


@pytest.mark.parametrize("status", ["running", "killed", "failed", "pruned"])
def test_what_a_scheduler_ended_is_kept_as_pruned_though_its_process_did_not_say_so(
    tmp_path: Path, status: RunStatus
) -> None:
    folder = left(tmp_path, status)
    mark_pruned(tmp_path, TRIAL, since="")
    assert known(tmp_path, pruned_counts=True)["state"] == "pruned"
    assert not folder.alive
    mark_pruned(tmp_path / "nowhere", TRIAL, since="")


def test_a_finished_run_is_never_pruned(tmp_path: Path) -> None:
    left(tmp_path, "finished")
    mark_pruned(tmp_path, TRIAL, since="")
    assert known(tmp_path, pruned_counts=True)["state"] == "finished"
