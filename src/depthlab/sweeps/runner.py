"""Compute what a sweep still asks for."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Self, final

from depthlab.invocation import recorded_call
from depthlab.recipe import compose_each
from depthlab.records import ENDED, MEASURED, FaultRecord, RunStatus, SearchChoice, SweepRecord, TrialState
from depthlab.sweeps.dispatcher import Dispatcher, TaskFactory
from depthlab.sweeps.display.progress_display import ProgressDisplay
from depthlab.sweeps.display.table import write_csv
from depthlab.sweeps.job import SweepJob
from depthlab.sweeps.mlflow.sweep_run import MlflowSweepRun
from depthlab.sweeps.plan.costs import CostCounter
from depthlab.sweeps.plan.estimate import TrialCost, Workload
from depthlab.sweeps.plan.recipe_checker import RecipeChecker
from depthlab.sweeps.plan.resources import concurrent_trials, resources_of
from depthlab.sweeps.plan.trial import Entry, Trial
from depthlab.sweeps.state.earlier_runs import earlier_result, mark_pruned
from depthlab.sweeps.state.sweep_state import SweepState
from depthlab.sweeps.state.trial_ledger import TrialLedger, load_state
from depthlab.sweeps.workers.cluster import Cluster, check_shared
from depthlab.sweeps.workers.cluster_warmup import ClusterWarmup
from depthlab.sweeps.workers.task import Resources, Task
from depthlab.tracking import WITHHELD, redact, sweep_tags, synchronize
from depthlab.tracking.parent_run import ParentProgress
from depthlab.training import Interrupted, Interruption

if TYPE_CHECKING:
    from depthlab.sweeps.plan.optuna_search import OptunaSearch

_UNFINISHED = (TrialState.WAITING, TrialState.RUNNING, TrialState.CUT_OFF)


@final
class SweepRunner:
    """Does one command's job on a sweep: the dispatcher's `Driver`, and the keeper of the sweep's record."""

    def __init__(self, job: SweepJob, checker: RecipeChecker, ledger: TrialLedger, sweep_state: SweepState) -> None:
        """Nothing happens before `run`; `open` makes one.

        Args:
            job: What there is to do.
            checker: What has checked the plan's recipes.
            ledger: The numbers of all trials.
            sweep_state: How the trials that are asked for stand.
        """
        self.job, self.sweep_state = job, sweep_state
        self._checker, self._ledger = checker, ledger
        self._counter = CostCounter(checker.facts)
        self._costs: dict[int, TrialCost] = {}
        self._resources = Resources()  # until the cluster is known
        self._display: ProgressDisplay | None = None
        self._sweep_run: MlflowSweepRun | None = None
        self._run_id: str | None = None  # MLflow's, where nothing is to be sent to it any more
        self._choice: SearchChoice | None = None  # once a search is over

    @classmethod
    def open(cls, job: SweepJob, checker: RecipeChecker) -> Self:
        """Read the sweep's ledger, fetch what other machines have computed, and see how every trial stands."""
        ledger = TrialLedger.read(job.folder)
        searched = job.settings.search == "optuna"
        trials = list(_earlier_trials(job, checker, ledger)) if searched else ledger.number(job.plan.trials)
        job.fetch(trials)
        metric, since = job.settings.metric, job.manifest.since
        runner = cls(
            job, checker, ledger, load_state(trials, job.root, metric=metric, since=since, pruned_counts=job.scheduled)
        )
        for trial in trials:
            runner._count(trial)
        return runner

    @property
    def record(self) -> SweepRecord:
        """How all trials of the sweep stand, those of earlier commands included."""
        now = [entry.to_record() for entry in self.sweep_state.entries.values()]
        trials = sorted([*self._ledger.others(self.sweep_state), *now], key=lambda trial: trial.index)
        manifest = self.job.manifest
        return SweepRecord(
            name=manifest.name,
            identity=manifest.identity,
            command=recorded_call(),
            axes=manifest.axes,
            held=manifest.held,
            search=manifest.search,
            metric=self.sweep_state.metric,
            trials=tuple(trials),
            run_id=self._sweep_run.run_id if self._sweep_run is not None else self._run_id,
            started=manifest.started,
            updated=datetime.now(UTC).isoformat(timespec="seconds"),
            searched=self.job.plan.searched,
            choice=self._choice,
        )

    def run(self, warmup: ClusterWarmup) -> SweepRecord:
        """Compute what is missing on the cluster that may be there already, and return how all of it stands then.

        Raises:
            ValueError: there is no such cluster, or it can't do this.
            Interrupted: Ctrl-C or SIGTERM; what was computed is kept, and its state written down.
        """
        job = self.job
        job.check_addresses()
        search = self._open_search()
        unfinished = bool(self.sweep_state.missing) or (search is not None and not search.exhausted)
        self._sweep_run = self._open_sweep_run(unfinished=unfinished)
        job.folder.record = self.record  # what was asked for stays in the table, even if this is killed
        try:
            if unfinished:
                with Interruption() as interruption, _deferred(interruption), warmup.cluster() as cluster:
                    check_shared(cluster, uri=job.uri, storage=job.storage)
                    self._compute(cluster, search, interruption)
        finally:
            self._settle(exhausted=search is None or search.exhausted)
        if search is not None and search.error is not None:
            raise search.error
        return self.record

    def make_task(self, trial: Trial, attempt: int, microbatches: int, *, replay: bool = False) -> Task:
        """Return the task of an attempt; with `replay` a scheduler is only told its past."""
        run_id = self._sweep_run.run_id if self._sweep_run is not None else None
        tags = sweep_tags(self.job.manifest.identity, run_id, trial.index)
        return self.job.task(
            trial,
            attempt,
            microbatches,
            replay=replay,
            tags=tags | (WITHHELD if self.job.plan.searched else {}),
            resources=self._resources,
        )

    def note_fault(self, fault: FaultRecord) -> None:
        """Write a fault into the sweep's folder."""
        self.job.folder.note_fault(fault)

    def notify(self, line: str) -> None:
        """Show a line to a person."""
        assert self._display is not None
        self._display.note(line)

    def changed(self, entry: Entry) -> None:
        """Write down, send and show that a trial's state has changed."""
        if entry.state in ENDED:
            self.job.folder.record = record = self.record
            if self._sweep_run is not None:
                self._sweep_run.update(record.blinded())
        if self._display is not None:
            self._display.update()

    def _open_search(self) -> "OptunaSearch | None":
        if self.job.settings.search != "optuna":
            return None
        from depthlab.sweeps.plan.optuna_search import OptunaSearch  # imports Optuna

        return OptunaSearch(self.job.plan.space, self.job.settings, self._examine, self.sweep_state.entries.values())

    def _open_sweep_run(self, *, unfinished: bool) -> MlflowSweepRun | None:
        """Begin or continue the sweep's own MLflow run; None where it has everything and nothing will change."""
        job = self.job
        if job.uri is None:
            return None
        progress = ParentProgress.find(job.folder.path)
        here = progress is not None and progress.is_of(redact(job.uri), job.tracking["experiment"])
        if not unfinished and progress is not None and here and progress.complete and progress.view:
            self._run_id = progress.run_id
            return None
        sweep_run = MlflowSweepRun.open(job.folder.path, job.uri, job.describe_run(job.uri))
        sweep_run.start()
        return sweep_run

    def _compute(self, cluster: Cluster, search: "OptunaSearch | None", interruption: Interruption) -> None:
        from depthlab.sweeps.workers.ray_tune import run_with_tune  # imports Ray Tune

        settings, trials = self.job.settings, self.job.plan.trials
        resources = self._resources = resources_of(trials[0].recipe, settings, cluster)
        concurrent = concurrent_trials(resources, settings, cluster)
        expected = settings.samples or 0 if search is not None else 0
        workload = Workload(self.sweep_state, self._costs, concurrent, expected=expected)
        name, blind = self.job.manifest.name, bool(self.job.plan.searched)
        with ProgressDisplay(workload, name=name, blind=blind) as self._display:
            limits = self.job.limits(concurrent)
            dispatcher = Dispatcher(self.sweep_state, self._first_tasks(), self, limits, search)
            epochs = max(trial.recipe.config["epochs"] for trial in trials)
            run_with_tune(
                dispatcher, settings, resources, concurrent=concurrent, epochs=epochs, interruption=interruption
            )

    def _first_tasks(self) -> Iterator[TaskFactory]:
        """Yield what a scheduler has to know first, then what is missing, the longest first."""
        if self.job.scheduled:
            for entry in self.sweep_state.in_state(*MEASURED):
                yield partial(self.make_task, entry.trial, 1, entry.trial.microbatches, replay=True)
        for entry in sorted(self.sweep_state.missing, key=lambda entry: -self._costs[entry.trial.index].work):
            yield partial(self.make_task, entry.trial, 1, entry.trial.microbatches)

    def _examine(self, overrides: tuple[str, ...]) -> Trial | ValueError:
        """Return the trial that a search proposes, checked and numbered."""
        (recipe,) = compose_each([overrides])
        space = self.job.plan.space
        trial = recipe if isinstance(recipe, ValueError) else self._checker.check(overrides, recipe, space)
        if isinstance(trial, ValueError):
            return trial
        (numbered,) = self._ledger.number([trial])
        self._count(numbered)
        return numbered

    def _count(self, trial: Trial) -> None:
        self._costs[trial.index] = self._counter.cost(trial.recipe)

    def _settle(self, *, exhausted: bool) -> None:
        """Write down how everything stands, now that nothing is computed any more; a search chooses if it is over."""
        entries = self.sweep_state.entries
        self.job.fetch(entry.trial for entry in entries.values())
        for entry in entries.values():
            self._settle_trial(entry)
        synchronize(self.job.root, only=[entry.folder for entry in entries.values() if entry.folder is not None])
        if self.job.plan.searched and exhausted and not self.sweep_state.in_state(*_UNFINISHED):
            from depthlab.sweeps.state.choice import choose  # imports scipy

            self._choice = choose(self.record, self.job.root)
        record = self.record
        self.job.folder.record = record
        write_csv(record.blinded(), self.job.folder.path / "trials.csv")
        if self._sweep_run is not None:
            warning = self._sweep_run.finish(self._end_status(), record.blinded())
            if warning is not None:
                print(warning, file=sys.stderr)

    def _settle_trial(self, entry: Entry) -> None:
        """Take from its run's folder what nobody was listening to any more."""
        root, since = self.job.root, self.job.manifest.since
        change = partial(self.sweep_state.change, entry.trial.index)
        if entry.state == TrialState.RUNNING:
            change(state=TrialState.CUT_OFF)
        if entry.state == TrialState.PRUNED:
            mark_pruned(root, entry.trial, since=since)
        if entry.state != TrialState.FINISHED:
            known = earlier_result(root, entry.trial, since=since, pruned_counts=self.job.scheduled)
            if known.get("state") == TrialState.FINISHED:
                change(**known | {"earlier": False, "fault": None, "message": ""})
            change(**{key: known[key] for key in ("folder", "run_id") if key in known})

    def _end_status(self) -> RunStatus:
        if self.sweep_state.in_state(TrialState.CUT_OFF):
            return RunStatus.KILLED
        return RunStatus.FAILED if self.sweep_state.missing else RunStatus.FINISHED


def _earlier_trials(job: SweepJob, checker: RecipeChecker, ledger: TrialLedger) -> Iterator[Trial]:
    """Yield the trials that the ledger has, made again from their overrides."""
    recipes = compose_each([trial.words for trial in ledger.planned])
    for planned, recipe in zip(ledger.planned, recipes, strict=True):
        if not isinstance(recipe, ValueError):
            trial = checker.check(planned.words, recipe, job.plan.space)
            if not isinstance(trial, ValueError) and trial.fingerprint == planned.fingerprint:
                yield replace(trial, index=planned.index)


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
