"""A run in one more experiment of a store: where a sweep is asked again under another name, its runs are there too."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from depthlab.tracking.folder import RunFolder
from depthlab.tracking.metric_uploader import MetricUploader
from depthlab.tracking.mlflow_metrics import numbers
from depthlab.tracking.mlflow_run import describe_run, end_run, open_run, upload
from depthlab.tracking.mlflow_sync import run_key
from depthlab.tracking.sync_progress import SyncProgress
from depthlab.tracking.withheld import is_withheld, shown_files

if TYPE_CHECKING:
    from mlflow import MlflowClient


def copy_run(
    client: "MlflowClient", experiment_id: str, folder: RunFolder, home: SyncProgress, tags: Mapping[str, str]
) -> str:
    """Write a run that has ended into an experiment, from its folder, and return its id there.

    Done twice, or again after it was cut off, it gives the same run with every value once.

    Args:
        client: Of the store.
        experiment_id: Where the run is to be listed as well.
        folder: Of the run.
        home: What is known of the run where it was listed first.
        tags: Of the new run, beside the usual ones.
    """
    manifest, ended = folder.manifest, folder.last_sign
    run_id = open_run(client, experiment_id, manifest, None, run_key(folder))
    more = {"depthlab.copy_of": home.run_id or ""} | dict(tags)
    describe_run(client, run_id, manifest, folder.path, more)
    uploader = MetricUploader(folder.journal, blind=is_withheld(tags), axes=numbers(manifest))
    while uploader.send(client, run_id):
        pass
    upload(client, run_id, shown_files(folder.artifacts, tags))
    end_run(client, run_id, folder.status, round(1000 * ended))
    return run_id
