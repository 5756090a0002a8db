"""Open an MLflow store. The one place that imports MLflow first, as its import reads how it should behave."""

import logging
import os
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from depthlab.tracking.address import resolve_artifact_root, sqlite_path
from depthlab.tracking.moved_store import follow_store
from depthlab.tracking.views import keep_experiment_views

if TYPE_CHECKING:
    from mlflow import MlflowClient

# Ours wherever a person has not decided otherwise. `MlflowSync` tries a lost server again, as it knows what
# has arrived already; so MLflow itself should fail soon (its own retries go on for minutes).
_DEFAULTS = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_LOGGING_LEVEL": "ERROR",  # a progress bar is on the screen
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}


def prepare_mlflow() -> None:
    """Set what MLflow reads at its import: quiet, impatient, and without telemetry. Call it before `import mlflow`."""
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    for name, value in _DEFAULTS.items():
        os.environ.setdefault(name, value)
    # It would print every lost connection; `MlflowSync` reports it once, at the end.
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)


def open_client(uri: str, experiment: str, artifact_root: Path | str | None = None) -> tuple["MlflowClient", str]:
    """Open a store, and find or make the experiment in it.

    Takes seconds the first time: MLflow is imported, and a new database gets its tables. Any number of processes may
    do it at once.

    Args:
        uri: The store, as `resolve_uri` returns it.
        experiment: Name of the experiment.
        artifact_root: Where files of a new experiment go; by default what `resolve_artifact_root` says.

    Returns:
        The client and the experiment's id.

    Raises:
        mlflow.exceptions.MlflowException: The store can't be reached or used.
    """
    prepare_mlflow()
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    logging.getLogger("mlflow.store.db.utils").setLevel(logging.WARNING)  # the import of MLflow resets it
    path = sqlite_path(uri)
    if path is not None and not path.exists():
        _make_database(path)
    client = MlflowClient(tracking_uri=uri, registry_uri=uri)
    found = client.get_experiment_by_name(experiment)
    if found is None:
        location = resolve_artifact_root(uri) if artifact_root is None else str(artifact_root)
        try:
            client.create_experiment(experiment, artifact_location=location)
        except MlflowException:
            # Another process may have made it meanwhile.
            if client.get_experiment_by_name(experiment) is None:
                raise
        found = client.get_experiment_by_name(experiment)
        assert found is not None, "it was made"
    location = str(artifact_root or resolve_artifact_root(uri) or "")
    if path is not None and follow_store(path, found.experiment_id, str(found.artifact_location), Path(location)):
        print(f"{path} was copied or moved: artifacts go to {location} now, not to its old place", file=sys.stderr)
    if found.lifecycle_stage == "deleted":
        # A person put it in the trash and now asks for it again.
        client.restore_experiment(found.experiment_id)
    keep_experiment_views(client, found)
    return client, found.experiment_id


def _make_database(path: Path) -> None:
    """Make a sqlite store beside its place and put it there whole.

    Made in place, as MLflow does it, a store is spoiled for good by a second process that opens it meanwhile, or by
    one that is killed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        new.write_bytes(_empty_database(Path.cwd()))
        try:
            os.link(new, path)
        except FileExistsError:  # someone else was faster
            return
        except OSError:  # a file system without links
            os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)


@cache
def _empty_database(folder: Path) -> bytes:
    """Return a store as MLflow makes it in a working folder, where its default experiment keeps files: in a second."""
    from mlflow import MlflowClient

    with TemporaryDirectory() as room:
        new = Path(room) / "mlflow.db"
        MlflowClient(tracking_uri=f"sqlite:///{new}", registry_uri=f"sqlite:///{new}")
        return new.read_bytes()
