"""The Ray cluster that computes a sweep: one of this machine for one command, or one that is there already."""

import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.parse
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TextIO, final

from depthlab.sweeps.workers.runtime_env import runtime_env
from depthlab.tracking import redact

_ADDRESS = "ray.address=auto (on a node of the cluster) or ray.address=HOST:PORT, such as 10.0.0.1:6379"
_LOCAL = "leave it out for a cluster of this machine alone"
_CONNECT_SECONDS = 5.0
_TOKEN = uuid.uuid4().hex  # the same for all clusters of this process: Ray reads it once
_HEAD = Path(__file__).with_name("cluster_head.py")
_STARTS = 3  # times that a cluster is tried on a machine too busy for Ray, which gives up after 30 s
_BUSY = "timed out during startup"  # as Ray says it then
# Ray and Tune read these at their import. A value that a person has set stays.
_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_CHDIR_TO_TRIAL_DIR": "0",  # a relative path means the same in every process
    "RAY_AIR_NEW_OUTPUT": "0",
    "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",  # they write each trial's numbers into CSV, JSON and TensorBoard files
    "TUNE_DISABLE_AUTO_CALLBACK_SYNCER": "1",
}

# A cluster of one machine that knows itself by its loopback address; Ray has it by default on Windows and macOS.
_LOOPBACK = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}


@final
@dataclass(frozen=True)
class Cluster:
    """What there is to compute with, when it was joined."""

    nodes: int  # alive, those without a core for us included
    cpus: float
    gpus: float
    hosts: frozenset[str]  # their addresses; several nodes may share one
    own: bool  # made for this command, on this machine


@contextmanager
def connect(address: str | None, *, environment: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    """Join a Ray cluster for as long as the context lasts.

    None makes one of this machine (`LocalCluster`), which ends with the context. On a running cluster our code and
    configuration are sent to the workers, and the variables of the environment that they need (`shipping`); a job of
    `ray job submit` has sent the code already.

    Args:
        address: None, `auto` or `HOST:PORT`.
        environment: More variables for the workers.

    Raises:
        ValueError: no cluster answers at `address`, or it doesn't take us; one line.
    """
    if address is None:
        with LocalCluster(environment or {}) as own, own.joined() as cluster:
            yield cluster
        return
    set_ray_defaults()
    with _running_cluster(address, environment or {}):
        yield _describe(own=False)


@final
class LocalCluster:
    """A cluster of this machine's cores and GPUs: without dashboard, quiet, and with nothing left on the disk.

    It begins to start with the context, in a process of its own (`head.py`), and ends with it, or with this process.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Nothing happens before the context is entered.

        Args:
            environment: More variables for the workers.
        """
        self._environment = environment
        self._head: subprocess.Popen[str] | None = None
        self._before: dict[str, str | None] = {}  # variables of this process that hold for the context alone
        self._errors: TextIO | None = None  # what the head writes where it fails

    def __enter__(self) -> Self:
        set_ray_defaults()
        self._before = {name: os.environ.get(name) for name in ("RAY_AUTH_TOKEN", "RAY_AUTH_MODE")}
        if "RAY_AUTH_TOKEN_PATH" not in os.environ:
            # Only who has the token may use the cluster; one in the environment keeps Ray from writing one at home.
            os.environ.setdefault("RAY_AUTH_TOKEN", _TOKEN)
        os.environ.setdefault("RAY_AUTH_MODE", "token")  # which Ray sets by itself in the process of the head alone
        self._errors = tempfile.TemporaryFile("w+")
        self._head = self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        if self._errors is not None:
            self._errors.close()
        for name, value in self._before.items():
            os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)

    def _start(self) -> subprocess.Popen[str]:
        """Let a cluster begin to start."""
        cores = _usable_cores()
        return subprocess.Popen(
            # -P: our own files are not modules there
            [sys.executable, "-P", str(_HEAD), *([] if cores is None else [str(cores)])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env=os.environ | self._environment | _LOOPBACK,
            start_new_session=True,  # Ctrl-C is for the sweep, which ends the cluster when its trials have stopped
        )

    def _address(self, starts: int = _STARTS) -> str:
        """Wait for the cluster's address; where the machine is too busy for Ray, have it start again."""
        assert self._head is not None and self._head.stdout is not None
        address = self._head.stdout.readline().strip()
        if address:
            return address
        self._end()
        assert self._errors is not None
        self._errors.seek(0)
        said = self._errors.read().strip()
        if _BUSY in said and starts > 1:
            self._errors.seek(0)
            self._errors.truncate()
            self._head = self._start()
            return self._address(starts - 1)
        why = said.rpartition("\n")[2] or f"exit code {self._head.returncode}"
        raise ValueError(
            f"Ray does not start on this machine ({why[:300]}): try again, or join a running cluster, {_ADDRESS}"
        )

    def _end(self) -> None:
        """Tell the head to end, and wait until it has."""
        assert self._head is not None and self._head.stdin is not None and self._head.stdout is not None
        self._head.stdin.close()
        self._head.stdout.close()
        self._head.wait()

    @contextmanager
    def joined(self) -> Iterator[Cluster]:
        """Wait until the cluster is there, and join it for as long as the context lasts.

        Raises:
            ValueError: it did not start; one line.
        """
        address = self._address()
        import ray
        from ray._private import ray_constants

        several = ray_constants.ENABLE_RAY_CLUSTER
        ray_constants.ENABLE_RAY_CLUSTER = False  # what _LOOPBACK is to the head, which Ray read at its import here
        try:
            with _our_signals():
                ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
            yield _describe(own=True)
        finally:
            ray.shutdown()
            ray_constants.ENABLE_RAY_CLUSTER = several


def set_ray_defaults() -> None:
    """Set what Ray reads of the environment at its import."""
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)


