import math
import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from depthlab.tracking import MlflowSync, RunFolder, open_client
from depthlab.tracking.mlflow_run import open_run
from depthlab.tracking.sync_progress import SyncProgress
from tests.commands import Command
from tests.tracking.conftest import MakeFolder


def _start_sync(folder: RunFolder, store: str, *, system_metrics: bool = False) -> MlflowSync:
    mlflow_sync = MlflowSync.open(folder, uri=store, experiment="tests", system_metrics=system_metrics, every=0.05)
    mlflow_sync.start()
    return mlflow_sync


def _log(folder: RunFolder, steps: range) -> None:
    for step in steps:
        folder.journal.append({"train/loss": 1 / (step + 1), "train/accuracy": step / 1000}, step=step, epoch=0)


def _steps(store: str, run_id: str, metric: str = "train/loss") -> list[int]:
    client, _ = open_client(store, "tests")
    return sorted(metric.step for metric in client.get_metric_history(run_id, metric))


@pytest.mark.slow
def test_everything_arrives(make_folder: MakeFolder, store: str, tmp_path: Path) -> None:
    folder = make_folder()
    mlflow_sync = _start_sync(folder, store)
    _log(folder, range(1200))
    folder.journal.append({"val/loss": math.nan, "test/accuracy": 0.97}, step=1200, epoch=1)
    (folder.checkpoints / "best.ckpt").write_bytes(b"weights")
    run_id = mlflow_sync.run_id
    assert run_id is not None
    assert mlflow_sync.finish("finished")
    assert mlflow_sync.warning is None

    client, _ = open_client(store, "tests")
    run = client.get_run(run_id)
    assert run.info.run_name == "resnet-56 · digits · seed 0"
    assert run.info.status == "FINISHED"
    assert run.info.end_time >= run.info.start_time > 0
    assert run.data.params == {"model": "resnet", "depth": "56", "width": "1", "seed": "0"}
    assert run.data.tags["depthlab.fingerprint"] == "1a2b3c4d5e6f7788"
    assert run.data.tags["depthlab.folder"] == str(folder.path)
    assert run.data.tags["depthlab.command"] == "train.py model=resnet depth=56"
    assert run.data.tags["mlflow.source.git.commit"] == folder.manifest.environment.commit
    assert run.data.metrics["test/accuracy"] == 0.97
    assert math.isnan(run.data.metrics["val/loss"])
    assert _steps(store, run_id) == list(range(1200))
    (dataset_input,) = run.inputs.dataset_inputs
    assert dataset_input.dataset.name == "digits"
    assert ("ab" * 32).startswith(dataset_input.dataset.digest)
    assert {tag.key: tag.value for tag in dataset_input.tags} == {"mlflow.data.context": "training"}
    best = Path(client.download_artifacts(run_id, "checkpoints/best.ckpt", str(tmp_path)))
    assert best.read_bytes() == b"weights"
    assert [found.path for found in client.list_artifacts(run_id)] == ["checkpoints", "manifest.json"]
    assert client.get_run(run_id).info.artifact_uri.startswith(str(tmp_path / "artifacts"))


def test_a_pruned_run_says_so_until_it_went_on(make_folder: MakeFolder, store: str) -> None:
    folder = make_folder()
    for status, shown, pruned in (("pruned", "KILLED", "true"), ("finished", "FINISHED", "false")):
        mlflow_sync = _start_sync(folder, store)
        assert mlflow_sync.finish(status)  # type: ignore[arg-type]
        assert mlflow_sync.run_id is not None
        run = open_client(store, "tests")[0].get_run(mlflow_sync.run_id)
        assert (run.info.status, run.data.tags["depthlab.pruned"]) == (shown, pruned)


@pytest.mark.parametrize("status", ["failed", "killed"])
def test_a_run_ends_as_it_did_end(make_folder: MakeFolder, store: str, status: str) -> None:
    mlflow_sync = _start_sync(make_folder(), store)
    assert mlflow_sync.finish(status, ended=2_000_000_000.5)  # type: ignore[arg-type]
    client, _ = open_client(store, "tests")
    assert mlflow_sync.run_id is not None
    info = client.get_run(mlflow_sync.run_id).info
    assert info.status == status.upper()
    assert info.end_time == 2_000_000_000_500


