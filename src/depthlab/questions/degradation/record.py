"""What the question of degradation leaves: errors by depth, measures of layers, and what was said of them."""

from dataclasses import dataclass, field
from typing import Any

from depthlab.records import MeasuredRun
from depthlab.records.base import Record
from depthlab.records.questions import Compared, PublishedFigure, QuestionRecord
from depthlab.records.statistics import Comparison, Equivalence, Trend


@dataclass(frozen=True)
class Score(Record):
    """How one value of a tuned axis did on validation."""

    value: Any
    mean: float | None  # of the metric over the seeds; None where no run finished
    loss: float | None  # mean validation loss, which decides between equals
    finished: int
    lost: int  # failed, diverged or missing
    values: tuple[float, ...] = ()  # of the metric, by seed


@dataclass(frozen=True)
class Choice(Record):
    """What was chosen for one network."""

    network: str  # reads: plain-56
    held: Any  # what it would have had
    chosen: Any  # what it was held at, where no run finished
    at_edge: bool  # the best of the values is the smallest or the largest: a wider grid may hold a better one
    scores: tuple[Score, ...]
    tied: tuple[Any, ...] = ()  # other values that validation can't tell from the chosen one


@dataclass(frozen=True)
class Tuning(Record):
    """An axis that was chosen on validation for each network."""

    key: str
    values: tuple[Any, ...]
    seeds: tuple[int, ...]  # of the runs that chose
    metric: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class SeriesTrend(Record):
    """How the training error of one series goes with depth, over all of its depths and seeds."""

    series: str  # reads: plain
    deepest: str  # reads: plain-56
    shallowest: str
    depths: int  # networks with a run
    runs: int  # that count, diverged ones too
    diverged: int  # they rank worst, and count as chance where means are taken
    trend: Trend | None  # over the runs' order; None where fewer than two depths have a run
    test: str = ""  # Jonckheere-Terpstra; Welch on logits, where the runs are too few for their order to tell; or none
    p: float | None = None  # of that test, two-sided
    p_corrected: float | None = None  # by the number of series
    slope: Comparison | None = None  # what a doubling of depth adds to the mean error, in points; interval of 90 %
    effect: Comparison | None = None  # mean of the deepest less the shallowest, in points
    equivalence: Equivalence | None = None  # of that effect with 0
    equivalence_p_corrected: float | None = None
    enough: str = ""  # how far the seeds tell the effect, how many it takes, and what to type


@dataclass(frozen=True)
class Rung(Record):
    """A step of the ladder: it is reached only where all before it hold, so that no correction is needed."""

    claim: str  # what it would show, in words
    p: float | None
    reached: bool
    holds: bool


@dataclass(frozen=True)
class Ladder(Record):
    """From a series without shortcuts to one with them, in an order that was fixed before the runs."""

    without: str  # the series without shortcuts: plain
    with_: str  # reads: resnet
    slopes: Comparison | None  # what a doubling of depth adds to the first's error, less the second's, in points
    rungs: tuple[Rung, ...]

    def holds(self, number: int) -> bool:
        """Tell whether a rung, counted from 0, is reached and holds."""
        return len(self.rungs) > number and self.rungs[number].reached and self.rungs[number].holds


@dataclass(frozen=True)
class Condition(Record):
    """A set of runs that a verdict is about: one value of everything that is held, or one chosen for each network."""

    name: str  # held or tuned
    members: tuple[str, ...]  # fingerprints of the runs, however they ended
    compared: tuple[Compared, ...] = ()
    trends: tuple[SeriesTrend, ...] = ()
    ladder: Ladder | None = None  # None where no series lacks shortcuts, or all do
    headline: str = ""  # the answer in a few words
    verdict: tuple[str, ...] = ()


@dataclass(frozen=True)
class DegradationRecord(Record):
    """Does the training error rise with depth?"""

    about: QuestionRecord
    measured: tuple[MeasuredRun, ...]
    conditions: tuple[Condition, ...]  # the first one's verdict is the answer
    tuning: Tuning | None = None
    published: tuple[PublishedFigure, ...] = ()
    response_images: int = 0  # training images that responses were measured on
    gradient_batches: int = 0  # training batches that gradients were measured on
    trained: dict[str, Any] = field(default_factory=dict)  # images in each split: train, validation, test
    chance: float | None = None  # error in percent of a network that guesses, which a diverged one counts as
    margin: float = 0.5  # the largest difference of training errors, in points, that does not matter
