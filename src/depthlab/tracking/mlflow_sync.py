"""Show a run's folder in an MLflow store, from a thread beside the training."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self, final

from depthlab.invocation import command
from depthlab.records import RunStatus, redact
from depthlab.tracking.address import resolve_uri
from depthlab.tracking.folder import RunFolder
from depthlab.tracking.metric_uploader import MetricUploader
from depthlab.tracking.mlflow_metrics import numbers
from depthlab.tracking.mlflow_run import arrived_steps, describe_run, end_run, open_run, upload
from depthlab.tracking.notes import PARENT
from depthlab.tracking.sender import Sender
from depthlab.tracking.store import open_client, prepare_mlflow
from depthlab.tracking.sweep_tags import join_tags
from depthlab.tracking.sync_progress import SyncProgress
from depthlab.tracking.system_metrics import SystemMetrics
from depthlab.tracking.withheld import is_withheld, shown_files

if TYPE_CHECKING:
    from mlflow import MlflowClient


@final
class MlflowSync:
    """Keeps the MLflow run of a folder up to date while the run computes.

    The folder is the truth. A thread imports MLflow, makes or reopens the run, and every few seconds sends what the
    journals have gained. When the store is away, nothing is lost: the thread tries again until the run ends, and
    what is missing then is sent by `synchronize` later. Whoever goes on asks the store which steps of which metric it
    has, and sends the others; a line sent twice counts once in the store, as it brings its own time along. So every
    value is there exactly once, whatever was lost on either side.

    The thread begins with the import of MLflow: make other large imports before `start`.
    """

    def __init__(
        self,
        folder: RunFolder,
        uri: str,
        progress: SyncProgress,
        *,
        artifact_root: Path | str | None = None,
        system_metrics: bool = True,
        every: float = 3.0,
    ) -> None:
        """Nothing happens before `start`; `open` reads what has arrived so far.

        Args:
            folder: Of the run, locked by this process.
            uri: The store, as `resolve_uri` returns it and `check_store` has approved of it.
            progress: How much of the run this store has.
            artifact_root: Where files of a new experiment go; None leaves it to the store.
            system_metrics: Sample the machine's load as well.
            every: Seconds between two looks at the journals.
        """
        self._folder, self._uri, self._progress = folder, uri, progress
        self._wants_system_metrics = system_metrics
        self._artifact_root = artifact_root
        self._client: MlflowClient | None = None
        self._system: SystemMetrics | None = None
        self._uploaders: tuple[MetricUploader, ...] = ()
        self._ended: int | None = None
        self._status = RunStatus.KILLED
        self._sender = Sender(self._send, name="mlflow-sync", every=every)

    @classmethod
    def open(
        cls,
        folder: RunFolder,
        *,
        uri: str,
        experiment: str,
        tags: Mapping[str, str] = MappingProxyType({}),
        **options: Any,
    ) -> Self:
        """Read from the folder how much of the run the store has.

        Args:
            folder: Of the run, locked by this process.
            uri: The store.
            experiment: Name of the MLflow experiment.
            tags: MLflow tags beside the usual ones, of the sweep that asks for the run. Those of an earlier command
                stay unless they are given anew.
            options: `artifact_root`, `system_metrics` and `every`, as the constructor takes them.
        """
        return cls(folder, uri, _progress_in(folder, redact(uri), experiment, tags), **options)

    def start(self) -> None:
        """Begin to send, in the background; returns at once."""
        self._progress.write(self._folder.path)
        self._sender.start()

    @property
    def run_id(self) -> str | None:
        """MLflow's id of the run. Waits until the store was asked the first time; None if it is away."""
        self._sender.wait_for_answer()
        return self._progress.run_id

    @property
    def warning(self) -> str | None:
        """What to tell a person after `finish`, in one line; None if everything has arrived."""
        if self._progress.complete:
            return None
        return (
            f"not all of this run is in the store {redact(self._uri)} ({self._sender.reason}); nothing is lost, it is "
            f"in {self._folder.path}: {command('sync')} sends it when the store is back"
        )

    def finish(
        self,
        status: RunStatus,
        *,
        ended: float | None = None,
        patience: float = 10.0,
        slow: float = 20.0,
    ) -> bool:
        """Send the rest, upload the folder's files, end the MLflow run, and stop the thread.

        Args:
            status: How the run ended; MLflow's FINISHED, FAILED or KILLED, which a pruned run is too.
            ended: When the run ended, in seconds since 1970; None for now.
            patience: Seconds to go on trying while the store is away.
            slow: Seconds that a store which is there, and slow, gets beside them.

        Returns:
            Whether everything has arrived. If not, `warning` says why, and `synchronize` can send it later.
        """
        # The thread alone writes the progress; it has these when it sees the event.
        self._status = status
        self._ended = None if ended is None else round(1000 * ended)
        self._sender.end(patience)
        if self._sender.wait(slow) and not self._progress.complete:
            self._note(given_up=True)
        return self._progress.complete

    def _note(self, **changes: object) -> None:
        self._progress = replace(self._progress, **changes)  # type: ignore[arg-type]
        self._progress.write(self._folder.path)

    def _send(self, ending: bool) -> None:
        self._sample()
        client, run_id = self._connect()
        while self._push(client, run_id):
            self._sample()
        if ending:
            self._end(client, run_id)

    def _sample(self) -> None:
        if self._wants_system_metrics:
            if self._system is None:
                prepare_mlflow()
                self._system = SystemMetrics.open(self._folder.system)
            self._system.sample()

    def _connect(self) -> tuple["MlflowClient", str]:
        if self._client is not None and self._progress.run_id is not None:
            return self._client, self._progress.run_id
        client, experiment_id = open_client(self._uri, self._progress.experiment, self._artifact_root)
        old = self._progress.run_id
        run_id = open_run(client, experiment_id, self._folder.manifest, old, self._progress.key)
        if run_id != old:
            self._note(run_id=run_id, described=False)
        if experiment_id != self._progress.experiment_id:
            self._note(experiment_id=experiment_id)
        if not self._progress.described:
            describe_run(client, run_id, self._folder.manifest, self._folder.path, self._progress.tags)
            self._note(described=True)
        arrived = arrived_steps(client, run_id)
        blind, axes = is_withheld(self._progress.tags), numbers(self._folder.manifest)
        self._uploaders = (
            MetricUploader(self._folder.journal, arrived, blind=blind, axes=axes),
            MetricUploader(self._folder.system, arrived),
        )
        self._client = client
        return client, run_id

    def _push(self, client: "MlflowClient", run_id: str) -> bool:
        """Send a portion of what is new; whether there was something."""
        return any([uploader.send(client, run_id) for uploader in self._uploaders])

    def _end(self, client: "MlflowClient", run_id: str) -> None:
        try:
            upload(client, run_id, shown_files(self._folder.artifacts, self._progress.tags))
        finally:
            # Even where no file can be stored, the run must not look as if it went on.
            end_run(client, run_id, self._status, self._ended)
        self._note(complete=True)


