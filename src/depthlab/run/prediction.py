"""Predict the classes of the user's pictures with a trained network."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import final

from depthlab.data import find_pictures, read_pictures
from depthlab.nn import Predictor
from depthlab.records import csv_cell
from depthlab.run.columns import columns


@final
@dataclass(frozen=True)
class Prediction:
    """What the network predicts for one picture."""

    file: Path
    label: str
    probability: float
    second: str  # the second-best class; "" where there is but one class
    second_probability: float
    folder_class: str | None  # the class that the folder around the picture is named after, None if it is not


def predict_pictures(network: Predictor, place: Path, *, broken: Callable[[str], None]) -> list[Prediction]:
    """Predict the class of every picture under a folder, or of one picture.

    They are fitted to the network's image size and channels as pictures are for training. `broken` gets a line for each
    picture that can't be read; it is left out.

    Raises:
        ValueError: there are no pictures, or none that can be read.
    """
    files = find_pictures(place)
    root = place if place.is_dir() else place.parent
    found: list[Prediction] = []
    for batch, images in read_pictures(files, size=network.image_size, channels=network.channels, broken=broken):
        _, probabilities = network.predict(images)
        best = probabilities.topk(min(2, len(network.classes)), dim=1)
        for file, values, labels in zip(batch, best.values.tolist(), best.indices.tolist(), strict=True):
            names = [*(network.classes[label] for label in labels), ""]
            truth = _folder_class(file, root, network.classes)
            found.append(Prediction(file, names[0], values[0], names[1], [*values, 0.0][1], truth))
    if not found:
        raise ValueError(f"none of the {len(files)} pictures in {place} can be read")
    return found


def accuracy_line(predictions: Sequence[Prediction]) -> str | None:
    """Say how many pictures are predicted to be what their folder is named after; None where no folder is named so."""
    labeled = [one for one in predictions if one.folder_class is not None]
    if not labeled:
        return None
    right = sum(one.label == one.folder_class for one in labeled)
    of = "" if len(labeled) == len(predictions) else f" in folders named like a class, of {len(predictions)}"
    return f"accuracy {100 * right / len(labeled):.2f} %: {right} of {len(labeled)} pictures{of}"


def prediction_lines(predictions: Sequence[Prediction], place: Path) -> list[str]:
    """Lay the predictions out as lines: file, class, probability, second-best, and the folder's class where known."""
    labeled = any(one.folder_class is not None for one in predictions)
    rows = [["file", "class", "probability", "second-best", *(["folder says"] if labeled else [])]]
    for one in predictions:
        name = one.file.relative_to(place) if place.is_dir() else one.file
        second = f"{one.second} {one.second_probability:.4f}" if one.second else ""
        row = [str(name), one.label, f"{one.probability:.4f}", second]
        rows.append([*row, one.folder_class or "-"] if labeled else row)
    return list(columns(rows))


def write_csv(predictions: Sequence[Prediction], file: Path) -> None:
    """Write a row for each picture, with all digits."""
    with file.open("w", newline="", encoding="utf-8", errors="surrogateescape") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["file", "class", "probability", "second", "second_probability", "folder_class"])
        for one in predictions:
            second = [one.second, one.second_probability]
            row = [str(one.file), one.label, one.probability, *second, one.folder_class]
            writer.writerow([csv_cell(value) for value in row])


def _folder_class(file: Path, root: Path, classes: Sequence[str]) -> str | None:
    """Return the name of the nearest folder around the picture that is a class, up to the folder that was asked for."""
    above = file.absolute().relative_to(root.absolute().parent).parent.parts
    return next((name for name in reversed(above) if name in classes), None)
