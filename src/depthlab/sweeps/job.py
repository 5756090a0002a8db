"""What one command has to do on a sweep: what is asked for, how it is computed, and where results are kept."""

import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self, final

from depthlab.invocation import recorded_call, train_call
from depthlab.recipe import Override, Recipe, override_values
from depthlab.records import SweepManifest
from depthlab.run import check_tracking
from depthlab.sweeps.dispatcher import Limits
from depthlab.sweeps.mlflow.sweep_run import SweepRunDescription
from depthlab.sweeps.plan.plan import SweepPlan
from depthlab.sweeps.plan.settings import Settings
from depthlab.sweeps.plan.trial import Trial
from depthlab.sweeps.state.earlier_runs import metric_curve
from depthlab.sweeps.state.folder import SweepFolder
from depthlab.sweeps.storage.fetch import fetch_all
from depthlab.sweeps.storage.storage import check_storage, resolve_storage
from depthlab.sweeps.workers.task import Task
from depthlab.tracking import capture_environment, command_tags, resolve_artifact_root, resolve_uri


@final
@dataclass(frozen=True)
class SweepJob:
    """One command's work on a sweep; made by `begin`, it does not change."""

    plan: SweepPlan
    settings: Settings
    folder: SweepFolder  # of the sweep, locked by this process
    root: Path  # the folder with all runs
    manifest: SweepManifest
    until: float | None  # no task begins later, in seconds since 1970

    @classmethod
    def begin(cls, plan: SweepPlan, settings: Settings, folder: SweepFolder, root: Path) -> Self:
        """Return the job of a command whose time begins now."""
        until = None if settings.minutes is None else time.time() + 60 * settings.minutes
        return cls(plan, settings, folder, root, folder.manifest, until)

    @property
    def tracking(self) -> dict[str, Any]:
        """The node `tracking`, which all trials share."""
        node: dict[str, Any] = self.plan.trials[0].recipe.config["tracking"]
        return node

    @cached_property
    def uri(self) -> str | None:
        """The MLflow store; None where runs are not tracked."""
        return resolve_uri(self.tracking["uri"]) if self.tracking["enabled"] else None

    @cached_property
    def storage(self) -> str | None:
        """Where run folders of several machines meet."""
        return None if self.settings.storage is None else resolve_storage(self.settings.storage)

    @property
    def scheduled(self) -> bool:
        """Whether a scheduler may stop trials early."""
        return self.settings.scheduler != "none"

    @property
    def trial_seconds(self) -> float | None:
        """The time limit of an attempt."""
        return None if self.settings.trial_minutes is None else 60 * self.settings.trial_minutes

    def limits(self, concurrent: int) -> Limits:
        """Return what bounds the work, with so many trials at once."""
        return Limits(self.settings.attempts, concurrent, self.until, self.trial_seconds)

    def check_addresses(self) -> None:
        """Check that store and storage can be used; raises `ValueError` where they can't."""
        check_tracking(self.plan.trials[0].recipe, lambda line: print(line, file=sys.stderr))
        if self.storage is not None:
            check_storage(self.storage, self.root)

    def fetch(self, trials: Iterable[Trial]) -> None:
        """Fetch the ended runs of trials from the storage, if there is one."""
        if self.storage is not None:
            fetch_all(self.storage, self.root, [trial.fingerprint for trial in trials])

    def task(self, trial: Trial, attempt: int, microbatches: int, *, replay: bool, **rest: Any) -> Task:
        """Return the task of an attempt; `rest` are the fields of `Task` that only the runner knows."""
        settings, since = self.settings, self.manifest.since
        history = metric_curve(self.root, trial, settings.metric, since=since) if self.scheduled else []
        return Task.of(
            self._with_absolute_places(trial.recipe),
            index=trial.index,
            attempt=attempt,
            fingerprint=trial.fingerprint,
            metric=settings.metric,
            since=since,
            history=history,
            replay=replay,
            every_epoch=self.scheduled,
            seconds=self.trial_seconds,
            until=self.until,
            microbatches=microbatches,
            storage=self.storage,
            command=train_call(trial.recipe.overrides),
            **rest,
        )

    def describe_run(self, uri: str) -> SweepRunDescription:
        """Return what the sweep's own MLflow run says."""
        return SweepRunDescription(
            experiment=self.tracking["experiment"],
            artifact_root=resolve_artifact_root(uri),
            name=self.manifest.name,
            identity=self.manifest.identity,
            tags=command_tags(recorded_call(), capture_environment().commit),
            params=self._params(),
            runs=self.root,
        )

    def _params(self) -> dict[str, str]:
        space = self.plan.space
        axes = {key: ",".join(values) for key, values in space.choices.items()}
        axes |= {key: str(interval) for key, interval in space.intervals.items()}
        return {Override.parse(key).key: value for key, value in axes.items()} | override_values(space.science_words)

    def _with_absolute_places(self, recipe: Recipe) -> Recipe:
        """Return the recipe with addresses that mean the same in every process."""
        places = {"uri": self.uri} if self.storage is not None else {"uri": self.uri, "folder": str(self.root)}
        return replace(recipe, config=recipe.config | {"tracking": recipe.config["tracking"] | places})