def sync_progress(folder: RunFolder) -> SyncProgress | None:
    """Return how much of a run its store has; None where it is in none.

    Where the note about it is damaged, the manifest tells of the store, and the store of what it has.

    Raises:
        Damaged: So is the manifest.
    """
    progress = SyncProgress.find(folder.path)
    tracking = folder.manifest.config["tracking"] if progress is None and SyncProgress.kept(folder.path) else {}
    if not tracking.get("enabled"):
        return progress
    return SyncProgress(redact(resolve_uri(tracking["uri"])), tracking["experiment"], run_key(folder))


def _progress_in(folder: RunFolder, uri: str, experiment: str, tags: Mapping[str, str]) -> SyncProgress:
    """Return how much of the run the store has: all that the folder notes of it, nothing of another store's."""
    progress = SyncProgress.find(folder.path)
    if progress is None or (progress.uri, progress.experiment) != (uri, experiment):
        earlier = progress.tags if progress is not None else {}
        # The parent's id is the other store's.
        joined = join_tags({name: value for name, value in earlier.items() if name != PARENT}, tags)
        return SyncProgress(uri=uri, experiment=experiment, key=run_key(folder), tags=joined)
    joined = join_tags(progress.tags, tags)
    described = progress.described and joined == progress.tags
    return replace(progress, tags=joined, described=described, complete=False, given_up=False)


def run_key(folder: RunFolder) -> str:
    """Return what marks the run in a store: the same for each copy of its folder, on whatever machine."""
    manifest = (folder.path / "manifest.json").read_bytes()
    return hashlib.sha256(folder.name.encode() + b"\n" + manifest).hexdigest()[:32]
