"""What the anatomy of networks leaves: what each is made of, what each part costs, and times of passes; no training."""

from dataclasses import dataclass, field
from typing import Any

from depthlab.records.base import Record


@dataclass(frozen=True)
class Piece(Record):
    """A layer, layers in series, or paths that are merged: what a picture of a unit is drawn from."""

    kind: str  # series, sum, concat, product, or of a layer: convolution, linear, normalization, activation, ...
    label: str = ""  # reads: 3×3, 16 channels; of a path its name
    parts: tuple["Piece", ...] = ()  # of a series its members in order, of a merge its paths


@dataclass(frozen=True)
class LayerCard(Record):
    """One layer, for one image in float32."""

    name: str  # in the state dict: stages.0.1.paths.branch.conv1
    where: str  # stem, stage 1, head, auxiliary; "" in a network without them
    kind: str
    label: str
    output: tuple[int, ...] | None  # without the batch: channels, height, width; None if it does not run
    field: tuple[int, int] | None  # pixels, high and wide, that a feature sees; None if that is not known, or all
    sees_all: bool  # a feature sees the whole image, whatever its size
    step: tuple[int, int] | None  # pixels between what neighboring features see
    parameters: int
    multiply_adds: int
    kept: int | None  # bytes kept for the backward pass; None if that could not be measured


@dataclass(frozen=True)
class BlockCard(Record):
    """The stem, a unit, the head: a piece with what its layers cost together."""

    name: str  # reads: stages.0.1
    where: str
    piece: Piece
    output: tuple[int, ...] | None
    field: tuple[int, int] | None
    sees_all: bool
    parameters: int
    multiply_adds: int
    kept: int | None


@dataclass(frozen=True)
class NetworkCard(Record):
    """A network that was not trained: what it is made of, and what its parts cost for one image in float32."""

    name: str  # reads: resnet-20
    words: tuple[str, ...]  # that choose it
    values: dict[str, Any]  # axes that vary -> their value
    image: tuple[int, int, int]  # channels, height, width
    classes: int
    blocks: tuple[BlockCard, ...]
    layers: tuple[LayerCard, ...]
    parameters: int
    multiply_adds: int
    kept: int | None  # bytes a further image keeps for the backward pass
    kept_once: int | None  # bytes that are kept whatever the size of the batch
    peak: int | None  # bytes of features that are there at once, at most, in evaluation without gradients
    field: tuple[int, int] | None  # of the last unit
    notes: tuple[str, ...] = ()  # what can't be told of it


@dataclass(frozen=True)
class PassTimes(Record):
    """Seconds of passes of one network over one batch, a number for each round."""

    network: str
    forward: tuple[float, ...]  # evaluation, without gradients
    training: tuple[float, ...]  # forward in training mode and backward

    @property
    def backward(self) -> tuple[float, ...]:
        """Return what training takes beyond the forward pass, by rounds."""
        return tuple(both - one for both, one in zip(self.training, self.forward, strict=True))


@dataclass(frozen=True)
class Alternative(Record):
    """One way to do something: what closed forms say of it, and what was counted on real modules."""

    name: str  # reads: two 3×3
    formula: str  # reads: 2 · 9 C²
    output: int  # side, in pixels, by the closed form
    output_counted: int
    parameters: int
    parameters_counted: int
    multiply_adds: int
    multiply_adds_counted: int
    field: tuple[int, int]
    field_counted: tuple[int, int] | None
    nonlinearities: int

    @property
    def agrees(self) -> bool:
        """Whether the closed forms are what was counted."""
        return (self.output, self.parameters, self.multiply_adds, self.field) == (
            self.output_counted,
            self.parameters_counted,
            self.multiply_adds_counted,
            self.field if self.field_counted is None else self.field_counted,
        )


@dataclass(frozen=True)
class Tradeoff(Record):
    """Ways to do the same thing, the one that others are measured by first."""

    name: str  # of its table: two_3x3
    title: str
    told: str  # in a sentence, with its source
    alternatives: tuple[Alternative, ...]
    difference: float | None = None  # largest between two ways to compute the same function, relative to its size


@dataclass(frozen=True)
class ConvolutionCheck(Record):
    """The convolutions of one shape in a network: closed forms beside what was counted."""

    label: str
    layers: int  # so many of them
    input: tuple[int, ...]
    output: tuple[int, ...]
    output_closed: tuple[int, ...]
    parameters: int
    parameters_closed: int
    multiply_adds: int
    multiply_adds_closed: int

    @property
    def agrees(self) -> bool:
        """Whether the closed forms are what was counted."""
        closed = (self.output_closed, self.parameters_closed, self.multiply_adds_closed)
        return (self.output, self.parameters, self.multiply_adds) == closed


@dataclass(frozen=True)
class Growth(Record):
    """By what a doubling of an axis multiplies each cost: slopes of logarithms within groups of networks."""

    axis: str
    factors: dict[str, float]  # cost -> factor
    networks: int


@dataclass(frozen=True)
class AnatomyRecord(Record):
    """Networks, side by side or as a family."""

    command: tuple[str, ...]
    date: str  # ISO 8601, UTC
    commit: str | None
    versions: dict[str, str]
    cards: tuple[NetworkCard, ...]
    axes: tuple[str, ...] = ()  # that vary
    data: str = ""  # whose images' shape it is, "" if that was typed
    times: tuple[PassTimes, ...] = ()
    batch: int = 0  # images in the batch of the times
    hardware: str = ""  # of the times: processor or GPU, threads and precision
    convolutions: dict[str, tuple[ConvolutionCheck, ...]] = field(default_factory=dict)  # network -> its own
    tradeoffs: tuple[Tradeoff, ...] = ()
    growth: tuple[Growth, ...] = ()
    left_out: tuple[str, ...] = ()  # impossible combinations, each with its reason
    verdict: tuple[str, ...] = ()
