"""Stores are brought up to date with the run folders."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from depthlab.records import RunStatus, SweepRecord, TrialRecord
from depthlab.tracking import RunFolder
from depthlab.tracking.parent_run import ParentProgress
from depthlab.tracking.sync_progress import SyncProgress
from tests.questions.conftest import Pipeline, Trained

Leave = Callable[..., RunFolder]


@pytest.fixture
def leave(trained: Trained, tmp_path: Path) -> Leave:
    """Leave the folder of a run of which the store `uri` has nothing."""

    def make(name: str, status: RunStatus, uri: str) -> RunFolder:
        folder = RunFolder.open(Path(shutil.copytree(trained.folder.path, tmp_path / "runs" / name)))
        folder.status = status
        SyncProgress(uri=uri, experiment="depthlab", key=f"{tmp_path}-{name}").write(folder.path)
        return folder

    return make


def test_what_is_missing_is_sent_and_the_dead_are_ended(
    trained: Trained, leave: Leave, pipeline: Pipeline, tmp_path: Path
) -> None:
    from mlflow import MlflowClient

    unsent, dead = leave("a-unsent", "finished", trained.uri), leave("b-dead", "running", trained.uri)
    answer = pipeline("sync", f"folder={tmp_path / 'runs'}")
    assert (answer.code, answer.err) == (0, "")
    first, second, summary = answer.out.splitlines()
    ids = [progress.run_id for folder in (unsent, dead) if (progress := SyncProgress.find(folder.path))]
    assert first == f"a-unsent: finished, MLflow has all of it as run {ids[0]}"
    assert second == (
        f"b-dead: its process had died: it counts as killed now; killed, MLflow has all of it as run {ids[1]}"
    )
    assert summary.endswith("2 brought up to date, 0 not sent")
    sent = [MlflowClient(trained.uri).get_run(str(run_id)) for run_id in ids]
    assert [run.info.status for run in sent] == ["FINISHED", "KILLED"]
    assert sent[0].data.metrics["test/accuracy"] == trained.record.metrics["test/accuracy"]
    assert dead.status == "killed"
    assert pipeline("sync", f"folder={tmp_path / 'runs'}").out == f"2 runs in {tmp_path / 'runs'}: nothing to do\n"


def test_a_store_that_is_away_is_told_and_another_can_be_typed(
    trained: Trained, leave: Leave, pipeline: Pipeline, tmp_path: Path
) -> None:
    leave("a", "finished", "http://127.0.0.1:1")
    answer = pipeline("sync", f"folder={tmp_path / 'runs'}")
    assert answer.code == 1
    assert answer.err.startswith("a: not sent: no store answers at http://127.0.0.1:1")
    assert answer.out.endswith("0 brought up to date, 1 not sent\n")
    answer = pipeline("sync", f"folder={tmp_path / 'runs'}", f"tracking.uri={trained.uri}")
    assert (answer.code, answer.err) == (0, "")
    assert "a: finished, MLflow has all of it" in answer.out


def test_a_sweep_that_was_cut_off_is_ended_and_its_runs_are_under_it(
    trained: Trained, leave: Leave, pipeline: Pipeline, tmp_path: Path
) -> None:
    from mlflow import MlflowClient

    run = leave("a", "finished", trained.uri)
    trial = TrialRecord(0, "a", (), {"seed": 0}, "f" * 16, "finished", "a", None, {"val/accuracy": 0.9})
    axes, words = ("seed",), ("train.py", "-m", "seed=0,1")
    record = SweepRecord("seed", "1a2b3c4d", words, axes, (), "grid", "val/accuracy", (trial,))
    folder = tmp_path / "sweeps" / "seed-1a2b3c4d"
    folder.mkdir(parents=True)
    (folder / "record.json").write_text(record.to_json())
    begun = "2026-11-23T09:00:00+00:00"
    ParentProgress(trained.uri, "depthlab", str(tmp_path), "seed", "1a2b3c4d", begun, str(tmp_path / "runs")).write(
        folder
    )
    answer = pipeline("sync", f"folder={tmp_path / 'runs'}")
    assert (answer.code, answer.err) == (0, "")
    parent, progress = ParentProgress.find(folder), SyncProgress.find(run.path)
    assert parent is not None
    assert progress is not None
    assert answer.out.endswith(f"\nsweep seed-1a2b3c4d: MLflow has all of it as run {parent.run_id}\n")
    client = MlflowClient(trained.uri)
    assert client.get_run(str(parent.run_id)).info.status == "KILLED"
    assert client.get_run(str(progress.run_id)).data.tags["mlflow.parentRunId"] == parent.run_id
    assert pipeline("sync", f"folder={tmp_path / 'runs'}").out == f"1 runs in {tmp_path / 'runs'}: nothing to do\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("uri=x",), "there is no key uri; did you mean tracking.uri?"),
        (("folder=nowhere",), "folder=nowhere: there is no such folder"),
        (("tracking.uri=http://127.0.0.1:1",), "no store answers at http://127.0.0.1:1"),
        (("now",), "'now' is not key=value"),
    ],
)
def test_mistakes(words: tuple[str, ...], said: str, pipeline: Pipeline) -> None:
    answer = pipeline("sync", *words)
    assert answer.code == 2
    assert answer.err.startswith("error: ") and answer.err.count("\n") == 1
    assert said in answer.err


def test_no_runs_yet(pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert pipeline("sync").out == "0 runs in mlruns/runs: nothing to do\n"
