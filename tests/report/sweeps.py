"""Sweeps that never were, in every state that one can be in."""

import random
from dataclasses import replace
from typing import Any

from depthlab.records import SweepRecord, TrialRecord


def make_trial(index: int, values: dict[str, Any], accuracy: float | None, state: str = "finished") -> TrialRecord:
    """Return a trial with this validation accuracy, None for one that has no metrics."""
    metrics = {} if accuracy is None else {"val/accuracy": accuracy, "val/loss": 3 - 2 * accuracy}
    return TrialRecord(
        index=index,
        name=f"trial {index}",
        words=tuple(f"{key}={value}" for key, value in values.items()),
        values=values,
        fingerprint=f"{index:016x}",
        state=state,
        metrics=metrics,
        seconds=60.0 if metrics else 0.0,
        fault="diverged" if state == "failed" else None,
        message="the loss is no number" if state == "failed" else "",
    )


def make_sweep(*trials: TrialRecord, metric: str = "val/accuracy", name: str = "a sweep") -> SweepRecord:
    """Return a sweep of these trials, over the axes that they have."""
    return SweepRecord(
        name=name,
        identity="1a2b3c4d5e6f7788",
        command=("train.py", "-m", "depth=20,32"),
        axes=tuple(dict.fromkeys(key for trial in trials for key in trial.values)),
        held=("data=digits",),
        search="grid",
        metric=metric,
        trials=trials,
        started="2026-11-23T09:00:00+00:00",
        updated="2026-11-23T09:10:00+00:00",
    )


def grid(models: tuple[str, ...], depths: tuple[Any, ...], seeds: int) -> SweepRecord:
    """Return a finished grid."""
    chance = random.Random(0)
    values = [{"model": m, "depth": d, "seed": s} for m in models for d in depths for s in range(seeds)]
    return make_sweep(*(make_trial(index, own, chance.uniform(0.5, 0.99)) for index, own in enumerate(values)))


def broken_search(count: int, seed: int = 0) -> SweepRecord:
    """Return a random search whose trials are in all states, some without a number."""
    chance = random.Random(seed)
    trials = []
    for index in range(count):
        own = {
            "model": chance.choice(["plain", "resnet", "densenet"]),
            "trainer.learning_rate": 10 ** chance.uniform(-3, 0),
            "model.dropout": chance.choice([0, 0.1, 0.5]),
            "depth": chance.choice([20, [3, 3, 3], "deep"]),
            "flag": chance.choice([True, False, None]),
        }
        state = chance.choice(["finished", "finished", "pruned", "failed", "running", "waiting", "cut off"])
        accuracy = None if state in ("failed", "waiting") else chance.choice([0.9, 0.95, 1.0, float("nan"), None])
        trials.append(make_trial(index, own, accuracy, state))
    return replace(make_sweep(*trials), name=f"{count} trials")
