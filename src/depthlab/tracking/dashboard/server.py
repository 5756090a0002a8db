"""MLflow's server for a store of this machine: started by this interpreter, awaited, and ended with its processes."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import suppress
from typing import Any, Self, final

from depthlab.tracking import redact, resolve_artifact_root
from depthlab.tracking.dashboard.place import Place

_HOST = "127.0.0.1"
_SECONDS = 90.0  # a store of an older version may be slow to open on a busy machine
_PORTS = 50


def already_served(place: Place, port: int) -> str | None:
    """Return the address at which this machine serves the store on the port already, None if it does not."""
    address = f"http://{_HOST}:{port}"
    query = urllib.parse.urlencode({"experiment_id": place.experiment_id})
    found = _ask(f"{address}/api/2.0/mlflow/experiments/get?{query}").get("experiment", {})
    views = {tag["key"] for tag in found.get("tags", ())}
    run = _ask(f"{address}/api/2.0/mlflow/runs/get?run_id={place.run_id}") if place.run_id else {"run": True}
    sought = not place.view or f"mlflow.sharedViewState.{place.view}" in views
    root = resolve_artifact_root(place.uri) or ""
    same = found.get("name") == place.experiment and found.get("artifact_location", "").startswith(root)
    return address if same and sought and "run" in run else None


@final
class Server:
    """MLflow's server for a database, on this machine alone; leaving the context ends it."""

    def __init__(self, uri: str, port: int) -> None:
        """Start it on the port, or on the next one that is free; raises `ValueError` if none of them is."""
        self._port = _free_port(port)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 (open as long as the server)
        words = ["server", "--host", _HOST, "--port", str(self._port), "--workers", "1"]
        root = resolve_artifact_root(uri)
        words += ["--default-artifact-root", root] if root else []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "mlflow", *words],
            env=os.environ | {"MLFLOW_BACKEND_STORE_URI": uri, "MLFLOW_DISABLE_TELEMETRY": "true"},
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # it has processes of its own, and all of them end with it
        )

    @property
    def address(self) -> str:
        """Where its pages are."""
        return f"http://{_HOST}:{self._port}"

    def wait_until_it_answers(self) -> None:
        """Return when the pages can be opened; raises `ValueError` if they can't."""
        deadline = time.monotonic() + _SECONDS
        while not _answers(f"{self.address}/health"):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise ValueError(f"MLflow does not start: {self._reason}")
            time.sleep(0.2)

    def wait(self) -> None:
        """Wait until it ends."""
        self._process.wait()
        raise ValueError(f"MLflow has ended: {self._reason}")

    @property
    def _reason(self) -> str:
        self._log.seek(0)
        lines = [line.strip() for line in self._log.read().decode(errors="replace").splitlines() if line.strip()]
        return redact(lines[-1]) if lines else "it says nothing"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._log.close()


def _free_port(first: int) -> int:
    last = min(first + _PORTS - 1, 65535)
    for port in range(first, last + 1):
        with socket.socket() as server, suppress(OSError):
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind((_HOST, port))
            return port
    raise ValueError(f"none of the ports {first} to {last} is free: type another port=")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _ask(url: str) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            found = json.load(answer)
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