def check_shared(cluster: Cluster, *, uri: str | None, storage: str | None) -> None:
    """Check that what several machines write can be seen by all of them.

    Args:
        cluster: The one that will compute.
        uri: The store of runs, as `resolve_uri` returns it; None where runs are not tracked.
        storage: Where run folders meet, `sweep.storage`.

    Raises:
        ValueError: with more than one node the store is a sqlite file, or no storage is given; one line.
    """
    if cluster.nodes <= 1:
        return
    many = f"the cluster has {cluster.nodes} nodes"
    server = "start a tracking server (docs/cluster.md) and type tracking.uri=http://HOST:5000, or tracking=none"
    if uri is not None and uri.startswith("sqlite"):
        raise ValueError(f"{many}, and a sqlite file takes runs of one machine alone ({uri}): {server}")
    host = urllib.parse.urlsplit(uri or "").hostname
    if host in ("localhost", "127.0.0.1", "::1") and len(cluster.hosts) > 1:
        raise ValueError(f"{many}, and on each of them {redact(uri or '')} is another machine's: {server}")
    if storage is None:
        raise ValueError(
            f"{many}, and their runs have no place to meet: type sweep.storage=FOLDER, one that all of them see, "
            "or sweep.storage=s3://BUCKET/FOLDER"
        )


@contextmanager
def _running_cluster(address: str, environment: Mapping[str, str]) -> Iterator[None]:
    _check_address(address)
    shipped = runtime_env(_QUIET | dict(environment))
    import ray

    try:
        with _our_signals():
            ray.init(
                address=address,
                runtime_env=shipped,
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
    # Ray says with any of these that there is no cluster, that it is of another version, or that it wants a token.
    except (ConnectionError, OSError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
        ray.shutdown()
        raise ValueError(f"ray.address={address}: {_first_sentence(error)}: type {_ADDRESS}, or {_LOCAL}") from error
    try:
        yield
    finally:
        ray.shutdown()


def _describe(*, own: bool) -> Cluster:
    import ray

    alive: list[dict[str, Any]] = [node for node in ray.nodes() if node["Alive"]]  # type: ignore[no-untyped-call]
    resources = ray.cluster_resources()  # type: ignore[no-untyped-call]
    return Cluster(
        nodes=len(alive),
        cpus=resources.get("CPU", 0.0),
        gpus=resources.get("GPU", 0.0),
        hosts=frozenset(node["NodeManagerAddress"] for node in alive),
        own=own,
    )


def _check_address(address: str) -> None:
    """See that somebody listens, as Ray itself would ask for a minute, and then tell it in many lines."""
    if address == "auto":
        return
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or "/" in address:
        raise ValueError(f"ray.address={address} is not an address of a cluster: type {_ADDRESS}, or {_LOCAL}")
    try:
        socket.create_connection((host, int(port)), timeout=_CONNECT_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise ValueError(
            f"ray.address={address}: nothing answers there ({error}): start it, ray start --head --port {port}, "
            f"or type another address, or {_LOCAL}"
        ) from error


def _first_sentence(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text.partition(". ")[0].rstrip(".")[:300]


def _usable_cores() -> int | None:
    """Return the number of cores where this process is bound to some of them; None leaves it to Ray."""
    total = os.cpu_count() or 1
    usable = len(os.sched_getaffinity(0)) if "sched_getaffinity" in dir(os) else total
    return usable if usable < total else None


@contextmanager
def _our_signals() -> Iterator[None]:
    """Keep how this process takes SIGINT and SIGTERM: Ray puts its own way in place."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kinds = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(kind) for kind in kinds]
    try:
        yield
    finally:
        for kind, handler in zip(kinds, before, strict=True):
            signal.signal(kind, handler)
