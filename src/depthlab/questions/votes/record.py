"""What the question of votes leaves: ensembles of networks, how well they vote, and what features have in common."""

from dataclasses import dataclass, field
from statistics import fmean
from typing import Any, ClassVar

from depthlab.records.base import Record
from depthlab.records.questions import QuestionRecord
from depthlab.records.statistics import Comparison, Equivalence, Interval

DROPOUT, DEPTH, SNAPSHOTS = "dropout", "stochastic depth", "snapshots"  # ensemble methods
MEMBERS = {DROPOUT: "sampled networks", DEPTH: "sampled sub-networks", SNAPSHOTS: "snapshots"}
WHOLE = {DROPOUT: "weight scaling", DEPTH: "the whole network", SNAPSHOTS: "the last snapshot"}
ARITHMETIC, GEOMETRIC = "arithmetic", "geometric"  # means of probabilities
ERROR, LOSS, CALIBRATION = "error", "loss", "calibration"  # measures of a `VoteScore`
CORRELATION, ZEROS, MEAN = "correlation", "zeros", "mean"  # measures of `LayerFeatures`
MARGIN = 0.5  # points of error


@dataclass(frozen=True)
class VoteScore(Record):
    """How well probabilities do on some images."""

    error: float  # percent
    loss: float  # mean negative log likelihood of the true class, nats
    calibration: float  # expected calibration error, points
    chance: float | None = None  # that of a perfectly calibrated network of the same confidences; None before 2026-12

    def value(self, measure: str) -> float:
        """Return one of the measures; of the calibration error what is beyond chance, where chance is known."""
        excess = self.calibration - (self.chance or 0.0)
        return {ERROR: self.error, LOSS: self.loss, CALIBRATION: excess}[measure]


@dataclass(frozen=True)
class VotePoint(Record):
    """Ensembles of so many members; large ones share some of them."""

    members: int
    scores: tuple[VoteScore, ...]  # of each ensemble

    def mean(self, measure: str) -> float:
        """Return the mean of a measure over the ensembles."""
        return fmean(score.value(measure) for score in self.scores)


@dataclass(frozen=True)
class VoteCurve(Record):
    """Members that one training yields, and ensembles of them."""

    RENAMED: ClassVar[dict[str, str]] = {"voter": "method"}

    method: str  # dropout, stochastic depth or snapshots
    mean: str  # of probabilities: arithmetic or geometric
    members: int  # in all
    points: tuple[VotePoint, ...]  # by rising number of members
    disagreement: float | None = None  # images on which two members differ, percent, mean over pairs; None with one
    interval: Interval | None = None  # of the disagreement, over members; None with less than three


@dataclass(frozen=True)
class LayerFeatures(Record):
    """What the units of a layer have in common, behind their nonlinearity."""

    layer: str  # its name in the network
    units: int  # channels, or features of a fully connected layer
    silent: int  # units that put out the same for every image; in no correlation
    correlation: float | None  # mean absolute correlation of two units over images; None with less than two units
    zeros: float  # share of activations that are exactly 0
    mean: float  # mean activation

    def value(self, measure: str) -> float | None:
        """Return one of the measures."""
        return {CORRELATION: self.correlation, ZEROS: self.zeros, MEAN: self.mean}[measure]


@dataclass(frozen=True)
class VotingRun(Record):
    """A finished run: its network in evaluation mode, and the ensembles that it yields by itself."""

    fingerprint: str
    folder: str
    network: str  # reads: resnet-20 dropout=0.3
    seed: int
    settings: dict[str, Any]  # the axes of study by name
    parameters: int
    multiply_adds: int  # of one pass, for one image
    whole: VoteScore  # one pass in evaluation mode: of a dropout network, weight scaling
    curves: tuple[VoteCurve, ...] = ()
    features: tuple[LayerFeatures, ...] = ()

    def curve(self, method: str, mean: str = ARITHMETIC) -> VoteCurve | None:
        """Return the curve of an ensemble method, None if the run has none."""
        return next((one for one in self.curves if (one.method, one.mean) == (method, mean)), None)


@dataclass(frozen=True)
class EnsemblePoint(Record):
    """All ensembles of so many of the independently trained networks."""

    RENAMED: ClassVar[dict[str, str]] = {"committees": "ensembles"}

    members: int
    ensembles: int  # how many were formed
    score: VoteScore  # the mean over them
    shares: tuple[VoteScore, ...] = ()  # a jackknife pseudo-value for each seed; empty where each member is in all


@dataclass(frozen=True)
class Ensemble(Record):
    """Networks of one kind that were trained independently of each other, in evaluation mode."""

    network: str  # reads: resnet-20
    seeds: tuple[int, ...]
    mean: str  # of probabilities: arithmetic or geometric
    points: tuple[EnsemblePoint, ...]
    disagreement: float | None = None  # as in VoteCurve
    interval: Interval | None = None


@dataclass(frozen=True)
class VoteContrast(Record):
    """One way to vote less another, by one measure, over seeds."""

    family: str  # what is asked by it
    network: str
    a: str  # reads: 20 sampled networks
    b: str  # reads: weight scaling
    members: int  # of a
    measure: str  # error, loss, or calibration beyond chance
    mean_a: float
    mean_b: float
    comparison: Comparison
    p_holm: float | None = None  # corrected over the claims of its family; None where no claim rests on it
    equivalence: Equivalence | None = None  # of sampled networks and the one pass, in error
    equivalent: bool = False  # shown to be within the margin, here and with more members


@dataclass(frozen=True)
class FeatureContrast(Record):
    """A measure of features, the mean over layers, with dropout less without, over seeds."""

    network: str  # with dropout
    other: str  # without
    measure: str  # correlation, zeros, mean
    mean_a: float
    mean_b: float
    comparison: Comparison
    p_holm: float | None = None  # corrected over all comparisons of features


@dataclass(frozen=True)
class VotesRecord(Record):
    """Is dropout a vote, is stochastic depth a vote?"""

    RENAMED: ClassVar[dict[str, str]] = {"committees": "ensembles"}

    about: QuestionRecord
    measured: tuple[VotingRun, ...]
    ensembles: tuple[Ensemble, ...]
    contrasts: tuple[VoteContrast, ...] = ()
    features: tuple[FeatureContrast, ...] = ()
    images: int = 0  # test images that everything was measured on
    draws: int = 0  # networks sampled from each run
    notes: tuple[str, ...] = ()  # runs whose weights or images are no longer available, each with the reason
    masks: str = ""  # network: one mask for all images of a draw; image: one for each image
    trained: dict[str, Any] = field(default_factory=dict)  # images in each split
    margin: float = MARGIN  # points of error within which two ways to vote are equivalent
