"""What a search found, in sentences: for the terminal, for MLflow and for pages."""

import math
import shlex
from collections.abc import Mapping
from typing import Any

import numpy as np

from depthlab.records import SearchChoice, SweepRecord
from depthlab.report.scale import show


def search_lines(record: SweepRecord) -> tuple[str, ...]:
    """Return what there is to say of a sweep that searched; nothing of one that compares all of its trials."""
    if not record.searched:
        return ()
    what = ", ".join(record.searched)
    if record.choice is None:
        return (f"Test errors are not shown, as {what} is searched and validation has not chosen yet.",)
    choice = record.choice
    return (
        f"Searched: {what}. Test errors are shown of the setting alone that validation chose.",
        f"Best on validation: {_typed(choice.values)}: {_error(choice)}.",
        _alike(choice),
        *_test(record, choice),
        f"The search took {len(record.trials)} trials and {_time(sum(t.seconds for t in record.trials))} of training.",
        f"To confirm it with new seeds: {shlex.join(choice.confirm)}",
    )


def _error(choice: SearchChoice) -> str:
    told = f"validation error {choice.error:.2f} %"
    if choice.interval is not None:
        over = f"{choice.images:,} images" if choice.over == "images" else f"{len(choice.trials)} seeds"
        told += f", {100 * choice.interval.level:.0f} % interval {max(0, choice.interval.low):.2f} to "
        told += f"{choice.interval.high:.2f} over {over}"
    return f"{told} (the lowest of {choice.others + 1} is likely a little too low)" if choice.others else told


def _alike(choice: SearchChoice) -> str:
    others = "the one other setting" if choice.others == 1 else f"the {choice.others} other settings"
    told = f"{choice.alike} of {others} can't be told from it on {choice.images:,} validation images."
    if not choice.others:
        told = "There is no other setting to compare it with."
    missing = f"{choice.left_out} {'setting is' if choice.left_out == 1 else 'settings are'} not compared"
    return f"{told} {missing}, as not all of their runs finished." if choice.left_out else told


def _test(record: SweepRecord, choice: SearchChoice) -> tuple[str, ...]:
    trials = [trial for trial in record.trials if trial.index in choice.trials]
    errors = [100 * (1 - trial.metrics.get("test/accuracy", math.nan)) for trial in trials]
    if not all(map(math.isfinite, errors)):
        return ()
    seeds = f", the mean over {len(errors)} seeds" if len(errors) > 1 else ""
    return (f"Its test error is {np.mean(errors):.2f} %{seeds}.",)


def _typed(values: Mapping[str, Any]) -> str:
    return " ".join(f"{axis}={show(value)}" for axis, value in values.items()) or "the only setting"


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
