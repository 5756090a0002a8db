"""Many networks, trained from Python."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from depthlab.api.errors import calling, warn
from depthlab.api.shown import tables_html
from depthlab.api.table import numbers_of
from depthlab.api.words import words_of
from depthlab.recipe import sweep_words
from depthlab.records import TrialState

if TYPE_CHECKING:
    import pandas as pd

    from depthlab.records import SweepRecord
    from depthlab.sweeps import SweepResult


@final
@dataclass(frozen=True)
class Sweep:
    """A sweep as it stands behind a call."""

    result: "SweepResult"

    @property
    def record(self) -> "SweepRecord":
        """The sweep's record; of a search without the test errors that nobody is to choose by."""
        return self.result.record.blinded()

    @property
    def folder(self) -> Path:
        """The sweep's folder."""
        return self.result.folder

    @property
    def missing(self) -> tuple[str, ...]:
        """A line for each trial that is not there: how it ended."""
        return tuple(f"{one.name}: {one.message or one.state}" for one in self.result.missing)

    @property
    def table(self) -> "pd.DataFrame":
        """A row for each trial that was asked for: axes, state, errors in percent, cost, folder."""
        import pandas as pd

        rows = [
            {"name": one.name, "state": str(one.state), **one.values, **numbers_of(one.metrics)}
            | {
                "seconds": one.seconds,
                "folder": one.folder and str(self.result.runs / one.folder),
                "run_id": one.run_id,
            }
            for one in self.record.trials
            if one.index in self.result.recipes
        ]
        return pd.DataFrame(rows)

    def __repr__(self) -> str:
        done = len(self.result.finished)
        return f"Sweep({self.record.name!r}, {done} of {len(self.result.trials)} finished, {str(self.folder)!r})"

    def _repr_html_(self) -> str:
        from depthlab.sweeps.display.table import result_table, seed_table

        return tables_html([result_table(self.record), seed_table(self.record)])


def sweep(*typed: str | Mapping[str, Any], **settings: Any) -> Sweep | None:
    """Train every combination that isn't there yet, as `depthlab sweep` does, and return how all of them stand.

    A list is several values, `dl.sweep(model=["plain", "resnet"], depth=[20, 56], seed=range(3))`. With `dry_run=True`
    the trials, their cost and time are printed, nothing starts, and None is returned. Trials that are missing in the
    end are told by a warning, and by `missing`; the same call goes on with them.

    Raises:
        UserError: a mistake, told before anything runs.
    """
    words = words_of(typed, settings, several=True)
    dry = "--dry-run" in words
    with calling("sweep", words):
        overrides = sweep_words([word for word in words if word not in ("--dry-run", "-m")])
        from depthlab.sweeps import ensure_sweep, preview_sweep, settings_of

        how = settings_of([*overrides, *(["sweep.dry_run=true"] if dry else [])])
        if how.dry_run:
            preview_sweep(overrides, how)
            return None
        found = Sweep(ensure_sweep(overrides, how))
    if diverged := [one.name for one in found.result.trials if one.state == TrialState.DIVERGED]:
        warn(f"{len(diverged)} of {len(found.result.trials)} trials diverged: {'; '.join(diverged)}")
    if found.missing:
        warn(f"{len(found.missing)} of {len(found.result.trials)} trials are missing: {'; '.join(found.missing)}")
    return found
