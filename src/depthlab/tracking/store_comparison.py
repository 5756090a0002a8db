"""Compare what MLflow stores have of runs with the folders of the runs."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from depthlab.records import Damaged, without_test
from depthlab.tracking.address import check_store, resolve_uri
from depthlab.tracking.find import find_folders
from depthlab.tracking.folder import RunFolder
from depthlab.tracking.store import open_client
from depthlab.tracking.sync_progress import SyncProgress
from depthlab.tracking.withheld import is_withheld

if TYPE_CHECKING:
    from mlflow import MlflowClient


def compare_with_stores(root: Path, *, repair: bool) -> Iterator[str]:
    """Tell of runs whose points, or whose end, are others in their MLflow store than in their folder."""
    clients: dict[tuple[str, str], MlflowClient | str] = {}
    for folder in find_folders(root):
        progress = SyncProgress.find(folder.path)
        if progress is None or progress.run_id is None or not progress.complete or folder.alive:
            continue
        place = (progress.uri, progress.experiment)
        if place not in clients:
            clients[place] = _client(*place)
            if isinstance(clients[place], str):
                yield f"{progress.uri}: not compared with the runs, as {clients[place]}"
        client = clients[place]
        if isinstance(client, str):
            continue
        try:
            told = _difference(client, progress.run_id, folder, progress)
        except Damaged as damaged:
            told = damaged.reason
        if told is not None:
            if repair:
                replace(progress, complete=False).write(folder.path)
            yield f"{folder.path}: MLflow's run {progress.run_id} {told}{': it is sent again' if repair else ''}"


def _client(uri: str, experiment: str) -> "MlflowClient | str":
    try:
        check_store(resolve_uri(uri))
    except ValueError as error:
        return str(error)
    return open_client(uri, experiment)[0]


def _difference(client: "MlflowClient", run_id: str, folder: RunFolder, progress: SyncProgress) -> str | None:
    from mlflow.exceptions import MlflowException

    try:
        run = client.get_run(run_id)
    except MlflowException:
        return "is not there"
    if run.info.status == "RUNNING":
        return "counts as running, and nothing runs it"
    ours = {
        (name, line.step)
        for line in folder.journal.read()
        for name in (without_test(line.values) if is_withheld(run.data.tags) else line.values)
    }
    names = {name for name, _ in ours} & run.data.metrics.keys()
    theirs = Counter((name, point.step) for name in names for point in client.get_metric_history(run_id, name))
    missing, doubled = len(ours - theirs.keys()), sum(count - 1 for count in theirs.values())
    said = [f"lacks {missing} of {len(ours)} points"] if missing else []
    said += [f"has {doubled} points twice, which MLflow can't take back"] if doubled else []
    return " and ".join(said) or None
