"""Show a sweep as one run in an MLflow store, with its trials under it, from a thread on the driver."""

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self, final

from depthlab.invocation import command
from depthlab.records import RunStatus, SweepRecord, TrialState
from depthlab.sweeps.mlflow.artifacts import TABLES, write_files, write_note
from depthlab.sweeps.mlflow.metrics_log import MetricsLog
from depthlab.sweeps.mlflow.sweep_views import sweep_views
from depthlab.sweeps.mlflow.trial_tags import lacking_tags
from depthlab.tracking import (
    WITHHELD,
    Journal,
    RunFolder,
    SyncProgress,
    adopt,
    open_client,
    redact,
    resolve_artifact_root,
    reveal,
)
from depthlab.tracking.copied_run import copy_run
from depthlab.tracking.metric_uploader import MetricUploader
from depthlab.tracking.mlflow_run import arrived_steps, end_run, upload
from depthlab.tracking.parent_run import ParentProgress, annotate, describe_parent, digest, open_parent
from depthlab.tracking.sender import Sender
from depthlab.tracking.views import keep_experiment_note, keep_views

if TYPE_CHECKING:
    from mlflow import MlflowClient

_SHARE = 30  # what took a second is done again after half a minute at the earliest


@final
@dataclass(frozen=True)
class SweepRunDescription:
    """What the MLflow run of a sweep says of it."""

    experiment: str  # the trials' own
    artifact_root: str | None  # where files of a new experiment go; None leaves it to the store
    name: str
    identity: str  # of the sweep
    tags: Mapping[str, str]  # of this command; see `command_tags`
    params: Mapping[str, str]  # axes and held keys -> values as they were typed
    runs: Path  # the folder with the folders of all runs

    def new_progress(self, uri: str) -> ParentProgress:
        """Return the progress of a run that a store does not have yet."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        runs = str(self.runs.absolute())
        return ParentProgress(uri, self.experiment, uuid.uuid4().hex, self.name, self.identity, now, runs)

    def applied_to(self, progress: ParentProgress) -> ParentProgress:
        """Return the progress with this command's tags and parameters, as of a run that goes on."""
        described = replace(progress, tags=dict(self.tags), params=dict(self.params), artifact_root=self.artifact_root)
        return replace(described, status=None, complete=False)


