"""Predictions by image of a run: kept at its end, or predicted anew from its weights."""

import torch

from depthlab.invocation import command
from depthlab.run.finished_run import reopen
from depthlab.run.prepare import Prepared
from depthlab.tracking import Predictions, RunFolder, SplitPredictions, read_predictions, write_predictions
from depthlab.tracking.predictions import has_predictions
from depthlab.training import Evaluation, evaluate

MOST_IMAGES = 1_000_000  # of validation and test together, whose predictions are kept without being asked for


def wants_predictions(prepared: Prepared) -> bool:
    """Whether the run keeps predictions: as `tracking.predictions` says, by itself of up to a million images."""
    wanted = prepared.config["tracking"].get("predictions", "auto")  # a run from before has no such key
    dataset = prepared.manifest.dataset
    return dataset.validation_size + dataset.test_size <= MOST_IMAGES if wanted == "auto" else bool(wanted)


def keep_predictions(folder: RunFolder, validation: Evaluation, test: Evaluation) -> None:
    """Write the outcomes of both evaluations into the run's folder."""
    splits = (_split(validation), _split(test))
    write_predictions(folder, Predictions(*splits, data=folder.manifest.dataset.checksum))


def predictions_of(folder: RunFolder) -> Predictions:
    """Return a finished run's predictions by image; where it has kept none, predict anew from its weights, and keep.

    Raises:
        ValueError: the run has no final weights or other images now, the file is damaged, or the weights give other
            errors here than were recorded.
    """
    if not has_predictions(folder):
        _predict_anew(folder)
    return read_predictions(folder)


def _predict_anew(folder: RunFolder) -> None:
    run, record = reopen(folder, precision=folder.manifest.precision), folder.record
    network, classes = run.network("final"), len(folder.manifest.dataset.classes)
    assert record is not None, "a run with final weights that has no record has not come to its end"
    validation, test = (
        evaluate(network, batches, num_classes=classes, autocast=run.hardware.autocast, by_image=True)
        for batches in (run.data.val_dataloader(), run.data.test_dataloader())
    )
    same = torch.equal(test.confusion, torch.tensor(record.confusion))
    if not (same and abs(validation.accuracy - record.metrics["val/accuracy"]) < 1e-9):
        raise ValueError(
            f"{folder.name} has kept no predictions by image, and its weights give other errors here than were "
            f"recorded: {command('rerun', folder.name)} trains it again and keeps them"
        )
    keep_predictions(folder, validation, test)


def _split(evaluation: Evaluation) -> SplitPredictions:
    outcomes = evaluation.by_image
    assert outcomes is not None, "evaluated with by_image=True"
    return SplitPredictions.of(
        outcomes.labels.numpy(), outcomes.predicted.numpy(), outcomes.loss.numpy(), outcomes.confidence.numpy()
    )