def test_a_resumed_run_goes_on_in_the_same_place_and_doubles_nothing(make_folder: MakeFolder, store: str) -> None:
    folder = make_folder()
    first = _start_sync(folder, store)
    _log(folder, range(100))
    assert first.finish("killed")
    folder.release()

    folder = RunFolder.open(folder.path)
    assert folder.acquire()
    folder.journal.drop_after(59)
    second = _start_sync(folder, store)
    run_id = second.run_id
    assert run_id == first.run_id
    assert run_id is not None
    client, _ = open_client(store, "tests")
    assert client.get_run(run_id).info.status == "RUNNING"
    _log(folder, range(60, 150))
    # A metric that came for the first time may come at an early step.
    folder.journal.append({"model/parameters": 855_770}, step=0, epoch=0)
    assert second.finish("finished")
    assert _steps(store, run_id) == list(range(150))
    assert _steps(store, run_id, "train/accuracy") == list(range(150))
    assert _steps(store, run_id, "model/parameters") == [0]
    assert client.get_run(run_id).info.status == "FINISHED"


def test_lines_that_arrived_unnoted_are_not_doubled(make_folder: MakeFolder, store: str) -> None:
    folder = make_folder()
    first = _start_sync(folder, store)
    _log(folder, range(700))
    folder.journal.append({"train/loss": math.nan}, step=700, epoch=0)
    assert first.finish("killed")
    # As if it had been killed after the store took the lines and before that was noted.
    progress = SyncProgress.find(folder.path)
    assert progress is not None
    SyncProgress(uri=progress.uri, experiment="tests", key=progress.key, run_id=progress.run_id).write(folder.path)
    second = _start_sync(folder, store)
    assert second.finish("finished")
    assert second.run_id == first.run_id
    assert second.run_id is not None
    assert _steps(store, second.run_id) == list(range(701))


def test_a_run_that_was_made_unnoted_is_found_again(make_folder: MakeFolder, store: str) -> None:
    manifest = make_folder().manifest
    client, experiment_id = open_client(store, "tests")
    first = open_run(client, experiment_id, manifest, None, "key")
    assert open_run(client, experiment_id, manifest, None, "key") == first
    assert open_run(client, experiment_id, manifest, None, "another") != first


def test_a_run_that_was_deleted_in_the_store_is_made_anew(make_folder: MakeFolder, store: str) -> None:
    folder = make_folder()
    first = _start_sync(folder, store)
    _log(folder, range(10))
    assert first.finish("killed")
    client, _ = open_client(store, "tests")
    assert first.run_id is not None
    client.delete_run(first.run_id)
    second = _start_sync(folder, store)
    assert second.finish("finished")
    assert second.run_id not in (None, first.run_id)
    assert second.run_id is not None
    assert _steps(store, second.run_id) == list(range(10))


def test_an_experiment_in_the_trash_is_taken_out(store: str) -> None:
    client, experiment_id = open_client(store, "tests")
    client.delete_experiment(experiment_id)
    assert open_client(store, "tests")[1] == experiment_id
    assert client.get_experiment(experiment_id).lifecycle_stage == "active"


def test_what_cannot_be_uploaded_leaves_the_run_ended_and_told(make_folder: MakeFolder, store: str) -> None:
    folder = make_folder()
    blocked = folder.path / "blocked"
    blocked.write_text("a file where a folder would have to be")
    mlflow_sync = MlflowSync.open(folder, uri=store, experiment="tests", artifact_root=blocked, system_metrics=False)
    mlflow_sync.start()
    assert not mlflow_sync.finish("finished", patience=0.1)
    assert mlflow_sync.warning is not None
    assert "python pipelines/sync.py" in mlflow_sync.warning
    assert "\n" not in mlflow_sync.warning
    assert mlflow_sync.run_id is not None
    assert open_client(store, "tests")[0].get_run(mlflow_sync.run_id).info.status == "FINISHED"


def test_a_store_that_never_was_there_stops_nothing(make_folder: MakeFolder) -> None:
    folder = make_folder()
    mlflow_sync = _start_sync(folder, "http://ada:secret@127.0.0.1:1")
    begin = time.monotonic()
    _log(folder, range(100))
    assert time.monotonic() - begin < 1
    assert mlflow_sync.run_id is None
    assert not mlflow_sync.finish("finished", patience=0.2)
    assert mlflow_sync.warning is not None
    assert "secret" not in mlflow_sync.warning
    assert "secret" not in (folder.path / "projection.json").read_text()
    assert len(folder.journal.read()) == 100


