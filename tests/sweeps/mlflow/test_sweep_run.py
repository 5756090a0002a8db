"""A sweep is one run in the store, however often its command was broken off, and its trials' runs are under it."""

import json
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from depthlab.records import RunStatus, SweepRecord
from depthlab.sweeps.mlflow.sweep_run import MlflowSweepRun, SweepRunDescription
from depthlab.sweeps.mlflow.synchronize import synchronize_sweeps
from depthlab.tracking import MlflowSync, RunFolder, open_client, sweep_tags
from depthlab.tracking.parent_run import ParentProgress
from tests.commands import Command
from tests.report.sweeps import make_sweep, make_trial
from tests.tracking.conftest import make_manifest

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

TRIALS = 6


def stand(finished: int, *, running: int = 0, total: int = TRIALS, failed: tuple[int, ...] = ()) -> SweepRecord:
    """Return a sweep of which so many trials have finished, and the next ones are running."""
    states = ["finished"] * finished + ["running"] * running + ["waiting"] * (total - finished - running)
    states = ["failed" if place in failed else state for place, state in enumerate(states)]
    return make_sweep(
        *(
            make_trial(i, {"depth": 20 + i, "seed": 0}, 0.9 + i / 100 if state == "finished" else None, state)
            for i, state in enumerate(states)
        )
    )


def make_parent(folder: Path, uri: str, **changes: Any) -> MlflowSweepRun:
    folder.mkdir(exist_ok=True, parents=True)
    arguments: dict[str, Any] = {
        "experiment": "tests",
        "artifact_root": None,
        "name": "depth × seed",
        "identity": "1a2b3c4d5e6f7788",
        "tags": {"depthlab.command": "train.py -m depth=20,32"},
        "params": {"depth": "20,32", "seed": "0", "data": "digits"},
        "runs": folder.parent.parent / "runs",
    }
    every = changes.pop("every", 0.02)
    return MlflowSweepRun.open(folder, uri, SweepRunDescription(**arguments | changes), every=every)


def run_sweep(
    folder: Path, uri: str, records: list[SweepRecord], status: RunStatus = "finished", **changes: Any
) -> str:
    parent = make_parent(folder, uri, **changes)
    parent.start()
    run_id = parent.run_id
    for record in records:
        parent.update(record)
    assert parent.finish(status, records[-1]) is None
    assert run_id is not None
    return run_id


def parents(uri: str) -> "list[Run]":
    client, experiment_id = open_client(uri, "tests")
    return list(client.search_runs([experiment_id], "tags.`depthlab.kind` = 'sweep'"))


def history(uri: str, run_id: str, metric: str) -> dict[int, float]:
    values = open_client(uri, "tests")[0].get_metric_history(run_id, metric)
    assert len({value.step for value in values}) == len(values), "a step is there twice"
    return {value.step: value.value for value in values}


