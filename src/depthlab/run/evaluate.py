"""What follows training: the final weights on every split, the record, its figures."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from depthlab.records import RunRecord, RunStatus
from depthlab.report import confusion_matrix, learning_curves, save_figure
from depthlab.run.predictions import keep_predictions, wants_predictions
from depthlab.run.prepare import Prepared, count_epochs
from depthlab.run.train import Trained
from depthlab.tracking import RunFolder
from depthlab.training import Evaluation, evaluate, save_weights, track

EPOCH_METRICS = ("train/loss", "train/accuracy", "val/loss", "val/accuracy", "throughput/images_per_second")


def evaluate_run(prepared: Prepared, folder: RunFolder, trained: Trained, run_id: str | None) -> RunRecord:
    """Keep the final weights, evaluate them on all training images and, once, on the test images; write the record.

    What they predict of each validation and test image is kept too, unless there are too many.
    """
    network, keep = prepared.classifier.network, wants_predictions(prepared)
    save_weights(network, folder.checkpoints / "final.ckpt")
    train = _evaluate(prepared, "train")
    validation = _evaluate(prepared, "val", by_image=keep)
    trained.checkpoints.keep_if_best(network, accuracy=validation.accuracy, epoch=count_epochs(prepared))
    test = _evaluate(prepared, "test", by_image=keep)
    if keep:
        keep_predictions(folder, validation, test)
    metrics = {
        "final/train_loss": train.loss,
        "final/train_accuracy": train.accuracy,
        "test/loss": test.loss,
        "test/accuracy": test.accuracy,
        "val/loss": validation.loss,
        "val/accuracy": validation.accuracy,
        "model/parameters": prepared.cost.parameters,
        "model/multiply_adds": prepared.cost.multiply_adds,
    }
    written = {name for line in folder.journal.read() if line.step == prepared.total_steps for name in line.values}
    left = {name: value for name, value in metrics.items() if name not in written}
    if left:
        folder.journal.append(left, step=prepared.total_steps, epoch=count_epochs(prepared))
    curves = _curves(folder)
    metrics["throughput/images_per_second"] = curves["throughput/images_per_second"][-1][1]
    record = _record(prepared, folder, trained, run_id, metrics, curves, test)
    folder.record = record
    return record


def draw(record: RunRecord, folder: Path) -> None:
    """Draw the record's figures into `folder`."""
    for name, figure in {"learning_curves": learning_curves, "confusion_matrix": confusion_matrix}.items():
        save_figure(figure(record), folder / f"{name}.png")


def hardware_line(processor: str, *, threads: int, precision: str) -> str:
    """Return what a record names as its hardware: runs with the same line may be compared in speed."""
    return f"{processor}, threads: {threads}, {precision}"


def _evaluate(prepared: Prepared, split: str, *, by_image: bool = False) -> Evaluation:
    data = prepared.data
    loaders = {"train": data.train_evaluation_dataloader, "val": data.val_dataloader, "test": data.test_dataloader}
    network = prepared.classifier.network.to(prepared.hardware.device)
    batches = track(loaders[split](), f"evaluating on {split} images", enabled=prepared.shows_progress)
    classes = prepared.images.num_classes
    autocast = prepared.hardware.autocast
    return evaluate(network, batches, num_classes=classes, autocast=autocast, by_image=by_image)


def _curves(folder: RunFolder) -> dict[str, list[list[float]]]:
    curves: dict[str, list[list[float]]] = defaultdict(list)
    for line in folder.journal.read():
        for name in EPOCH_METRICS:
            if name in line.values:
                curves[name].append([line.epoch, line.values[name]])
    return dict(curves)


def _record(
    prepared: Prepared,
    folder: RunFolder,
    trained: Trained,
    run_id: str | None,
    metrics: Mapping[str, float],
    curves: dict[str, list[list[float]]],
    test: Evaluation,
) -> RunRecord:
    manifest, environment = prepared.manifest, prepared.manifest.environment
    return RunRecord(
        name=manifest.name,
        folder=folder.name,
        run_id=run_id,
        fingerprint=manifest.fingerprint,
        status=RunStatus.FINISHED,
        command=manifest.command,
        axes=manifest.axes,
        metrics=dict(metrics),
        classes=prepared.images.classes,
        confusion=tuple(tuple(row) for row in test.confusion.tolist()),
        per_class_accuracy=test.per_class_accuracy,
        curves=curves,
        best_epoch=int(trained.checkpoints.best["epoch"]),
        hardware=hardware_line(
            environment.gpu or environment.cpu, threads=manifest.threads, precision=manifest.precision
        ),
        commit=environment.commit,
        started=folder.manifest.created,
        seconds=trained.seconds,
        resumptions=folder.journal.resumptions,
        test_note=manifest.dataset.test_note,
    )
