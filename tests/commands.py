"""Commands of the project in processes of their own, forked from one that has imported everything already.

A cold `python train.py` imports for some seven seconds before it does anything. Here one process of each test worker
imports once (this file, run as a program), and each command is a fork of it: in a session, a folder and an environment
of its own, with its own output, exit code and signals. To the tests a `Command` is what `subprocess.Popen` would be,
with these differences:

- output is always caught, in files, so that a command never waits for a reader; standard input is empty;
- it always leads a session of its own: `os.killpg(command.pid, ...)` reaches it and what it has started;
- /proc shows the arguments and the environment of the process that it was forked from.

Not for tests of cold starts: what a command imports, how soon it answers, the README's main command.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import types
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, final

ROOT = Path(__file__).resolve().parents[1]
_STATUS = struct.Struct("i")

# None of these starts a thread at its import, or a fork would lack it (pyarrow's allocator looks after its own).
_PRELOADED = (
    *("torch", "pytorch_lightning", "torchmetrics", "scipy.stats", "sklearn.datasets", "matplotlib.pyplot", "jinja2"),
    *("mlflow", "mlflow.tracking", "mlflow.store.tracking.sqlalchemy_store", "optuna", "hydra", "rich.progress"),
    *("ray", "ray.tune", "ray.train.torch"),
    *("depthlab.command_line", "depthlab.run", "depthlab.run.experiment", "depthlab.run.show"),
    *("depthlab.sweeps", "depthlab.sweeps.runner", "depthlab.sweeps.workers.ray_tune", "depthlab.report"),
)


@final
class Command:
    """A Python program that runs: a script with what is typed after it, or `-c` and code."""

    def __init__(self, *arguments: object, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> None:
        """Start it.

        Args:
            arguments: What is typed after `python`.
            cwd: The folder in which it is typed.
            env: The whole environment; None for that of this process.
        """
        self.args = [str(argument) for argument in arguments]
        self.returncode: int | None = None
        self._out, self._err = tempfile.TemporaryFile("w+"), tempfile.TemporaryFile("w+")  # noqa: SIM115
        self._status, theirs = socket.socketpair()
        request = {
            "arguments": self.args,
            "folder": str(cwd),
            "environment": dict(os.environ if env is None else env),
            "cores": sorted(os.sched_getaffinity(0)),
        }
        with theirs:
            files = [self._out.fileno(), self._err.fileno(), theirs.fileno()]
            socket.send_fds(_server(), [json.dumps(request).encode()], files)
        self.pid = self._told()

    def poll(self) -> int | None:
        """Return the exit code, or minus the signal that ended it; None while it runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it ends, and return its exit code."""
        if self.returncode is None:
            if not select.select([self._status], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0.0, *self._shown())
            self.returncode = self._told()
            self._status.close()
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Wait until it ends, and return what it wrote to standard output and error."""
        self.wait(timeout)
        return self._shown()

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _told(self) -> int:
        told = self._status.recv(_STATUS.size)
        assert told, "the process that commands are forked from has ended"
        return int(_STATUS.unpack(told)[0])

    def _shown(self) -> tuple[str, str]:
        out, err = (Path(f"/proc/self/fd/{file.fileno()}").read_text() for file in (self._out, self._err))
        return out, err


def run_command(
    *arguments: object, cwd: Path = ROOT, env: Mapping[str, str] | None = None, timeout: float = 600.0
) -> "subprocess.CompletedProcess[str]":
    """Run a program to its end, as `subprocess.run` would with `capture_output` and `text`."""
    command = Command(*arguments, cwd=cwd, env=env)
    try:
        out, err = command.communicate(timeout)
    finally:
        command.kill()
    assert command.returncode is not None
    return subprocess.CompletedProcess(command.args, command.returncode, out, err)


@cache
def _server() -> socket.socket:
    """Start the process that commands are forked from; it ends when this one does."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        subprocess.Popen(
            [sys.executable, "-P", __file__, str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
            start_new_session=True,
        )
    return ours


def _serve(requests: socket.socket) -> dict[str, Any] | None:
    """Fork a process for each request and report how it ends; returns in each of them, and at the end of all."""
    reports: dict[int, socket.socket] = {}
    woken, wakes = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes)
    while True:
        ready, _, _ = select.select([requests, woken], [], [])
        if woken in ready:
            os.read(woken, 1024)
            _report_ended(reports)
        if requests not in ready:
            continue
        message, files, _, _ = socket.recv_fds(requests, 2**20, 3)
        if not message:
            return None
        out, err, status = files
        report = socket.socket(fileno=status)
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            for descriptor in (woken, wakes, requests.detach(), *(one.detach() for one in [report, *reports.values()])):
                os.close(descriptor)
            os.dup2(out, 1)
            os.dup2(err, 2)
            request = json.loads(message)
        for descriptor in (out, err):
            os.close(descriptor)
        if pid == 0:
            return dict(request)
        reports[pid] = report
        report.send(_STATUS.pack(pid))


def _report_ended(reports: dict[int, socket.socket]) -> None:
    while reports:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        with reports.pop(pid) as report, contextlib.suppress(BrokenPipeError):
            report.send(_STATUS.pack(os.waitstatus_to_exitcode(status)))


def _become(request: dict[str, Any]) -> None:
    """Make this process what `python ARGUMENTS` would be after its imports, and run the program."""
    os.setsid()
    os.sched_setaffinity(0, request["cores"])
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    tempfile.tempdir = None
    program, *typed = request["arguments"]
    if program == "-c":
        name, code, typed, first = "-c", typed[0], typed[1:], ""
    else:
        name, code, first = program, Path(program).read_text(), str(Path(program).resolve().parent)
    sys.argv = [name, *typed]
    more = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:0] = [first, *filter(None, more)]
    importlib.invalidate_caches()
    main = types.ModuleType("__main__")
    if program != "-c":
        main.__file__ = program
    sys.modules["__main__"] = main
    exec(compile(code, "<string>" if program == "-c" else program, "exec"), main.__dict__)


def _preload() -> None:
    from depthlab.sweeps.workers.cluster import set_ray_defaults

    set_ray_defaults()  # before Ray is imported, which reads it then
    os.environ.setdefault("RAY_AUTH_MODE", "token")
    gc.disable()  # a third of the time would go into it
    for module in _PRELOADED:
        importlib.import_module(module)
    threads = [Path(f"/proc/self/task/{one}/comm").read_text().strip() for one in os.listdir("/proc/self/task")]
    assert sorted(threads)[:-1] in ([], ["jemalloc_bg_thd"]), f"forks would lack some of these threads: {threads}"
    gc.freeze()  # or each fork copies what its collections touch
    gc.enable()


if __name__ == "__main__":
    _preload()
    asked = _serve(socket.socket(fileno=int(sys.argv[1])))
    if asked is not None:
        _become(asked)
