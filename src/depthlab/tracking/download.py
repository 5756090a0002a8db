"""Get a run that is only in an MLflow store, because its folder was deleted or is on another machine."""

import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from depthlab.records import RunStatus, redact
from depthlab.tracking.address import check_store, resolve_uri, sqlite_path
from depthlab.tracking.find import find_run
from depthlab.tracking.folder import RunFolder
from depthlab.tracking.predictions import FILE as PREDICTIONS  # which not every run keeps
from depthlab.tracking.store import prepare_mlflow

if TYPE_CHECKING:
    from mlflow import MlflowClient

_FILES = ("manifest.json", "record.json", "checkpoints")
_OUR_CODE = {"model": "depthlab.", "data": "depthlab.", "schedule": "depthlab.", "optimizer": "torch.optim."}
_ID = re.compile(r"[0-9a-f]{32}")  # MLflow's ids


def find_or_fetch(root: Path, run: str, uri: str | None = None, *, trust: bool = False) -> RunFolder:
    """Return the folder of a run; if `root` has none, what the store keeps of it is downloaded, once.

    Args:
        root: The folder with all runs; downloads are kept in its hidden folder `.fetched`, apart from them.
        run: The run's MLflow id, its folder's name or path, or the beginning of the first two. In the store it is found
            by its whole id alone, so that a mistyped name is answered at once.
        uri: The store; by default the one that runs are sent to.
        trust: Take a run that is not of `root` even if it names code that is not of this lab.

    Raises:
        ValueError: none or several runs are meant, the store can't be reached, it did not finish, or is not trusted.
    """
    folder = _find_or_fetch(root, run, uri)
    if not trust and folder.path.parent.resolve() != root.resolve():
        _check_code(folder, root)
    return folder


def _check_code(folder: RunFolder, root: Path) -> None:
    for group, ours in _OUR_CODE.items():
        target = str(folder.manifest.config.get(group, {}).get("_target_", ours))
        if not target.startswith(ours):
            raise ValueError(
                f"{folder.name} is from elsewhere and names code to run, {group}._target_={target}: look at it, then "
                f"type trust=true, or move the folder to {root}"
            )


def _find_or_fetch(root: Path, run: str, uri: str | None) -> RunFolder:
    fetched = root / ".fetched" / run
    if _ID.fullmatch(run) and fetched.is_dir():
        return RunFolder.open(fetched)
    try:
        return find_run(root, run)
    except ValueError as error:
        if not _ID.fullmatch(run):
            raise
        uri = resolve_uri(uri)
        path = sqlite_path(uri)
        if path is not None and not path.is_file():  # MLflow would make one
            raise ValueError(f"{error}; there is no store {redact(uri)} either, type tracking.uri=...") from error
    check_store(uri)
    return _fetch(uri, run, fetched)


def _fetch(uri: str, run_id: str, target: Path) -> RunFolder:
    prepare_mlflow()
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    client = MlflowClient(tracking_uri=uri, registry_uri=uri)
    target.parent.mkdir(parents=True, exist_ok=True)
    room = Path(tempfile.mkdtemp(prefix="new-", dir=target.parent))
    try:
        _download(client, run_id, room)
        RunFolder.open(room).status = RunStatus.FINISHED
        if not target.is_dir():  # another process may have been faster
            os.replace(room, target)
    except (MlflowException, OSError) as error:
        reason = " ".join(redact(str(error)).split())
        raise ValueError(f"run {run_id} is not available in the store {redact(uri)}: {reason}") from error
    finally:
        shutil.rmtree(room, ignore_errors=True)
    return RunFolder.open(target)


def _download(client: "MlflowClient", run_id: str, room: Path) -> None:
    status = client.get_run(run_id).info.status
    if status != "FINISHED":
        raise ValueError(f"run {run_id} has no final weights in its store, as it is {status} there, not FINISHED")
    kept = {item.path for item in client.list_artifacts(run_id)}
    missing = [name for name in _FILES if name not in kept]
    if missing:
        raise ValueError(f"run {run_id} has no {missing[0]} in its store: it was not made by train.py, or is not whole")
    for name in (*_FILES, *({PREDICTIONS} & kept)):
        client.download_artifacts(run_id, name, str(room))