def artifacts(client: "MlflowClient", run_id: str) -> set[str]:
    top = client.list_artifacts(run_id)
    return {item.path for item in top if not item.is_dir} | {
        item.path for folder in top if folder.is_dir for item in client.list_artifacts(run_id, folder.path)
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "sweeps" / "depth-seed-1a2b3c4d"


@pytest.mark.slow
def test_everything_arrives(folder: Path, store: str, tmp_path: Path) -> None:
    run_id = run_sweep(folder, store, [stand(done, running=min(2, TRIALS - done)) for done in range(TRIALS + 1)])
    client, _ = open_client(store, "tests")
    (run,) = parents(store)
    assert run.info.run_id == run_id
    assert (run.info.run_name, run.info.status) == ("depth × seed", "FINISHED")
    assert run.data.params == {"depth": "20,32", "seed": "0", "data": "digits"}
    assert run.data.tags["depthlab.sweep"] == "1a2b3c4d5e6f7788"
    assert run.data.tags["depthlab.command"] == "train.py -m depth=20,32"
    assert history(store, run_id, "trials/finished") == {done: done for done in range(TRIALS + 1)}
    assert history(store, run_id, "best/val/accuracy") == {
        done: 0.9 + (done - 1) / 100 for done in range(1, TRIALS + 1)
    }
    assert run.data.metrics["trials/running"] == 0
    assert artifacts(client, run_id) == {
        *("record.json", "trials.csv", "trials.json", "best_trials.json"),
        *("figures/val_accuracy_against_depth.png", "figures/val_accuracy_against_depth.svg"),
        *("figures/parallel_coordinates.png", "figures/parallel_coordinates.svg"),
    }
    record = Path(client.download_artifacts(run_id, "record.json", str(tmp_path)))
    assert SweepRecord.read(record) == stand(TRIALS)


def test_the_note_reads_and_the_tables_are_shown(folder: Path, store: str, tmp_path: Path) -> None:
    run_id = run_sweep(folder, store, [stand(TRIALS, failed=(0,))])
    client, _ = open_client(store, "tests")
    tags = client.get_run(run_id).data.tags
    note = tags["mlflow.note.content"]
    assert "6 trials: 5 finished, 1 failed (1 diverged)" in note
    assert "| depth&nbsp;&nbsp; | 20,32&nbsp;" in note
    assert "validation error (%)" in note
    assert json.loads(tags["mlflow.loggedArtifacts"])[0] == {"path": "trials.json", "type": "table"}
    table = json.loads(Path(client.download_artifacts(run_id, "trials.json", str(tmp_path))).read_text())
    assert table["columns"][0] == "trial"
    assert sorted(row[0] for row in table["data"]) == list(range(TRIALS))


@pytest.mark.slow
def test_a_long_note_fits_into_a_tag(folder: Path, store: str) -> None:
    trials = [make_trial(i, {"x" * 50: "word " * 60 + str(i), "depth": i}, 0.9) for i in range(300)]
    record = replace(make_sweep(*trials), command=("train.py", "x" * 9000), held=("y" * 9000,))
    run_id = run_sweep(folder, store, [record])
    note = open_client(store, "tests")[0].get_run(run_id).data.tags["mlflow.note.content"]
    assert len(note) <= 5000
    assert "Best trials" in note


def test_the_same_command_again_changes_nothing(folder: Path, store: str) -> None:
    records = [stand(done) for done in range(TRIALS + 1)]
    first = run_sweep(folder, store, records)
    drawn = {path: path.stat().st_mtime_ns for path in (folder / "report").rglob("*.*")}
    before = history(store, first, "trials/finished")
    assert run_sweep(folder, store, [records[-1]]) == first
    assert len(parents(store)) == 1
    assert history(store, first, "trials/finished") == before
    assert {path: path.stat().st_mtime_ns for path in (folder / "report").rglob("*.*")} == drawn


def test_an_extended_sweep_goes_on_in_its_run(folder: Path, store: str) -> None:
    first = run_sweep(folder, store, [stand(TRIALS)])
    more = {"depth": "20,32", "seed": "0,1", "data": "digits"}
    assert run_sweep(folder, store, [stand(TRIALS, total=8), stand(8, total=8)], params=more) == first
    run = parents(store)[0]
    assert run.data.metrics["trials/finished"] == 8
    assert (run.data.params["seed"], run.data.tags["depthlab.now.seed"]) == ("0", "0,1")
    assert "| seed&nbsp;&nbsp; | 0,1&nbsp;" in run.data.tags["mlflow.note.content"]
    assert history(store, first, "trials/total") == {6: 6, 8: 8}


def test_failed_trials_that_are_tried_again_are_counted_anew(folder: Path, store: str) -> None:
    broken = stand(TRIALS, failed=(1,))
    run_id = run_sweep(folder, store, [stand(3, failed=(1,)), broken], "failed")
    assert parents(store)[0].info.status == "FAILED"
    waiting = replace(broken, trials=tuple(replace(t, state="waiting") if t.index == 1 else t for t in broken.trials))
    run_sweep(folder, store, [waiting, broken], "failed")
    assert history(store, run_id, "trials/failed") == {3: 1, 6: 1}, "it failed again: nothing is new"
    run_sweep(folder, store, [waiting, stand(TRIALS)])
    assert history(store, run_id, "trials/failed") == {3: 1, 6: 1, 7: 0}
    assert parents(store)[0].info.status == "FINISHED"


def test_a_store_that_is_away_stops_nothing_and_gets_everything_later(folder: Path, store: str) -> None:
    parent = make_parent(folder, "http://ada:secret@127.0.0.1:1")
    parent.start()
    assert parent.run_id is None
    begin = time.monotonic()
    for done in range(TRIALS + 1):
        parent.update(stand(done))
    assert time.monotonic() - begin < 1
    warning = parent.finish("finished", stand(TRIALS), patience=0.1)
    assert warning is not None
    assert "python pipelines/sync.py" in warning
    assert "\n" not in warning
    assert "secret" not in warning + (folder / "parent.json").read_text()
    (folder / "record.json").write_text(stand(TRIALS).to_json())
    (away,) = synchronize_sweeps(folder.parent)
    assert away.warning is not None
    (sent,) = synchronize_sweeps(folder.parent, store)
    assert sent.warning is None
    assert sent.run_id is not None
    assert history(store, sent.run_id, "trials/finished") == {done: done for done in range(TRIALS + 1)}
    assert parents(store)[0].info.status == "FINISHED"
    assert synchronize_sweeps(folder.parent, store) == []


@pytest.mark.slow
def test_files_that_cannot_be_stored_cost_little_and_leave_the_run_ended(folder: Path, store: str) -> None:
    folder.mkdir(parents=True)
    blocked = folder / "blocked"
    blocked.write_text("a file where a folder would have to be")
    parent = make_parent(folder, store, artifact_root=str(blocked))
    parent.start()
    assert parent.run_id is not None
    parent.update(stand(1))
    table = folder / "report" / "trials.json"
    deadline = time.monotonic() + 60
    while not table.is_file():
        assert time.monotonic() < deadline, "nothing is drawn"
        time.sleep(0.02)
    drawn = table.stat().st_mtime_ns
    parent.update(stand(2))
    time.sleep(1.0)
    assert table.stat().st_mtime_ns == drawn, "it is drawn again and again"
    warning = parent.finish("finished", stand(TRIALS), patience=0.1)
    assert warning is not None
    (run,) = parents(store)
    assert run.info.status == "FINISHED"
    assert run.data.metrics["trials/finished"] == TRIALS


def test_a_run_that_was_deleted_in_the_store_is_made_anew(folder: Path, store: str) -> None:
    records = [stand(done) for done in range(TRIALS + 1)]
    first = run_sweep(folder, store, records)
    client, _ = open_client(store, "tests")
    client.delete_run(first)
    second = run_sweep(folder, store, [records[-1]])
    assert second != first
    assert history(store, second, "trials/finished") == {done: done for done in range(TRIALS + 1)}
    assert "figures/parallel_coordinates.svg" in artifacts(client, second)


def _trial_run(root: Path, store: str, tags: dict[str, str], status: RunStatus) -> RunFolder:
    run = RunFolder.create(root, make_manifest(fingerprint=f"{status:0<16}"))
    projection = MlflowSync.open(run, uri=store, experiment="tests", system_metrics=False, tags=tags)
    projection.start()
    assert projection.finish(status)
    run.status = status
    run.release()
    return run


@pytest.mark.slow
def test_runs_of_trials_are_adopted_with_their_faults(folder: Path, store: str, tmp_path: Path) -> None:
    """One that an earlier command made, one that was begun for this sweep, one that broke and left no id."""
    parent = make_parent(folder, store)
    parent.start()
    run_id = parent.run_id
    ours = sweep_tags("1a2b3c4d5e6f7788", run_id, 1)
    runs = [
        _trial_run(tmp_path / "runs", store, tags, status)
        for tags, status in (({}, "finished"), (ours, "killed"), (ours, "failed"))  # type: ignore[list-item]
    ]
    record = stand(3, total=3, failed=(2,))
    trials = (
        replace(record.trials[0], folder=runs[0].name),
        replace(record.trials[1], state="cut off", fingerprint="killed0000000000"),
        replace(record.trials[2], fingerprint="failed0000000000", attempts=2),
    )
    record = replace(record, trials=trials)
    assert parent.finish("failed", record) is None
    client, experiment_id = open_client(store, "tests")
    children = client.search_runs([experiment_id], f"tags.`mlflow.parentRunId` = '{run_id}'")
    tags = {child.data.tags["depthlab.trial"]: child.data.tags for child in children}
    assert set(tags) == {"0", "1", "2"}
    assert tags["2"]["depthlab.fault"] == "diverged"
    assert tags["2"]["depthlab.fault.message"] == "the loss is no number"
    assert tags["2"]["depthlab.attempts"] == "2"
    assert "depthlab.fault" not in tags["0"]
    assert all(one["depthlab.sweep.1a2b3c4d5e6f7788"] == "true" for one in tags.values())
    progress = ParentProgress.find(folder)
    assert progress is not None
    assert len(progress.children) == 3


_DRIVER = """
import sys, time
from pathlib import Path
from tests.sweeps.mlflow.test_sweep_run import TRIALS, make_parent, stand
folder, uri, ended = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
parent = make_parent(folder, uri)
parent.start()
for done in range(ended, TRIALS + 1):
    (folder / "ended").write_text(str(done))
    parent.update(stand(done, running=min(2, TRIALS - done)))
    time.sleep(0.25)
assert parent.finish("finished", stand(TRIALS)) is None
"""


def _drive(folder: Path, store: str, ended: int) -> Command:
    return Command("-c", _DRIVER, folder, store, str(ended))


@pytest.mark.slow
@pytest.mark.parametrize("moments", [(0.0, 0.4, 0.6), (0.9, 0.05, 0.3), (0.6, 0.0, 0.5)])
def test_sigkill_at_any_moment_leaves_one_run_with_every_step_once(
    folder: Path, store: str, moments: tuple[float, ...]
) -> None:
    for seconds in moments:
        ended = int((folder / "ended").read_text() or 0) if (folder / "ended").is_file() else 0
        process = _drive(folder, store, ended)
        deadline = time.monotonic() + 60
        while not (folder / "parent.json").is_file():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        time.sleep(seconds)
        process.kill()
        assert process.wait() == -signal.SIGKILL, "it has not come to its end before"
    ended = int((folder / "ended").read_text() or 0) if (folder / "ended").is_file() else 0
    process = _drive(folder, store, ended)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out, err) == (0, "", "")
    (run,) = parents(store)
    assert run.info.status == "FINISHED"
    assert history(store, run.info.run_id, "trials/finished") == {done: done for done in range(TRIALS + 1)}
    assert run.data.metrics["trials/running"] == 0


@pytest.mark.slow
def test_a_sweep_whose_driver_is_dead_is_ended_as_killed(folder: Path, store: str) -> None:
    folder.mkdir(parents=True)
    process = _drive(folder, store, 0)
    deadline = time.monotonic() + 60
    while (progress := ParentProgress.find(folder)) is None or not progress.run_id:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.kill()
    process.wait()
    (folder / "record.json").write_text(stand(2, running=2).to_json())
    (done,) = synchronize_sweeps(folder.parent)
    assert done.warning is None
    (run,) = parents(store)
    assert (run.info.run_id, run.info.status) == (done.run_id, "KILLED")
    assert run.data.metrics["trials/running"] == 0
    assert synchronize_sweeps(folder.parent) == []