@final
class MlflowSweepRun:
    """Keeps the MLflow run of a sweep up to date while its trials compute.

    The sweep's folder is the truth. A thread opens the run, the same one for every command of the sweep, and sends
    what is new: counts of trials and the best metrics as they change, tags of the trials' own runs, and now and
    then figures, tables and a text. It takes the newest record only, and some 3 % of the time at most; the last
    record always arrives. Whatever goes wrong there never ends the sweep: it is tried again, reported by `finish`,
    and sent by the next command or by `synchronize_sweeps`. What has arrived is noted in `parent.json`, so that
    nothing is there twice.
    """

    def __init__(self, folder: Path, uri: str, progress: ParentProgress, *, every: float = 3.0) -> None:
        """Nothing happens before `start`.

        Args:
            folder: Of the sweep, which this process has locked.
            uri: The store, as `resolve_uri` returns it and `check_store` has approved of it.
            progress: What the run should say, and how much of it the store has.
            every: Seconds between two looks at what is new.
        """
        self._folder, self._uri, self._progress, self._every = folder.absolute(), uri, progress, every
        self._journal = Journal(self._folder / "parent.jsonl")
        self._metrics_log: MetricsLog | None = None
        self._uploader = MetricUploader(self._journal)
        self._client: MlflowClient | None = None
        self._record: SweepRecord | None = None  # the newest one
        self._status = RunStatus.KILLED
        self._next_show = 0.0
        self._at_home: set[str] = set()  # folders of runs that are in this experiment, by themselves or as copies
        self._sender = Sender(self._bring_up_to_date, name="mlflow-sweep-run", every=every)

    @classmethod
    def open(cls, folder: Path, uri: str, description: SweepRunDescription, *, every: float = 3.0) -> Self:
        """Begin the run of a sweep, or continue it with a new command."""
        progress = ParentProgress.find_for(folder, redact(uri), description.experiment)
        if progress is None:
            progress = description.new_progress(redact(uri))
        return cls(folder, uri, description.applied_to(progress), every=every)

    @classmethod
    def reopen(cls, folder: Path, uri: str | None = None) -> Self:
        """Continue the run of a sweep whose command has ended, to send what is missing.

        Args:
            folder: Of the sweep, which this process has locked; it has a `parent.json`.
            uri: The store, with its password; by default the one that the sweep was begun for.
        """
        progress = ParentProgress.find(folder)
        assert progress is not None, f"{folder} never had a run"
        uri = uri or progress.uri
        if redact(uri) != progress.uri:  # a store that knows nothing of it
            progress = replace(
                progress, uri=redact(uri), key=uuid.uuid4().hex, artifact_root=resolve_artifact_root(uri), run_id=None
            )
        return cls(folder, uri, replace(progress, complete=False))

    def start(self) -> None:
        """Begin to open the run, in the background; returns at once."""
        self._progress.write(self._folder)
        self._sender.start()

    @property
    def run_id(self) -> str | None:
        """MLflow's id of the run. Waits until the store was asked the first time; None if it is away."""
        self._sender.wait_for_answer()
        return self._progress.run_id

    def update(self, record: SweepRecord) -> None:
        """Take note of how the sweep stands now; returns at once."""
        self._take(record, last=False)

    def end(self, status: RunStatus, record: SweepRecord | None = None, *, patience: float = 10.0) -> None:
        """Let the thread send the rest and end the run; returns at once. `wait` waits for it.

        Args:
            status: How the command ended.
            record: How the sweep stands in the end; None for the one of the last `update`.
            patience: Seconds to go on trying while the store is away.
        """
        if record is not None:
            self._take(record, last=True)
        self._status = status
        self._sender.end(patience)

    def wait(self) -> str | None:
        """Wait until the thread has ended; return what to tell a person, in one line, None if everything arrived."""
        self._sender.wait()
        if self._progress.complete:
            return None
        return (
            f"not all of this sweep is in the store {redact(self._uri)} ({self._sender.reason}); "
            f"nothing is lost, it is in {self._folder}: "
            f"the same command again, or {command('sync')}, sends it when the store is back"
        )

    def finish(self, status: RunStatus, record: SweepRecord | None = None, *, patience: float = 10.0) -> str | None:
        """Do `end` and `wait`: send the rest, end the run, and return a warning or None."""
        self.end(status, record, patience=patience)
        return self.wait()

    def _take(self, record: SweepRecord, *, last: bool) -> None:
        # Here and not in the thread, so that every trial that ends has its step, however slow the store is.
        try:
            if self._metrics_log is None:
                self._metrics_log = MetricsLog.open(self._journal)
            self._metrics_log.note(record, last=last)
        except (OSError, ValueError) as error:  # a full disk, a damaged journal: the sweep goes on
            self._sender.trouble = error
        self._record = record

    def _note(self, **changes: object) -> None:
        self._progress = replace(self._progress, **changes)  # type: ignore[arg-type]
        self._progress.write(self._folder)

    def _bring_up_to_date(self, ending: bool) -> None:
        begin = time.monotonic()
        if ending:
            self._note(status=self._status)
        client, run_id = self._connect()
        self._sender.note_answer()
        record = self._record
        self._send(client, run_id, record)
        self._sender.pause = max(self._every, _SHARE * (time.monotonic() - begin))
        try:
            if record is not None and (ending or time.monotonic() >= self._next_show):
                self._show(client, run_id, record, ending)
        finally:
            if ending:  # even where no file can be stored, the run must not look as if it went on
                end_run(client, run_id, self._status, None)
        if ending:
            self._note(complete=True)

    def _connect(self) -> tuple["MlflowClient", str]:
        if self._client is not None and self._progress.run_id is not None:
            return self._client, self._progress.run_id
        progress = self._progress
        client, experiment_id = open_client(self._uri, progress.experiment, progress.artifact_root)
        run_id = open_parent(client, experiment_id, progress)
        if run_id != progress.run_id:
            self._note(run_id=run_id, described="", children={}, shown="", experiment_id=experiment_id)
        described = digest([progress.tags, progress.params])
        if self._progress.described != described:
            describe_parent(client, run_id, self._progress, self._folder)
            self._note(described=described)
        self._uploader = MetricUploader(self._journal, arrived_steps(client, run_id))
        self._client = client
        return client, run_id

    def _send(self, client: "MlflowClient", run_id: str, record: SweepRecord | None) -> None:
        """Send metrics, and the tags of trials' runs that are new or changed."""
        while self._uploader.send(client, run_id):
            pass
        if record is None:
            return
        self._copy_runs(client, record)
        children = dict(self._progress.children)
        try:
            for child in lacking_tags(record, self._progress, children):
                if adopt(client, child.run_id, child.tags) and child.tested is not None:
                    reveal(client, child.run_id, child.tested)
                children[child.run_id] = child.mark
        finally:
            if children != self._progress.children:
                self._note(children=children)

    def _copy_runs(self, client: "MlflowClient", record: SweepRecord) -> None:
        """Show here, too, finished trials whose runs are in another experiment, where they stay."""
        progress = self._progress
        for trial in record.trials:
            if trial.state != TrialState.FINISHED or trial.folder is None or trial.folder in self._at_home:
                continue
            folder = RunFolder(Path(progress.runs) / trial.folder)
            home = SyncProgress.find(folder.path)
            if (
                home is not None
                and not progress.is_of(home.uri, home.experiment)
                and trial.folder not in progress.copies
            ):
                tags = dict(WITHHELD) if trial in record.withheld else {}
                copy = copy_run(client, progress.experiment_id, folder, home, tags)
                self._note(copies={**self._progress.copies, trial.folder: copy})
            self._at_home.add(trial.folder)

    def _show(self, client: "MlflowClient", run_id: str, record: SweepRecord, ending: bool) -> None:
        """Draw and upload, if the trials stand otherwise than in what the store shows."""
        begin = time.monotonic()
        formats = ("png", "svg") if ending else ("png",)
        state = digest([record.name, record.command, record.axes, *_visible(record)])
        shown, _, drawn = self._progress.shown.partition(" ")
        if state == shown and set(formats) <= set(drawn.split()) and self._progress.view:
            return
        try:
            upload(client, run_id, write_files(record, self._folder / "report", formats=formats))
            views = sweep_views(record)
            view = views[0].key if keep_views(client, self._progress.experiment_id, views) else ""
            annotate(client, run_id, write_note(record, self._progress, views), TABLES, view)
            self._note(shown=f"{state} {' '.join(formats)}", view=view)
            if ending:
                keep_experiment_note(client, self._progress.experiment_id)
        finally:
            self._next_show = time.monotonic() + _SHARE * (time.monotonic() - begin)


def _visible(record: SweepRecord) -> list[object]:
    """Return what of the trials is drawn or tabulated; a running trial's latest metrics are not."""
    return [
        (
            t.index,
            t.values,
            t.state,
            t.fault,
            t.attempts,
            t.run_id,
            t.metrics if t.state != TrialState.RUNNING else None,
        )
        for t in record.trials
    ]
