"""How well the probabilities of a network fit its errors."""

from dataclasses import dataclass

from depthlab.records.base import Record


@dataclass(frozen=True)
class CalibrationBin(Record):
    """Images whose largest probability is above `low` and up to `high` (the first bin has 0 too)."""

    low: float
    high: float
    count: int
    confidence: float | None  # mean largest probability; None without images
    accuracy: float | None  # share that is classified rightly


@dataclass(frozen=True)
class Calibration(Record):
    """How far a network's probabilities can be believed, over some images."""

    images: int
    accuracy: float  # a fraction
    confidence: float  # mean largest probability
    expected_error: float  # expected calibration error, a fraction
    loss: float  # mean negative log-likelihood of the true class, nats
    bins: tuple[CalibrationBin, ...]
    chance_error: float | None = None  # of a perfectly calibrated network of the same confidences; None if not measured
    chance_limit: float | None = None  # which only 5 % of such networks exceed

    @property
    def excess(self) -> float | None:
        """The calibration error beyond chance, a fraction: about 0 for a perfectly calibrated network."""
        return None if self.chance_error is None else self.expected_error - self.chance_error
