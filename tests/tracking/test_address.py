import http.server
import os
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from depthlab.tracking import address, check_store, redact, resolve_artifact_root, resolve_uri, server_check

_FILES = "is a store of plain files"
_NO_STORE = "is not an address of a store"


@pytest.mark.parametrize(
    ("uri", "says"),
    [
        ("./mlruns", _FILES),
        ("mlruns", _FILES),
        ("/tmp/mlruns", _FILES),
        ("file:./mlruns", _FILES),
        ("file:///tmp/mlruns", _FILES),
        ("localhost:5000", _FILES),
        ("databricks://profile", _NO_STORE),
        ("ftp://host/x", _NO_STORE),
        ("http://", _NO_STORE),
        ("postgresql:///runs", _NO_STORE),
        ("sqlite://", "names no file"),
        ("sqlite:mlflow.db", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("postgresql+nodriver://host/runs", "pip install nodriver"),
    ],
)
def test_addresses_that_cannot_hold_runs(uri: str, says: str) -> None:
    with pytest.raises(ValueError, match=says) as raised:
        check_store(uri)
    assert "\n" not in str(raised.value)


def test_a_new_sqlite_file_is_fine_and_not_made_by_the_check(tmp_path: Path) -> None:
    check_store(f"sqlite:///{tmp_path}/new/folder/mlflow.db")
    assert list(tmp_path.iterdir()) == []


def test_sqlite_paths_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is a folder: name a file in it"):
        check_store(f"sqlite:///{tmp_path}")
    text = tmp_path / "notes.txt"
    text.write_text("These are notes and not a database of any kind at all." * 100)
    with pytest.raises(ValueError, match="is not a store of runs"):
        check_store(f"sqlite:///{text}")
    with pytest.raises(ValueError, match="can't be written"):
        check_store(f"sqlite:///{text}/mlflow.db")
    with sqlite3.connect(tmp_path / "books.db") as connection:
        connection.execute("create table books (title text)")
    with pytest.raises(ValueError, match="something else than MLflow"):
        check_store(f"sqlite:///{tmp_path}/books.db")


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="there is no folder that nobody may write to")
def test_a_folder_that_nobody_may_write_to() -> None:
    with pytest.raises(ValueError, match="can't be written: /proc is not a folder you may write to"):
        check_store("sqlite:////proc/runs/mlflow.db")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ValueError, match="can't be written"):
        check_store(f"sqlite:///{tmp_path}/mlflow.db")


def test_a_store_of_mlflow_is_fine(store: str) -> None:
    check_store(store)


def test_a_port_where_nothing_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for uri in (f"http://127.0.0.1:{port}", f"http://ada:secret@127.0.0.1:{port}"):
        with pytest.raises(ValueError, match=rf"no store answers at http://127\.0\.0\.1:{port} .*refused") as raised:
            check_store(uri)
        assert "secret" not in str(raised.value)
        assert "tracking=none" in str(raised.value)


def test_a_server_that_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_check, "SECONDS", 0.3)
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        begin = time.monotonic()
        with pytest.raises(ValueError, match="no store answers"):
            check_store(f"http://127.0.0.1:{deaf.getsockname()[1]}")
        assert time.monotonic() - begin < 3


class _Server(http.server.BaseHTTPRequestHandler):
    code = 200
    body = b"{}"
    authorization: str | None = None

    def do_GET(self) -> None:
        type(self).authorization = self.headers["Authorization"]
        self.send_response(self.code)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the tests' output clean."""


@pytest.fixture
def server() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Server) as httpd:
        threading.Thread(target=httpd.serve_forever, args=(0.02,), daemon=True).start()
        yield f"127.0.0.1:{httpd.server_port}"
        httpd.shutdown()


@pytest.mark.parametrize(
    ("code", "body", "says"),
    [
        (200, b"<html>hello</html>", "not an MLflow server"),
        (404, b"nothing here", "not an MLflow server"),
        (401, b"who are you", "MLFLOW_TRACKING_USERNAME"),
        (403, b"Invalid Host header", "--allowed-hosts"),
        (500, b"oh", "is in trouble"),
    ],
)
def test_servers_that_will_not_do(
    server: str, monkeypatch: pytest.MonkeyPatch, code: int, body: bytes, says: str
) -> None:
    monkeypatch.setattr(_Server, "code", code)
    monkeypatch.setattr(_Server, "body", body)
    with pytest.raises(ValueError, match=says) as raised:
        check_store(f"http://{server}")
    assert "\n" not in str(raised.value)


def test_a_login_is_sent_along(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    check_store(f"http://ada:secret@{server}")
    assert _Server.authorization == "Basic YWRhOnNlY3JldA=="
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "token")
    check_store(f"http://{server}/")
    assert _Server.authorization == "Bearer token"


def test_resolve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://host:5000")
    assert resolve_uri(None) == "http://host:5000"
    assert resolve_uri("sqlite:///here.db") == f"sqlite:///{tmp_path}/here.db"
    assert resolve_uri("sqlite:////abs/here.db?timeout=5") == "sqlite:////abs/here.db?timeout=5"
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    assert resolve_uri(None) == f"sqlite:///{tmp_path}/mlruns/mlflow.db"
    assert resolve_artifact_root(resolve_uri(None)) == f"{tmp_path}/mlruns/artifacts"
    assert resolve_artifact_root("postgresql://host/runs") == f"{tmp_path}/mlruns/artifacts"
    assert resolve_artifact_root("http://host:5000") is None


def test_passwords_are_not_shown() -> None:
    assert redact("postgresql://ada:secret@host/runs") == "postgresql://ada:***@host/runs"
    assert redact("no http://host:5000 and no http://u:p@h:1") == "no http://host:5000 and no http://u:***@h:1"


def test_the_driver_of_a_database_is_the_one_that_will_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    driver = pytest.importorskip("sqlalchemy").engine.make_url("postgresql://host/runs").get_driver_name()
    monkeypatch.setattr(address, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=rf"needs the Python package {driver}: pip install {driver}"):
        check_store("postgresql://host/runs")
    with pytest.raises(ValueError, match="needs the Python package psycopg2: pip install psycopg2-binary"):
        check_store("postgresql+psycopg2://host/runs")
