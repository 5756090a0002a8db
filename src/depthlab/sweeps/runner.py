"""Compute what a sweep still asks for."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, final

from depthlab.recipe import Recipe, compose_each
from depthlab.records import DONE, ENDED, RunStatus, SweepRecord, TrialState
from depthlab.sweeps.dispatcher import Dispatcher, Order
from depthlab.sweeps.display.progress_display import ProgressDisplay
from depthlab.sweeps.display.table import write_csv
from depthlab.sweeps.mlflow.sweep_run import MlflowSweepRun
from depthlab.sweeps.plan.costs import Measuring
from depthlab.sweeps.plan.plan import Examiner, Plan
from depthlab.sweeps.plan.resources import Resources, places, resources_of
from depthlab.sweeps.plan.settings import Settings
from depthlab.sweeps.plan.trials import Entry, Trial
from depthlab.sweeps.state.folder import SweepFolder
from depthlab.sweeps.state.history import curve_of, keep_pruned, known_of
from depthlab.sweeps.state.trial_ledger import TrialLedger, load_state
from depthlab.sweeps.storage.fetch import bring_home
from depthlab.sweeps.storage.storage import check_storage, resolve_storage
from depthlab.sweeps.workers.cluster import Cluster, check_shared
from depthlab.sweeps.workers.cluster_warmup import ClusterWarmup
from depthlab.sweeps.workers.task import Task
from depthlab.tracking import (
    capture_environment,
    check_store,
    resolve_artifact_root,
    resolve_uri,
    sweep_tags,
    synchronize,
)
from depthlab.tracking.parent_run import ParentProgress, command_tags
from depthlab.training import Interrupted, Interruption

if TYPE_CHECKING:
    from depthlab.sweeps.plan.optuna_search import OptunaSearch


@final
class SweepRunner:
    """One command's work on a sweep."""

    def __init__(self, plan: Plan, settings: Settings, examiner: Examiner, folder: SweepFolder, root: Path) -> None:
        """Look at what is there.

        Args:
            plan: What is asked for.
            settings: How it is to be done.
            examiner: What has looked at the plan's recipes.
            folder: Of the sweep, locked by this process.
            root: The folder with all runs.
        """
        self.plan, self.settings, self.folder, self.root = plan, settings, folder, root
        self._examiner = examiner
        self._manifest = folder.manifest
        self._until = None if settings.minutes is None else time.time() + 60 * settings.minutes
        self._tracking = plan.trials[0].recipe.config["tracking"]
        self._uri = resolve_uri(self._tracking["uri"]) if self._tracking["enabled"] else None
        self._storage = None if settings.storage is None else resolve_storage(settings.storage)
        self._parent: MlflowSweepRun | None = None
        self._run_id: str | None = None  # MLflow's, where nothing is to be told to it any more
        self._resources = Resources(1, 0, 1)  # until the cluster is known
        self.roster = TrialLedger(folder)
        trials = list(self._known()) if settings.search == "optuna" else self.roster.number(plan.trials)
        self._bring_home(trials)
        self.standing = load_state(
            trials, root, metric=settings.metric, since=self._manifest.since, pruned_counts=self._scheduled
        )
        measuring = Measuring(examiner.facts)
        self.costs = {trial.index: measuring.cost(trial.recipe) for trial in trials}
        self._measuring = measuring

    @property
    def record(self) -> SweepRecord:
        """How all trials of the sweep stand, those of earlier commands included."""
        now = [entry.to_record() for entry in self.standing.entries.values()]
        trials = sorted([*self.roster.others(self.standing), *now], key=lambda trial: trial.index)
        return SweepRecord(
            name=self._manifest.name,
            identity=self._manifest.identity,
            command=("python", *sys.argv),
            axes=self._manifest.axes,
            held=self._manifest.held,
            search=self._manifest.search,
            metric=self.settings.metric,
            trials=tuple(trials),
            run_id=self._parent.run_id if self._parent is not None else self._run_id,
            started=self._manifest.started,
            updated=datetime.now(UTC).isoformat(timespec="seconds"),
        )

    def run(self, head_start: ClusterWarmup) -> SweepRecord:
        """Compute what is missing on the cluster that may be there already, and return how all of it stands then.

        Raises:
            ValueError: there is no such cluster, or it can't do this.
            Interrupted: Ctrl-C or SIGTERM; what was computed is kept, and its state written down.
        """
        if self._uri is not None:
            check_store(self._uri)
        if self._storage is not None:
            check_storage(self._storage, self.root)
        source = self._source()
        wanting = bool(self.standing.missing) or (source is not None and not source.exhausted)
        self._parent = self._open_parent(wanting=wanting)
        self.folder.record = self.record  # what was asked for stays in the table, even if this is killed
        try:
            if wanting:
                with (
                    Interruption() as interruption,
                    _deferred(interruption),
                    head_start.cluster() as cluster,
                ):
                    check_shared(cluster, uri=self._uri, storage=self._storage)
                    self._compute(cluster, source, interruption)
        finally:
            self._settle()
        if source is not None and source.trouble is not None:
            raise source.trouble
        return self.record

    def _open_parent(self, *, wanting: bool) -> MlflowSweepRun | None:
        """Begin the sweep's own MLflow run, or take it up; None where it has everything and nothing will change."""
        if self._uri is None:
            return None
        progress = ParentProgress.find(self.folder.path)
        if not wanting and progress is not None and progress.complete:
            self._run_id = progress.run_id
            return None
        parent = MlflowSweepRun(
            self.folder.path,
            uri=self._uri,
            experiment=self._tracking["experiment"],
            artifact_root=resolve_artifact_root(self._uri),
            name=self._manifest.name,
            identity=self._manifest.identity,
            tags=command_tags(("python", *sys.argv), capture_environment().commit),
            params=self._params(),
            runs=self.root,
        )
        parent.start()
        return parent

    def _params(self) -> dict[str, str]:
        space = self.plan.space
        axes = {key: ",".join(values) for key, values in space.choices.items()}
        axes |= {key: str(interval) for key, interval in space.intervals.items()}
        held = dict(word.partition("=")[::2] for word in space.science_words)
        return {key.lstrip("+~"): value for key, value in (axes | held).items()}

    def _compute(self, cluster: Cluster, source: "OptunaSearch | None", interruption: Interruption) -> None:
        from depthlab.sweeps.workers.ray_tune import tune_all  # imports Ray Tune

        settings = self.settings
        resources = self._resources = resources_of(self.plan.trials[0].recipe, settings, cluster)
        concurrent = places(resources, settings, cluster)
        total = settings.samples if source is not None else None
        with ProgressDisplay(self.standing, self.costs, concurrent, name=self._manifest.name, total=total) as board:
            conductor = Dispatcher(
                self.standing,
                self._first_orders(),
                source=source,
                make_task=self._make_task,
                note_fault=self.folder.note_fault,
                changed=lambda entry: self._changed(entry, board),
                tell=board.note,
                attempts=settings.attempts,
                concurrent=concurrent,
                until=self._until,
                limit=None if settings.trial_minutes is None else 60 * settings.trial_minutes,
            )
            epochs = max(trial.recipe.config["epochs"] for trial in self.plan.trials)
            tune_all(conductor, settings, resources, concurrent=concurrent, epochs=epochs, interruption=interruption)

    def _first_orders(self) -> Iterator[Order]:
        """Yield what a scheduler has to hear of first, then what is missing, the longest first."""
        if self._scheduled:
            for entry in self.standing.in_state(*DONE):
                yield partial(self._make_task, entry.trial, 1, 1, replay=True)
        waiting = sorted(self.standing.missing, key=lambda entry: -self.costs[entry.trial.index].work)
        for entry in waiting:
            yield partial(self._make_task, entry.trial, 1, 1)

    def _make_task(self, trial: Trial, attempt: int, microbatches: int, *, replay: bool = False) -> Task:
        settings, since = self.settings, self._manifest.since
        history = curve_of(self.root, trial, settings.metric, since=since) if self._scheduled else []
        return Task.of(
            self._placed(trial),
            index=trial.index,
            attempt=attempt,
            fingerprint=trial.fingerprint,
            tags=sweep_tags(self._manifest.identity, self._parent.run_id if self._parent else None, trial.index),
            metric=settings.metric,
            since=since,
            history=history,
            replay=replay,
            every_epoch=self._scheduled,
            seconds=None if settings.trial_minutes is None else 60 * settings.trial_minutes,
            until=self._until,
            microbatches=microbatches,
            workers=self._resources.workers,
            cpu=self._resources.cpu,
            gpu=self._resources.gpu,
            storage=self._storage,
        )

    def _placed(self, trial: Trial) -> Recipe:
        """Return the recipe with addresses that mean the same in every process."""
        places = {"uri": self._uri} if self._storage is not None else {"uri": self._uri, "folder": str(self.root)}
        config = trial.recipe.config
        return replace(trial.recipe, config=config | {"tracking": config["tracking"] | places})

    def _changed(self, entry: Entry, board: ProgressDisplay) -> None:
        if entry.state in ENDED:
            self.folder.record = record = self.record
            if self._parent is not None:
                self._parent.update(record)
        board.update()

    def _source(self) -> "OptunaSearch | None":
        if self.settings.search != "optuna":
            return None
        from depthlab.sweeps.plan.optuna_search import OptunaSearch  # imports Optuna

        return OptunaSearch(self.plan.space, self.settings, self._examine, self.standing.entries.values())

    def _examine(self, words: tuple[str, ...]) -> Trial | ValueError:
        """Return the trial of words that a search proposes, numbered."""
        (recipe,) = compose_each([words])
        trial = recipe if isinstance(recipe, ValueError) else self._examiner.examine(words, recipe, self.plan.space)
        if isinstance(trial, ValueError):
            return trial
        (numbered,) = self.roster.number([trial])
        self.costs[numbered.index] = self._measuring.cost(numbered.recipe)
        return numbered

    def _known(self) -> Iterator[Trial]:
        """Yield the trials that the ledger has, made anew from their words."""
        planned = self.roster.planned
        for trial, recipe in zip(planned, compose_each([trial.words for trial in planned]), strict=True):
            if not isinstance(recipe, ValueError):
                made = self._examiner.examine(trial.words, recipe, self.plan.space)
                if not isinstance(made, ValueError) and made.fingerprint == trial.fingerprint:
                    yield replace(made, index=trial.index)

    @property
    def _scheduled(self) -> bool:
        return self.settings.scheduler != "none"

    def _bring_home(self, trials: Sequence[Trial]) -> None:
        if self._storage is not None:
            bring_home(self._storage, self.root, [trial.fingerprint for trial in trials])

    def _settle(self) -> None:
        """Write down how everything stands, now that nothing is computed any more."""
        entries = self.standing.entries
        self._bring_home([entry.trial for entry in entries.values()])
        for index, entry in entries.items():
            if entry.state == TrialState.RUNNING:
                self.standing.change(index, state=TrialState.CUT_OFF)
            if entry.state == TrialState.PRUNED:
                keep_pruned(self.root, entry.trial, since=self._manifest.since)
            if entry.state != TrialState.FINISHED:
                known = known_of(self.root, entry.trial, since=self._manifest.since, pruned_counts=self._scheduled)
                if known.get("state") == TrialState.FINISHED:  # as nobody was listening any more
                    self.standing.change(index, **known | {"earlier": False, "fault": None, "message": ""})
                self.standing.change(index, **{key: known[key] for key in ("folder", "run_id") if key in known})
        left = [entry.folder for entry in entries.values() if entry.folder is not None]
        synchronize(self.root, only=left)
        record = self.record
        self.folder.record = record
        write_csv(record, self.folder.path / "trials.csv")
        if self._parent is not None:
            cut_off = any(entry.state == TrialState.CUT_OFF for entry in entries.values())
            incomplete = RunStatus.FAILED if self.standing.missing else RunStatus.FINISHED
            warning = self._parent.finish(RunStatus.KILLED if cut_off else incomplete, record)
            if warning is not None:
                print(warning, file=sys.stderr)


@contextmanager
def _deferred(interruption: Interruption) -> Iterator[None]:
    """Leave signals to Tune's loop: an exception that a handler raises inside of Ray's C++ crashes it."""
    interruption.deferred = True
    try:
        yield
    except Exception as error:
        if interruption.signum is not None:  # the second signal, which does not wait for the loop
            raise Interrupted(interruption.signum) from error
        raise
