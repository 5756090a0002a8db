"""Addresses of MLflow stores: which one is meant, and whether it can be used at all, without importing MLflow."""

import os
import re
import sqlite3
import tempfile
import urllib.parse
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from depthlab.records import redact
from depthlab.tracking.server_check import check_host, check_server

DEFAULT_DATABASE = Path("mlruns/mlflow.db")  # under the working directory

_SERVERS = ("http", "https")
# dialect -> port, driver that SQLAlchemy takes where none is named, and the package that has it
_DATABASES = {
    "postgresql": (5432, "psycopg", "psycopg[binary]"),  # of SQLAlchemy 2.1; before, psycopg2
    "mysql": (3306, "MySQLdb", "mysqlclient"),
    "mssql": (1433, "pyodbc", "pyodbc"),
}
_WAY_OUT = "type tracking.uri=sqlite:///mlruns/mlflow.db, tracking.uri=http://host:5000, or tracking=none"


def resolve_uri(uri: str | None) -> str:
    """Return the address of the store: `uri`, or $MLFLOW_TRACKING_URI, or the sqlite file in `mlruns/`.

    Paths of sqlite files are made absolute, so that a later change of the working directory moves no store.
    """
    uri = uri or os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{DEFAULT_DATABASE}"
    path = sqlite_path(uri)
    if path is None:
        return uri
    options = uri.partition("?")[2]
    return f"sqlite:///{path.expanduser().absolute()}" + (f"?{options}" if options else "")


def resolve_artifact_root(uri: str) -> str | None:
    """Return where artifacts of a store go: beside a sqlite file, in `mlruns/artifacts` for other databases.

    A server decides for itself, so None.
    """
    if uri.partition(":")[0] in _SERVERS:
        return None
    path = sqlite_path(uri)
    folder = path.parent if path is not None else DEFAULT_DATABASE.parent
    return str((folder / "artifacts").absolute())


def sqlite_path(uri: str) -> Path | None:
    """Return the file of a sqlite store; None where the address is of another kind or names no file."""
    match = re.fullmatch(r"sqlite(?:\+\w+)?:///([^?]+)(?:\?.*)?", uri)
    if match is None or match[1] == ":memory:":
        return None
    return Path(match[1])


def check_store(uri: str) -> None:
    """Check that runs can be recorded at `uri`, in 5 seconds at most.

    Args:
        uri: The store, as `resolve_uri` returns it.

    Raises:
        ValueError: It is not an address of a store, a store of files, or can't be reached or written; one line.
    """
    scheme = uri.partition(":")[0].lower()
    dialect, _, driver = scheme.partition("+")
    if dialect == "sqlite":
        _check_sqlite(uri)
    elif scheme in _SERVERS and urllib.parse.urlsplit(uri).hostname:
        check_server(uri)
    elif dialect in _DATABASES and urllib.parse.urlsplit(uri).hostname:
        _check_database(uri, dialect, driver)
    elif scheme == "file" or "://" not in uri:
        raise ValueError(f"tracking.uri={uri} is a store of plain files, which MLflow has given up: {_WAY_OUT}")
    else:
        raise ValueError(
            f"tracking.uri={redact(uri)} is not an address of a store: allowed are sqlite:///FILE, "
            f"http(s)://HOST:PORT and {', '.join(_DATABASES)}://USER@HOST/DATABASE; {_WAY_OUT}"
        )


def _check_sqlite(uri: str) -> None:
    path = sqlite_path(uri)
    if path is None:
        raise ValueError(f"tracking.uri={uri} names no file to keep runs in: {_WAY_OUT}")
    if path.is_dir():
        raise ValueError(f"tracking.uri={uri} is a folder: name a file in it, tracking.uri={uri.rstrip('/')}/mlflow.db")
    if path.exists():
        _check_sqlite_file(path)
    folder = path.parent
    while not folder.exists():
        folder = folder.parent
    try:  # sqlite keeps its journal beside the file, so a writable file alone is not enough
        tempfile.TemporaryFile(dir=folder).close()  # permissions alone don't tell: nobody may write under /proc
    except OSError as error:
        raise ValueError(
            f"tracking.uri={uri} can't be written: {folder} is not a folder you may write to; {_WAY_OUT}"
        ) from error


def _check_sqlite_file(path: Path) -> None:
    if not os.access(path, os.R_OK | os.W_OK):
        raise ValueError(f"the store {path} can't be written: change its permissions, or {_WAY_OUT}")
    try:
        connection = sqlite3.connect(f"file:{urllib.parse.quote(str(path))}?mode=ro", uri=True, timeout=5)
        try:
            tables = {name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise ValueError(f"{path} is not a store of runs ({error}): {_WAY_OUT}") from error
    if tables and "alembic_version" not in tables:
        raise ValueError(f"{path} is a database of something else than MLflow: {_WAY_OUT}")


def _check_database(uri: str, dialect: str, driver: str) -> None:
    port, usual_driver, package = _DATABASES[dialect]
    if dialect == "postgresql" and _sqlalchemy_before_2_1():
        usual_driver, package = "psycopg2", "psycopg2-binary"
    module = driver or usual_driver
    if find_spec(module) is None:
        packages = {usual_driver: package, "psycopg2": "psycopg2-binary", "psycopg": "psycopg[binary]"}
        advice = f"pip install {packages.get(module, module)}"
        raise ValueError(f"tracking.uri={redact(uri)} needs the Python package {module}: {advice}")
    parts = urllib.parse.urlsplit(uri)
    assert parts.hostname is not None
    check_host(redact(uri), parts.hostname, parts.port or port)


def _sqlalchemy_before_2_1() -> bool:
    return tuple(map(int, version("sqlalchemy").split(".")[:2])) < (2, 1)