def test_system_metrics_are_sampled_and_counted_on(
    make_folder: MakeFolder, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from depthlab.tracking.system_metrics import SystemMetrics

    folder = make_folder()
    for count in (1, 2):
        system = SystemMetrics.open(folder.system, every=0.0)
        system.sample()
        lines = folder.system.read()
        assert [line.step for line in lines] == list(range(count))
        assert 0 < lines[-1].values["system/system_memory_usage_percentage"] <= 100
    SystemMetrics.open(folder.system, every=60.0).sample()
    assert len(folder.system.read()) == 2, "too early for another"
    mlflow_sync = _start_sync(folder, store, system_metrics=True)
    assert mlflow_sync.finish("finished")
    assert mlflow_sync.run_id is not None
    assert _steps(store, mlflow_sync.run_id, "system/cpu_utilization_percentage") == [0, 1]


_RUN = """
import sys, time
from pathlib import Path
from depthlab.tracking import MlflowSync, RunFolder
from tests.tracking.conftest import make_manifest
folder = RunFolder.create(Path(sys.argv[1]), make_manifest())
sync = MlflowSync.open(folder, uri=sys.argv[2], experiment="tests", every=0.01, system_metrics=False)
sync.start()
for step in range(int(sys.argv[3])):
    folder.journal.append({"train/loss": 1.0, "train/accuracy": 0.5}, step=step, epoch=0)
    if step == 50:
        assert sync.run_id
    if step >= 50 and sys.argv[3] == "1000000":
        time.sleep(0.001)
assert sync.finish("finished"), sync.warning
"""


def _run(root: Path, store: str, steps: int) -> Command:
    return Command("-c", _RUN, root, store, str(steps))


@pytest.mark.slow
def test_sigkill_in_mid_run_then_resume_gives_every_step_once(tmp_path: Path, store: str) -> None:
    process = _run(tmp_path / "runs", store, 1_000_000)
    deadline = time.monotonic() + 60
    try:
        while True:
            assert time.monotonic() < deadline, "nothing arrives"
            assert process.poll() is None, process.communicate()
            folders = list((tmp_path / "runs").glob("*/projection.json"))
            progress = SyncProgress.find(folders[0].parent) if folders else None
            # Killed while lines are on their way.
            if progress is not None and progress.run_id is not None and len(_steps(store, progress.run_id)) > 100:
                break
            time.sleep(0.05)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()

    folder = RunFolder.open(folders[0].parent)
    assert folder.acquire()
    assert folder.status == "running"
    last = folder.journal.read()[-1].step
    folder.journal.drop_after(40)
    mlflow_sync = _start_sync(folder, store)
    assert mlflow_sync.run_id == progress.run_id
    _log(folder, range(41, last + 100))
    assert mlflow_sync.finish("finished")
    assert mlflow_sync.run_id is not None
    for metric in ("train/loss", "train/accuracy"):
        assert _steps(store, mlflow_sync.run_id, metric) == list(range(last + 100))


@pytest.mark.slow
def test_processes_may_open_a_new_store_at_once_and_in_silence(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path / 'new' / 'mlflow.db'}"
    processes = [_run(tmp_path / "runs", uri, 60) for _ in range(2)]
    for process in processes:
        out, err = process.communicate(timeout=120)
        assert (process.returncode, out, err) == (0, "", "")
    client, experiment_id = open_client(uri, "tests")
    runs = client.search_runs([experiment_id])
    assert len(runs) == 2
    for run in runs:
        assert run.info.status == "FINISHED"
        assert _steps(uri, run.info.run_id) == list(range(60))


def test_a_run_that_goes_on_from_a_late_copy_of_its_folder_doubles_nothing(
    make_folder: MakeFolder, store: str, tmp_path: Path
) -> None:
    """Another machine has a copy that knows less than the store: of the journal, and nothing of the projection."""
    folder = make_folder()
    _log(folder, range(60))
    copy = tmp_path / "elsewhere" / folder.name
    shutil.copytree(folder.path, copy)
    first = _start_sync(folder, store, system_metrics=True)
    _log(folder, range(60, 100))
    folder.system.append({"system/cpu_utilization_percentage": 50.0}, step=0, epoch=0)
    assert first.finish("killed")
    folder.release()

    later = RunFolder.open(copy)
    assert later.acquire()
    later.journal.drop_after(39)
    later.system.append({"system/cpu_utilization_percentage": 70.0}, step=0, epoch=0)
    second = _start_sync(later, store)
    _log(later, range(40, 150))
    later.journal.append({"test/accuracy": 0.97}, step=150, epoch=1)
    assert second.finish("finished"), second.warning
    assert second.run_id == first.run_id
    assert second.run_id is not None
    assert _steps(store, second.run_id) == list(range(150))
    assert _steps(store, second.run_id, "train/accuracy") == list(range(150))
    assert _steps(store, second.run_id, "test/accuracy") == [150]
    assert _steps(store, second.run_id, "system/cpu_utilization_percentage") == [0]
