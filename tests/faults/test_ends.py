"""Every end is clean: saved within seconds, marked, and the same command goes on; what was being sent is sent."""

import os
import signal
import time
from pathlib import Path

import pytest

from depthlab.tracking import RunFolder, find_folders
from depthlab.tracking.sync_progress import SyncProgress
from depthlab.training.checkpoints import read_checkpoint
from tests.commands import Command
from tests.run.conftest import TINY, Trained, tracked
from tests.run.test_resume import cut_off

__all__ = ["tracked"]  # a fixture
pytestmark = pytest.mark.slow

# A store that takes the run and then hangs on its files, until the process is killed.
_HANGS = """
import sys, time
from depthlab.recipe import compose
from depthlab.run import run
from depthlab.tracking import mlflow_sync
def hang(*_):
    print("sending", flush=True)
    time.sleep(60)
mlflow_sync.upload = hang
run(compose(sys.argv[1:]))
"""


@pytest.mark.parametrize("signum", [signal.SIGHUP, signal.SIGUSR1, signal.SIGQUIT], ids=lambda signum: signum.name)
def test_a_signal_saves_and_marks_the_run(signum: signal.Signals, tmp_path: Path) -> None:
    code, errors = cut_off(tmp_path, 10, signum, resumptions=0)
    assert code == 128 + signum
    assert errors.splitlines()[-1] == f"stopped by {signum.name}; the same command continues it"
    (folder,) = find_folders(tmp_path)
    assert folder.status == "killed"
    assert read_checkpoint(folder.checkpoints / "last.ckpt")["global_step"] >= 10


@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGTERM], ids=lambda signum: signum.name)
def test_killed_while_it_is_sent_the_same_command_sends_the_rest(
    signum: signal.Signals, tracked: Trained, tmp_path: Path
) -> None:
    from mlflow import MlflowClient

    store = tmp_path / "mlflow.db"
    store.write_bytes(Path(tracked.uri.removeprefix("sqlite:///")).read_bytes())
    root, uri = tmp_path / "runs", f"sqlite:///{store}"
    words = [*TINY, f"tracking.folder={root}", f"tracking.uri={uri}", "tracking.experiment=sent", "seed=5"]
    process = Command("-c", _HANGS, *words)
    deadline = time.monotonic() + 120
    while "sending" not in process._shown()[0]:
        assert process.poll() is None and time.monotonic() < deadline, process._shown()
        time.sleep(0.05)
    os.kill(process.pid, signum)
    process.wait(60)
    (folder,) = find_folders(root)
    assert folder.status == "finished"
    before = folder.record

    process = Command("train.py", *words)
    out, errors = process.communicate(120)
    assert process.returncode == 0, errors
    assert f"{folder.name} is trained, and was cut off while it was sent" in errors
    assert len(find_folders(root)) == 1
    after = RunFolder.open(folder.path)
    assert after.record == before and after.journal.resumptions == 0
    progress = SyncProgress.find(folder.path)
    assert progress is not None and progress.complete and progress.run_id is not None
    client = MlflowClient(uri)
    assert client.get_run(progress.run_id).info.status == "FINISHED"
    assert {"record.json", "checkpoints", "figures"} <= {item.path for item in client.list_artifacts(progress.run_id)}
    assert "test error" in out
