"""A sweep of four networks and two seeds that was never trained, and all that a store has of it."""

from dataclasses import dataclass, replace
from pathlib import Path

from depthlab.records import RunStatus, SweepRecord, TrialRecord
from depthlab.sweeps.mlflow.sweep_run import MlflowSweepRun, SweepRunDescription
from depthlab.tracking import WITHHELD, MlflowSync, RunFolder, redact, sweep_tags
from tests.report.sweeps import make_sweep, make_trial
from tests.tracking.conftest import make_manifest

IDENTITY = make_sweep().identity
DEPTHS, SEEDS = (20, 56), (0, 1)
ERRORS = {("plain", 20): 9, ("plain", 56): 44, ("resnet", 20): 8, ("resnet", 56): 7}  # percent, of seed 0


@dataclass(frozen=True)
class Study:
    """Where the sweep's folders are, and the ids in the store."""

    folder: Path  # of the sweep
    runs: Path
    record: SweepRecord
    run_id: str  # of the sweep's own run


def make_study(place: Path, uri: str, experiment: str = "tests", *, searched: tuple[str, ...] = ()) -> Study:
    """Write runs and sweep, and send them; again under another experiment, the same runs are asked for."""
    folder, runs = place / "sweeps" / f"model-depth-seed-{IDENTITY[:8]}", place / "runs"
    folder.mkdir(parents=True, exist_ok=True)
    description = SweepRunDescription(
        experiment=experiment,
        artifact_root=None,
        name="model × depth × seed",
        identity=IDENTITY,
        tags={"depthlab.command": "python train.py -m model=plain,resnet depth=20,56 seed=0,1"},
        params={"model": "plain,resnet", "depth": "20,56", "seed": "0,1"},
        runs=runs,
    )
    parent = MlflowSweepRun.open(folder, uri, description, every=0.05)
    parent.start()
    run_id = parent.run_id
    assert run_id is not None
    values = [{"model": model, "depth": depth, "seed": seed} for model, depth in ERRORS for seed in SEEDS]
    trials = tuple(
        _trial(place, uri, experiment, index, one, run_id, bool(searched)) for index, one in enumerate(values)
    )
    record = replace(make_sweep(*trials), name=description.name, searched=searched, run_id=run_id)
    (folder / "record.json").write_text(record.to_json())
    assert parent.finish(RunStatus.FINISHED, record.blinded()) is None
    return Study(folder, runs, record, run_id)


def _trial(
    place: Path, uri: str, experiment: str, index: int, values: dict[str, object], parent: str, blind: bool
) -> TrialRecord:
    model, depth, seed = str(values["model"]), int(str(values["depth"])), int(str(values["seed"]))
    error = ERRORS[model, depth] + seed
    trial = make_trial(index, values, 1 - error / 100)
    metrics = {"val/accuracy": 1 - error / 100, "test/accuracy": 1 - error / 100, "final/train_accuracy": 0.99}
    name = f"{model}-{depth} · seed {seed}"
    known = [one for one in (place / "runs").glob("*/manifest.json") if name in one.read_text()]
    if known:
        folder = RunFolder(known[0].parent)
    else:
        axes = {"model": model, "data": "digits", "depth": depth, "width": 1, "seed": seed, "epochs": 2}
        manifest = replace(
            make_manifest(fingerprint=trial.fingerprint, name=name),
            axes=axes,
            settings=axes | {"model.shortcut": "A", "shortcut": "A", "optimizer.momentum": 0.9, "trainer.threads": 2},
            overrides=(f"model={model}", f"depth={depth}", f"seed={seed}", "trainer.threads=2"),
        )
        folder = RunFolder.create(place / "runs", manifest)
        for epoch in (1, 2):
            values_now = {"val/accuracy": 0.3 * epoch, "train/accuracy": 0.3 * epoch, "train/loss": 1.0 / epoch}
            folder.journal.append(values_now, step=10 * epoch, epoch=epoch)
        costs = {"model/parameters": 13_000.0 * depth, "model/multiply_adds": 2e6 * depth}
        folder.journal.append(metrics | costs, step=21, epoch=2)
        tags = sweep_tags(IDENTITY, parent, index) | (WITHHELD if blind else {})
        sync = MlflowSync.open(folder, uri=uri, experiment=experiment, tags=tags, system_metrics=False, every=0.05)
        sync.start()
        assert sync.finish(RunStatus.FINISHED), redact(uri)
        folder.status = RunStatus.FINISHED
        folder.release()
    return replace(trial, folder=folder.name, metrics=trial.metrics | metrics)
