"""From a sweep to what an answer begins with: its runs by name and series, and what they were computed with."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from depthlab.invocation import recorded_call
from depthlab.recipe import Recipe, recipe_from_config
from depthlab.records import Environment, MeasuredRun, QuestionRecord, RunRef, TrialRecord, TrialState
from depthlab.sweeps.result import SweepResult
from depthlab.tracking import RunFolder, capture_environment, redact

SEED = "seed"
LIBRARIES = ("torch", "pytorch-lightning", "torchmetrics", "numpy", "scipy", "ray", "mlflow", "hydra-core")


def run_refs(swept: SweepResult, *, along: str, aside: Sequence[str] = ()) -> tuple[RunRef, ...]:
    """Return the runs that a command asked for, however they ended, in the sweep's order.

    Args:
        swept: The sweep.
        along: The axis along which networks of a series stand, such as depth.
        aside: Axes whose values tell no networks apart, such as a tuned one.
    """
    return tuple(_refer(swept, trial, along, aside) for trial in swept.trials)


def begin_answer(question: str, swept: SweepResult, runs: Sequence[RunRef]) -> QuestionRecord:
    """Return the record of a question to which the verdict is still to be added."""
    recipe = swept.recipes[swept.trials[0].index]
    axes = swept.record.axes
    return QuestionRecord(
        question=question,
        **describe_code(runs),
        sweep=swept.record.identity,
        sweep_run=swept.record.run_id,
        axes=axes,
        held={key: value for key, value in recipe.axes.items() if key not in axes},
        runs=tuple(runs),
        left_out=swept.skipped,
    )


def describe_code(runs: Sequence[RunRef]) -> dict[str, Any]:
    """Return what an answer is computed with, by the names of `QuestionRecord`: command, date, hardware, commits."""
    environment = capture_environment()
    return {
        "command": recorded_call(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "hardware": _distinct(run.hardware for run in runs),
        "commits": _distinct(run.commit for run in runs),
        "versions": {"python": environment.python}
        | {name: environment.versions[name] for name in LIBRARIES if name in environment.versions},
    }


def refer_to_folder(folder: RunFolder, axes: Sequence[str], along: str) -> RunRef:
    """Return a finished run outside of any sweep; `axes` are those that tell it from others."""
    manifest, record = folder.manifest, folder.record
    assert record is not None, f"{folder.name} has no record"
    recipe = recipe_from_config(manifest.config, manifest.choices, manifest.overrides)
    values = {axis: manifest.axes[axis] for axis in axes if axis in manifest.axes}
    return RunRef(
        name=manifest.name,
        group=network_name(recipe, values),
        series=series_name(recipe, values, along),
        place=place_of(manifest.axes.get(along)),
        state=TrialState.FINISHED,
        values=values,
        fingerprint=manifest.fingerprint,
        words=tuple(map(redact, manifest.overrides)),
        folder=folder.name,
        run_id=record.run_id,
        hardware=record.hardware,
        commit=commit_text(manifest.environment),
    )


def run_folder(swept: SweepResult, trial: TrialRecord) -> RunFolder:
    """Return the folder of a trial that finished."""
    assert trial.folder is not None, f"{trial.name} is {trial.state} and has no folder"
    return RunFolder.open(swept.runs / trial.folder)


def measured_run(ref: RunRef, folder: RunFolder) -> MeasuredRun:
    """Return what a run that finished found, without measures that take its weights."""
    found = folder.record
    assert found is not None, f"{folder.name} finished without a record"
    train, validation, test = (
        100 * (1 - found.metrics[name]) for name in ("final/train_accuracy", "val/accuracy", "test/accuracy")
    )
    return MeasuredRun(
        fingerprint=ref.fingerprint,
        folder=folder.name,
        network=ref.group,
        series=ref.series,
        depth=found.axes["depth"],
        place=ref.place,
        seed=found.axes["seed"],
        settings=found.axes,
        train_error=train,
        validation_error=validation,
        test_error=test,
        train_loss=found.metrics["final/train_loss"],
        parameters=int(found.metrics["model/parameters"]),
        multiply_adds=int(found.metrics["model/multiply_adds"]),
        seconds=found.seconds,
        curves=found.curves,
    )


def split_sizes(folders: Iterable[RunFolder]) -> dict[str, int]:
    """Return how many images each split of these runs has; nothing where they differ."""
    datasets = [folder.manifest.dataset for folder in folders]
    sizes = {(one.name, one.train_size, one.validation_size, one.test_size) for one in datasets}
    return dict(zip(("training", "validation", "test"), sizes.pop()[1:], strict=True)) if len(sizes) == 1 else {}


def network_name(recipe: Recipe, values: Mapping[str, Any], aside: Sequence[str] = ()) -> str:
    """Return the name that reads `resnet-56`, and with what else varies `resnet-56 width=2`."""
    return " ".join([recipe.name.split(" · ")[0], *_others(values, ("model", "depth", SEED, *aside))])


def series_name(recipe: Recipe, values: Mapping[str, Any], along: str, aside: Sequence[str] = ()) -> str:
    """Return what networks along one axis have in common: `resnet`, or `resnet width=2`."""
    family = recipe.config["model"]["_target_"].rpartition(".")[2] if recipe.foreign else recipe.choices["model"]
    held = f"-{_text(recipe.config['depth'])}" if along != "depth" and "depth" in values else ""
    hidden = ("model", "depth", SEED, along, *aside)
    return " ".join([f"{family}{held}", *_others(values, hidden)])


def place_of(value: Any, order: Sequence[Any] = ()) -> float:
    """Return a value as a number: itself, the units of all stages together, or its rank among others."""
    if isinstance(value, list):
        return float(sum(value))
    if isinstance(value, int | float):
        return float(value)
    return float(order.index(value)) if value in order else 0.0


def _refer(swept: SweepResult, trial: TrialRecord, along: str, aside: Sequence[str]) -> RunRef:
    recipe = swept.recipes[trial.index]
    record = commit = None
    parts = 1
    if trial.state == TrialState.FINISHED:
        folder = run_folder(swept, trial)
        record, commit = folder.record, commit_text(folder.manifest.environment)
        parts = folder.manifest.config["trainer"]["microbatches"] if folder.manifest.stands_for else 1
    order = list(dict.fromkeys(_text(other.values.get(along)) for other in swept.trials))
    value = trial.values.get(along, recipe.config.get(along))
    return RunRef(
        name=trial.name,
        group=network_name(recipe, trial.values, aside),
        series=series_name(recipe, trial.values, along, aside),
        place=place_of(value, order),
        state=trial.state,
        values=trial.values,
        fingerprint=trial.fingerprint,
        words=tuple(map(redact, trial.words)),
        folder=trial.folder,
        run_id=trial.run_id,
        fault=trial.fault,
        message=trial.message,
        hardware=record.hardware if record is not None else "",
        commit=commit,
        parts=parts,
    )


def commit_text(environment: Environment) -> str | None:
    """Return the commit of the code, and whether it was changed since; outside of a checkout the lab's version."""
    if environment.commit is None:
        version = environment.versions.get("depthlab")
        return version and f"depthlab {version}"
    return environment.commit + (" with uncommitted changes" if environment.diff else "")


def _others(values: Mapping[str, Any], told: Sequence[str]) -> list[str]:
    return [f"{key}={_text(value)}" for key, value in values.items() if key not in told]


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return f"{value:.15g}"  # 0, as one types it
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _distinct(texts: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
