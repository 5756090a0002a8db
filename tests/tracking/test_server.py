"""A real tracking server that dies in mid-run and comes back."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, final

import pytest

from depthlab.tracking import MlflowSync, RunFolder, Synchronized, check_store, open_client, synchronize
from depthlab.tracking.sync_progress import SyncProgress
from tests.commands import run_command
from tests.tracking.conftest import MakeFolder

pytestmark = pytest.mark.slow

_START_SECONDS: Final = 120


@final
class Server:
    """`mlflow server` on loopback, with a sqlite store and artifacts in a folder."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.uri = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "mlflow", "server", "--port", str(self.port), "--workers", "1"]
        command += ["--backend-store-uri", f"sqlite:///{self.folder / 'server.db'}"]
        command += ["--artifacts-destination", str(self.folder / "artifacts")]
        environment = os.environ | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}  # it starts sooner
        with (self.folder / "server.log").open("ab") as log:
            # A session of its own: the server has workers, and all of them shall die.
            self._process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, start_new_session=True)
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                return check_store(self.uri)
            except ValueError:
                log_text = (self.folder / "server.log").read_text()
                assert self._process.poll() is None and time.monotonic() < deadline, log_text
                time.sleep(0.2)

    def kill(self) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    (folder / "server.db").write_bytes(empty_store.read_bytes())
    server = Server(folder)
    server.start()
    yield server
    server.kill()


def _start_sync(folder: RunFolder, server: Server) -> MlflowSync:
    mlflow_sync = MlflowSync.open(folder, uri=server.uri, experiment="tests", system_metrics=False, every=0.05)
    mlflow_sync.start()
    return mlflow_sync


def _log(folder: RunFolder, steps: range) -> None:
    for step in steps:
        folder.journal.append({"train/loss": 1 / (step + 1), "nan": float("nan")}, step=step, epoch=0)


def _wait_until_sent(folder: RunFolder) -> None:
    deadline = time.monotonic() + 60
    last = folder.journal.read()[-1].step
    while _last_step_of(folder) < last:
        assert time.monotonic() < deadline, "nothing arrives"
        time.sleep(0.05)


def _last_step_of(folder: RunFolder) -> int:
    """Return the last step that the store has of the run."""
    progress = SyncProgress.find(folder.path)
    if progress is None or progress.run_id is None:
        return -1
    client, _ = open_client(progress.uri, "tests")
    return max((metric.step for metric in client.get_metric_history(progress.run_id, "train/loss")), default=-1)


def _assert_whole(server: Server, run_id: str | None, steps: int, status: str) -> None:
    assert run_id is not None
    client, _ = open_client(server.uri, "tests")
    run = client.get_run(run_id)
    assert run.info.status == status
    assert run.data.params["depth"] == "56"
    assert len(run.inputs.dataset_inputs) == 1
    for metric in ("train/loss", "nan"):
        assert sorted(value.step for value in client.get_metric_history(run_id, metric)) == list(range(steps))


def test_a_run_arrives_through_a_server_with_its_files(make_folder: MakeFolder, server: Server) -> None:
    folder = make_folder()
    mlflow_sync = _start_sync(folder, server)
    _log(folder, range(700))
    assert mlflow_sync.finish("finished"), mlflow_sync.warning
    _assert_whole(server, mlflow_sync.run_id, 700, "FINISHED")
    (uploaded,) = (server.folder / "artifacts").rglob("manifest.json")
    assert uploaded.read_bytes() == (folder.path / "manifest.json").read_bytes()


def test_a_server_lost_in_mid_run_costs_nothing(make_folder: MakeFolder, server: Server) -> None:
    """One run ends while the server is away and is sent later; one sees it come back."""
    enduring = make_folder()
    going_on = _start_sync(enduring, server)
    _log(enduring, range(100))
    folder = make_folder()
    mlflow_sync = _start_sync(folder, server)
    _log(folder, range(100))
    _wait_until_sent(folder)
    _wait_until_sent(enduring)
    server.kill()
    try:
        _log(enduring, range(100, 200))
        _log(folder, range(100, 300))
        folder.status = "finished"
        begin = time.monotonic()
        assert not mlflow_sync.finish("finished", patience=1.0)
        assert time.monotonic() - begin < 15
        assert mlflow_sync.warning is not None
        assert "python pipelines/sync.py" in mlflow_sync.warning
        assert "\n" not in mlflow_sync.warning
        folder.release()
        (away,) = synchronize(folder.path.parent)
        assert away.warning is not None
        assert "no store answers" in away.warning
        with pytest.raises(ValueError, match="no store answers"):
            synchronize(folder.path.parent, server.uri)
    finally:
        server.start()
    _log(enduring, range(200, 300))
    _wait_until_sent(enduring)
    assert going_on.finish("finished"), going_on.warning
    _assert_whole(server, going_on.run_id, 300, "FINISHED")
    ended = folder.last_sign
    seen: list[Synchronized] = []
    (done,) = synchronize(folder.path.parent, report=seen.append)
    assert seen == [done]
    assert done == Synchronized(folder.name, "finished", False, mlflow_sync.run_id, None)
    _assert_whole(server, mlflow_sync.run_id, 300, "FINISHED")
    client, _ = open_client(server.uri, "tests")
    assert mlflow_sync.run_id is not None
    assert abs(client.get_run(mlflow_sync.run_id).info.end_time / 1000 - ended) < 1
    assert [found.path for found in client.list_artifacts(mlflow_sync.run_id)] == ["manifest.json"]
    assert synchronize(folder.path.parent) == [], "nothing is left to do"


_DYING = """
import os, signal, sys
from pathlib import Path
from depthlab.tracking import MlflowSync, RunFolder
from tests.tracking.conftest import make_manifest
folder = RunFolder.create(Path(sys.argv[1]), make_manifest())
sync = MlflowSync.open(folder, uri=sys.argv[2], experiment="tests", system_metrics=False)
sync.start()
assert sync.run_id
for step in range(100):
    folder.journal.append({"train/loss": 1.0, "nan": float("nan")}, step=step, epoch=0)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_run_whose_process_is_dead_is_reaped(make_folder: MakeFolder, server: Server) -> None:
    living = make_folder()
    root = living.path.parent
    answer = run_command("-c", _DYING, root, server.uri)
    assert (answer.returncode, answer.stdout, answer.stderr) == (-signal.SIGKILL, "", "")
    (reaped,) = synchronize(root)
    assert (reaped.status, reaped.reaped, reaped.warning) == ("killed", True, None)
    _assert_whole(server, reaped.run_id, 100, "KILLED")
    assert RunFolder.open(root / reaped.folder).status == "killed"
    assert living.status == "running"
    assert synchronize(root) == []
