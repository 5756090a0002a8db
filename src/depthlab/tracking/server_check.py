"""Ask whether a server answers, within a few seconds whatever the network does."""

import base64
import os
import socket
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable

SECONDS = 2.5  # with the start of Python, a store that is away is told in 3


def check_server(uri: str) -> None:
    """Check that an MLflow server answers at `uri`.

    Raises:
        ValueError: None answers within `SECONDS`, it refuses us, or something else answers; one line.
    """
    parts = urllib.parse.urlsplit(uri)
    shown = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    code, text = _bounded(shown, lambda: _ask(uri))
    if code == 401:
        raise ValueError(
            f"the MLflow server at {shown} wants a login: set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
        )
    if code == 403:
        raise ValueError(
            f"the server at {shown} refuses us ({text}): start it with mlflow server --allowed-hosts "
            f"{parts.netloc.rpartition('@')[2]}, or type tracking=none"
        )
    if code >= 500:
        raise ValueError(f"the server at {shown} is in trouble (HTTP {code}): look at its log, or type tracking=none")
    if code != 200 or ("experiments" not in text and text != "{}"):
        raise ValueError(
            f"what answers at {shown} is not an MLflow server (HTTP {code}): check tracking.uri, or type tracking=none"
        )


def check_host(shown: str, host: str, port: int) -> None:
    """Check that something listens on a port.

    Args:
        shown: The address as messages name it.
        host: Its host name.
        port: Its port.

    Raises:
        ValueError: Nothing answers within `SECONDS`; one line.
    """

    def connect() -> tuple[int, str]:
        socket.create_connection((host, port), timeout=SECONDS).close()
        return 0, ""

    _bounded(shown, connect)


def _ask(uri: str) -> tuple[int, str]:
    parts = urllib.parse.urlsplit(uri)
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl().rstrip("/")
    request = urllib.request.Request(f"{bare}/api/2.0/mlflow/experiments/search?max_results=1")
    user = urllib.parse.unquote(parts.username or "") or os.environ.get("MLFLOW_TRACKING_USERNAME")
    password = urllib.parse.unquote(parts.password or "") or os.environ.get("MLFLOW_TRACKING_PASSWORD")
    token = os.environ.get("MLFLOW_TRACKING_TOKEN")
    if user and password:
        request.add_header("Authorization", "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode())
    elif token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return answer.status, answer.read(100_000).decode(errors="replace").strip()
    except urllib.error.HTTPError as error:
        return error.code, " ".join(error.read(200).decode(errors="replace").split())


def _bounded(shown: str, ask: Callable[[], tuple[int, str]]) -> tuple[int, str]:
    """Call `ask` for at most `SECONDS`: looking up a host name knows no time-out of its own."""
    answers: list[tuple[int, str] | OSError | ValueError] = []

    def work() -> None:
        try:
            answers.append(ask())
        except (OSError, ValueError) as error:
            answers.append(error)

    thread = threading.Thread(target=work, name="server-check", daemon=True)
    thread.start()
    thread.join(SECONDS)
    answer = answers[0] if answers else TimeoutError(f"no answer in {SECONDS:g} s")
    if isinstance(answer, Exception):
        reason = answer.reason if isinstance(answer, urllib.error.URLError) else answer
        raise ValueError(
            f"no store answers at {shown} ({reason}): start one, "
            "mlflow server --port 5000 --backend-store-uri sqlite:///mlruns/mlflow.db, "
            "then type tracking.uri=http://127.0.0.1:5000; or type tracking=none"
        ) from answer
    return answer
