"""What is printed so that a person sees a run or a sweep in MLflow: a link to a server, a command for a database."""

from pathlib import Path

from depthlab.invocation import command
from depthlab.records import redact
from depthlab.tracking.address import resolve_uri
from depthlab.tracking.links import run_link, runs_link
from depthlab.tracking.parent_run import ParentProgress
from depthlab.tracking.sync_progress import SyncProgress


def is_server(uri: str) -> bool:
    """Whether the store is a server, which has pages of its own."""
    return uri.startswith(("http://", "https://"))


def way_to_run(folder: Path) -> str | None:
    """Return what opens MLflow on the run of a folder; None where no store has it."""
    progress = SyncProgress.find(folder)
    if progress is None or progress.run_id is None:
        return None
    link = run_link(progress.experiment_id, progress.run_id, base=progress.uri)
    return _way(progress.uri, link, f"run={progress.run_id}")


def way_to_sweep(folder: Path) -> str | None:
    """Return what opens MLflow on the charts of a sweep's folder; None where no store has it."""
    progress = ParentProgress.find(folder)
    if progress is None or progress.run_id is None:
        return None
    link = runs_link(progress.experiment_id, progress.view, base=progress.uri)
    return _way(progress.uri, link, f"sweep={progress.run_id}")


def _way(uri: str, link: str, word: str) -> str:
    if is_server(uri):
        return link
    usual = uri == redact(resolve_uri(None))
    return command("dashboard", word, *([] if usual else [f"tracking.uri={uri}"]))
