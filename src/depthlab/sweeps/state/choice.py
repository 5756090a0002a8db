"""What a search chose on validation, how sure that is, and how to confirm it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from math import isfinite
from pathlib import Path
from typing import Any, final

import numpy as np
import numpy.typing as npt

from depthlab.recipe import Override, without_keys
from depthlab.records import Dataset, Interval, SearchChoice, SweepRecord, TrialRecord, TrialState
from depthlab.statistics import (
    Cell,
    contrast,
    crossed,
    fisher,
    holm,
    is_significant,
    mcnemar,
    proportion_interval,
    welch,
)
from depthlab.sweeps.plan.searched import SEED
from depthlab.sweeps.state.sweep_state import goodness
from depthlab.tracking import RunFolder, read_predictions

NEW_SEEDS = 5  # of the command that confirms


@final
@dataclass(frozen=True)
class _Setting:
    """A point of the search with its finished trials, one a seed."""

    values: Mapping[str, Any]
    trials: tuple[TrialRecord, ...]
    runs: Path  # the folder with the folders of all runs

    def score(self, metric: str) -> float:
        return float(np.mean([goodness(metric, trial.metrics) for trial in self.trials]))

    @property
    def errors(self) -> list[float]:
        """Validation errors in percent, by seed."""
        return [100 * (1 - trial.metrics["val/accuracy"]) for trial in self.trials]

    @cached_property
    def dataset(self) -> Dataset:
        """The images that its runs saw."""
        return RunFolder(self.runs / str(self.trials[0].folder)).manifest.dataset

    @property
    def images(self) -> int:
        """Number of validation images."""
        return self.dataset.validation_size

    @cached_property
    def wrong(self) -> npt.NDArray[np.bool_] | None:
        """Which validation images each seed gets wrong (seeds, images); None where predictions were not kept."""
        try:
            folders = [RunFolder(self.runs / str(trial.folder)) for trial in self.trials]
            return np.stack([~read_predictions(folder).validation.right for folder in folders])
        except (ValueError, OSError):
            return None

    def differs(self, other: "_Setting") -> float | None:
        """Return the p of the test whether two settings err equally often on validation; None without a test."""
        ours, theirs = self.wrong, other.wrong
        same = (self.dataset.checksum, self.images) == (other.dataset.checksum, other.images)
        if not same or ours is None or theirs is None:
            if len(self.trials) > 1:
                return welch(self.errors, other.errors, images=min(self.images, other.images)).p
            counts = [(round(one.errors[0] / 100 * one.images), one.images) for one in (self, other)]
            return fisher(*counts)
        if len(self.trials) > 1:
            return crossed(ours, theirs).p
        return mcnemar(int((ours & ~theirs).sum()), int((theirs & ~ours).sum()))


def choose(record: SweepRecord, runs: Path) -> SearchChoice | None:
    """Return the best setting by the sweep's metric, the mean over seeds; None where no trial has a number.

    Settings that finished with fewer seeds than others, as runs failed or were stopped, are not compared. Others can be
    told from the best one where a test on validation, corrected by Holm's method for their number, is below 5 %: over
    the same images from predictions (McNemar's, or seeds crossed with images), by counts where those were not kept.

    Args:
        record: The sweep, with nothing left to compute.
        runs: The folder with the folders of all runs.
    """
    settings = list(_settings(record, runs))
    if not settings:
        return None
    seeds = max(len(setting.trials) for setting in settings)
    whole = [setting for setting in settings if len(setting.trials) == seeds]
    best = max(whole, key=lambda setting: setting.score(record.metric))
    others = [setting for setting in whole if setting is not best]
    adjusted = holm(setting.differs(best) for setting in others)
    asked = {repr(_without_seed(trial)) for trial in record.trials}
    return SearchChoice(
        values=dict(best.values),
        trials=tuple(trial.index for trial in best.trials),
        error=float(np.mean(best.errors)),
        interval=_interval(best.errors, best.images),
        over="images" if seeds == 1 else "seeds",
        images=best.images,
        alike=sum(not is_significant(p) for p in adjusted),
        others=len(others),
        left_out=len(asked) - len(whole),
        confirm=_confirm(best.trials[0], record.trials),
    )


def _settings(record: SweepRecord, runs: Path) -> Iterator[_Setting]:
    found: dict[str, list[TrialRecord]] = {}
    for trial in record.trials:
        known = (trial.metrics.get(name, float("nan")) for name in (record.metric, "val/accuracy"))
        there = trial.folder is not None and (runs / trial.folder / "manifest.json").is_file()
        if trial.state == TrialState.FINISHED and there and all(map(isfinite, known)):
            found.setdefault(repr(_without_seed(trial)), []).append(trial)
    for trials in found.values():
        yield _Setting(_without_seed(trials[0]), tuple(trials), runs)


def _without_seed(trial: TrialRecord) -> dict[str, Any]:
    return {axis: value for axis, value in trial.values.items() if axis != SEED}


def _interval(errors: Sequence[float], images: int) -> Interval | None:
    """Return Wilson's interval of one run, over images; of several runs Student's over seeds, with the floor."""
    if len(errors) > 1:
        return contrast([Cell(tuple(errors), images)], [1.0]).interval
    found = proportion_interval(round(errors[0] / 100 * images), images)
    return Interval(100 * found.low, 100 * found.high, found.level)


def _confirm(chosen: TrialRecord, trials: Sequence[TrialRecord]) -> tuple[str, ...]:
    """Return the command that trains the setting with seeds that the sweep has not used."""
    used = {_seed(trial) for trial in trials}
    new = islice((seed for seed in range(max(used) + 1, 2**32)), NEW_SEEDS)
    return ("python", "train.py", "-m", *without_keys(chosen.words, (SEED,)), f"{SEED}={','.join(map(str, new))}")


def _seed(trial: TrialRecord) -> int:
    typed = [word.value for word in map(Override.parse, trial.words) if word.key == SEED]
    return int(trial.values.get(SEED, typed[-1] if typed and typed[-1] else 0))
