"""What a sweep says to programs: its trials, and the mean and spread over seeds of each setting."""

from typing import Any

from depthlab.invocation import RunOutcome
from depthlab.records import TrialRecord, TrialState
from depthlab.report.trial_groups import SEED, group_trials
from depthlab.sweeps.result import SweepResult

ERRORS = {"test_error": "test/accuracy", "val_error": "val/accuracy", "train_error": "final/train_accuracy"}


def sweep_outcome(result: SweepResult) -> dict[str, Any]:
    """Return what `depthlab.invocation.Outcome` keeps of a sweep; a search's test errors only where they are shown."""
    trials = [one for one in result.record.blinded().trials if one.index in result.recipes]
    runs = tuple(
        RunOutcome(
            name=one.name,
            state=one.state,
            values=one.values,
            metrics=one.metrics,
            folder=None if one.folder is None else str(result.runs / one.folder),
            run_id=one.run_id,
            message=one.message,
        )
        for one in trials
    )
    axes = [axis for axis in result.record.axes if axis != SEED]
    settings = []
    for group in group_trials(trials, axes):
        members = [one for one in trials if one.index in group.trials and one.state == TrialState.FINISHED]
        settings.append({"values": dict(zip(axes, group.key, strict=True)), **_errors(members)})
    return {"runs": runs, "details": {"folder": str(result.folder), "settings": settings, "skipped": result.skipped}}


def _errors(trials: list[TrialRecord]) -> dict[str, Any]:
    """Return errors in percent: n, mean, std of a sample and the mean's 95 % interval, None where one seed has none."""
    from depthlab.statistics import summarize

    found = {}
    for name, metric in ERRORS.items():
        values = [100 * (1 - one.metrics[metric]) for one in trials if metric in one.metrics]
        if values:
            one = summarize(values)
            interval = None if one.interval is None else [one.interval.low, one.interval.high]
            found[name] = {"n": one.n, "mean": one.mean, "std": one.std, "interval": interval}
    return found
