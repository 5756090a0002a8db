"""What is left when a sweep's command has computed what it could."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import final

from depthlab.recipe import Recipe
from depthlab.records import DONE, SweepRecord, TrialRecord, TrialState
from depthlab.sweeps.display.outcome import check_complete, show_outcome
from depthlab.tracking import check_store, open_client, redact, resolve_artifact_root
from depthlab.tracking.answers import Answer, keep_answer


@final
@dataclass(frozen=True)
class SweepResult:
    """A sweep as it stands behind a command.

    `record` tells of all trials of the sweep, those of earlier commands too; `recipes` are those of the trials that
    this command asked for, by their place in the sweep. `folder` is the sweep's, `runs` holds the folders of runs.
    `store` is the address of the MLflow store and the experiment there, None where nothing is tracked.
    """

    record: SweepRecord
    folder: Path
    runs: Path
    recipes: Mapping[int, Recipe]
    store: tuple[str, str] | None
    skipped: tuple[str, ...] = ()  # impossible combinations, left out as requested, each with its reason

    @property
    def trials(self) -> tuple[TrialRecord, ...]:
        """The trials that this command asked for, in the sweep's order, however they ended."""
        return tuple(trial for trial in self.record.trials if trial.index in self.recipes)

    @property
    def finished(self) -> tuple[TrialRecord, ...]:
        """Those of them that came to their end."""
        return tuple(trial for trial in self.trials if trial.state == TrialState.FINISHED)

    @property
    def missing(self) -> tuple[TrialRecord, ...]:
        """Those of them that are still missing: failed, cut off, or never begun."""
        return tuple(trial for trial in self.trials if trial.state not in DONE)

    def show(self) -> None:
        """Print the sweep's table, and where it is kept."""
        show_outcome(self.record.blinded(), self.folder)

    def end(self) -> None:
        """Say what is missing, why, and what to type; nothing if all is there.

        Raises:
            SystemExit: with 3 if trials are missing.
        """
        check_complete(self.record, asked=self.recipes.keys())


def send_report(store: tuple[str, str], run_id: str | None, answer: Answer) -> None:
    """Send an answer to a run of a store (its address, and the experiment); a warning line if that fails."""
    uri, experiment = store
    try:
        if run_id is None:
            raise ValueError("the store was away and gave the sweep no run")
        check_store(uri)
        client, experiment_id = open_client(uri, experiment, resolve_artifact_root(uri))
        keep_answer(client, experiment_id, run_id, answer)
    except Exception as error:  # MLflow raises whatever its database or its connection does; the report is done by now
        reason = " ".join(redact(str(error)).split())[:200] or type(error).__name__
        print(
            f"the report is not in the store {redact(uri)} ({reason}); the same command again sends it", file=sys.stderr
        )
