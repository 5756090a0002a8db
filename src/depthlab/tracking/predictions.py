"""What a run's final weights predict of each validation and test image: a compact file in the run's folder."""

import io
import zipfile
from dataclasses import dataclass
from typing import Any, Self, final

import numpy as np
import numpy.typing as npt

from depthlab.invocation import command
from depthlab.records import write_atomically
from depthlab.tracking.folder import RunFolder

FILE = "predictions.npz"
_FIELDS = ("labels", "predicted", "loss", "confidence")


@final
@dataclass(frozen=True, eq=False)
class SplitPredictions:
    """Predictions of the N images of a split, in the split's own order, which is the same for all runs on a set.

    `labels` and `predicted` are true and predicted classes, uint8 (uint16 or uint32 of more than 256 or 65,536
    classes); `loss` is -log of the probability of the true class, in nats, float16; `confidence` is the probability of
    the predicted class, float16. All are of shape (N,). Of a probability near 0, float16 keeps the logarithm better.
    """

    labels: npt.NDArray[np.unsignedinteger[Any]]
    predicted: npt.NDArray[np.unsignedinteger[Any]]
    loss: npt.NDArray[np.float16]
    confidence: npt.NDArray[np.float16]

    @classmethod
    def of(
        cls, labels: npt.ArrayLike, predicted: npt.ArrayLike, loss: npt.ArrayLike, confidence: npt.ArrayLike
    ) -> Self:
        """Take arrays of any dtypes; classes get the smallest that holds them."""
        classes = [np.asarray(labels), np.asarray(predicted)]
        dtype = np.min_scalar_type(max(int(one.max(initial=0)) for one in classes))
        with np.errstate(over="ignore"):  # a loss above 65,504 nats is infinite
            halves = [np.asarray(loss).astype(np.float16), np.asarray(confidence).astype(np.float16)]
        return cls(*(one.astype(dtype) for one in classes), *halves)

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        """Whether each image is classified correctly, of shape (N,)."""
        return np.asarray(self.labels == self.predicted)

    @property
    def errors(self) -> int:
        """Number of images that are not."""
        return int((~self.right).sum())

    @property
    def probability(self) -> npt.NDArray[np.float32]:
        """Probability of each image's true class, of shape (N,)."""
        return np.exp(-self.loss.astype(np.float32))


@final
@dataclass(frozen=True, eq=False)
class Predictions:
    """What a run's final weights, of which its recorded errors speak, predict."""

    validation: SplitPredictions
    test: SplitPredictions
    data: str  # sha256 of the image set, as in the run's manifest


def write_predictions(folder: RunFolder, predictions: Predictions) -> None:
    """Write the file into the run's folder. Raises `OSError`."""
    arrays = {
        f"{split}_{name}": getattr(getattr(predictions, split), name)
        for split in ("validation", "test")
        for name in _FIELDS
    }
    content = io.BytesIO()
    np.savez_compressed(content, data=np.array(predictions.data), **arrays)
    write_atomically(folder.path / FILE, content.getvalue())


def has_predictions(folder: RunFolder) -> bool:
    """Whether the run has kept its predictions."""
    return (folder.path / FILE).is_file()


def read_predictions(folder: RunFolder) -> Predictions:
    """Read what `write_predictions` wrote.

    Raises:
        ValueError: the run has kept no predictions, the file is damaged, or it is of other images than the run's.
    """
    path = folder.path / FILE
    if not path.is_file():
        raise ValueError(
            f"{folder.name} has kept no predictions by image: {command('rerun', folder.name)} "
            "trains it again and keeps them"
        )
    try:
        with np.load(path, allow_pickle=False) as arrays:
            found = Predictions(_split(arrays, "validation"), _split(arrays, "test"), str(arrays["data"]))
    except (ValueError, KeyError, EOFError, OSError, zipfile.BadZipFile) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"{path} is damaged ({reason}): delete it, and it is predicted anew") from error
    dataset = folder.manifest.dataset
    sizes = (len(found.validation), len(found.test))
    if (found.data, sizes) != (dataset.checksum, (dataset.validation_size, dataset.test_size)):
        raise ValueError(f"{path} is of other images than the run's: delete it, and it is predicted anew")
    return found


def _split(arrays: Any, split: str) -> SplitPredictions:
    labels, predicted, loss, confidence = (arrays[f"{split}_{name}"] for name in _FIELDS)
    kinds = "".join(one.dtype.kind for one in (labels, predicted, loss, confidence))
    if kinds != "uuff" or not labels.shape == predicted.shape == loss.shape == confidence.shape == (len(labels),):
        raise ValueError(f"its arrays of {split} images don't fit each other")
    return SplitPredictions(labels, predicted, loss, confidence)
