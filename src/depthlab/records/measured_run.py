"""What a finished run found, with measures of its layers."""

from dataclasses import dataclass
from typing import Any

from depthlab.records.base import Record


@dataclass(frozen=True)
class LayerValue(Record):
    """A number that was measured of one layer."""

    layer: str  # its name in the network
    value: float
    of: str = ""  # what of the layer was looked at


@dataclass(frozen=True)
class MeasuredRun(Record):
    """A finished run of one network and one seed, errors in percent, all of its final weights in evaluation mode."""

    fingerprint: str
    folder: str
    network: str  # reads: plain-56
    series: str  # what its depths are compared within: plain
    depth: Any  # as it was typed: a number of layers, or a list of units per stage
    place: float  # depth as a number, by which networks of a series are ordered
    seed: int
    settings: dict[str, Any]  # the axes of study by name
    train_error: float
    validation_error: float
    test_error: float
    train_loss: float  # nats
    parameters: int
    multiply_adds: int
    seconds: float
    curves: dict[str, list[list[float]]]  # metric -> [[epoch, value], ...]
    responses: tuple[LayerValue, ...] = ()  # standard deviations
    initial_gradients: tuple[LayerValue, ...] = ()  # norms
    final_gradients: tuple[LayerValue, ...] = ()
