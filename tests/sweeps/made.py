"""Trials, costs and records made up: nothing is composed and nothing runs."""

from typing import Any

from depthlab.recipe import Recipe
from depthlab.records import SweepRecord
from depthlab.sweeps.plan.estimate import TrialCost
from depthlab.sweeps.plan.trial import Entry, Trial
from depthlab.sweeps.state.sweep_state import SweepState

EPOCHS = 10


def trial(index: int, *, model: str = "resnet", depth: int = 20, seed: int = 0, **others: Any) -> Trial:
    values = {"model": model, "depth": depth, "seed": seed, **others}
    config = {
        "model": {"_target_": f"depthlab.models.{model}"},
        "depth": depth,
        "seed": seed,
        "epochs": EPOCHS,
        "trainer": {"max_steps": None, "microbatches": 1},
    }
    recipe = Recipe(config, {"model": model, "data": "digits"}, ())
    return Trial(index, tuple(f"{key}={value}" for key, value in values.items()), values, recipe, f"{index:016x}")


def sweep_state(number: int, metric: str = "val/accuracy") -> SweepState:
    return SweepState(metric, [trial(index, depth=20 + 6 * (index // 3), seed=index % 3) for index in range(number)])


def cost(multiply_adds: int = 1000, *, steps: int = 100, batch_size: int = 10) -> TrialCost:
    return TrialCost(parameters=multiply_adds // 10, multiply_adds=multiply_adds, steps=steps, batch_size=batch_size)


def costs(sweep_state: SweepState) -> dict[int, TrialCost]:
    return {index: cost() for index in sweep_state.entries}


def finish(
    sweep_state: SweepState, index: int, *, val: float = 0.95, test: float = 0.94, seconds: float = 12.3
) -> Entry:
    metrics = {"val/accuracy": val, "test/accuracy": test, "final/train_accuracy": 1.0, "model/parameters": 272_474.0}
    sweep_state.change(index, state="finished", metrics=metrics, step=100, steps=100, seconds=seconds)
    return sweep_state.entries[index]


def record(sweep_state: SweepState, axes: tuple[str, ...] = ("model", "depth", "seed")) -> SweepRecord:
    return SweepRecord(
        name=" × ".join(axes),
        identity="0123456789abcdef",
        command=("python", "train.py", "-m"),
        axes=axes,
        held=(),
        search="grid",
        metric=sweep_state.metric,
        trials=tuple(entry.to_record() for entry in sweep_state.entries.values()),
    )
