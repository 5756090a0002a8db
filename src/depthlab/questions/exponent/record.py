"""What the test of the ensemble reading leaves: lesions of units and of groups, by depth and by cardinality."""

import math
from dataclasses import dataclass
from statistics import fmean

from depthlab.records.base import Record
from depthlab.records.exchange import ExchangeFit
from depthlab.records.matched_network import MatchedNetwork
from depthlab.records.questions import Compared, QuestionRecord
from depthlab.records.statistics import Comparison, Interval

UNITS, GROUPS = "units", "groups"  # kinds of pieces


@dataclass(frozen=True)
class PieceLesion(Record):
    """A unit, or a group of a unit's convolution, that was deleted alone."""

    name: str  # reads: 2.3, or 2.3 group 5
    transition: bool  # its unit changes the shape
    error: float  # without it, percent
    effect: float  # mean over images of |f - f without it|^2, f the logits less their mean over classes


@dataclass(frozen=True)
class PieceSet(Record):
    """All pieces of one kind, deleted one by one, and some of them together."""

    kind: str  # units or groups
    lesions: tuple[PieceLesion, ...]
    together: int  # how many were deleted at once in each draw
    draws: tuple[float, ...]  # errors, percent

    @property
    def steady(self) -> tuple[PieceLesion, ...]:
        """The lesions of pieces whose units keep the shape."""
        return tuple(one for one in self.lesions if not one.transition)

    @property
    def share_of_all(self) -> float:
        """What share of all pieces, transitions too, were deleted at once."""
        return self.together / len(self.lesions)


@dataclass(frozen=True)
class ExponentRun(Record):
    """One network with its lesions, in evaluation mode."""

    fingerprint: str
    network: str  # reads: resnext-20 4x4d
    family: str
    seed: int
    units: int  # that add to a skip: n
    cardinality: int  # groups of each unit's grouped convolution: C, 1 where there is none
    parameters: int
    multiply_adds: int
    error: float  # of the whole network on the images of the lesions, percent
    power: float  # mean over images of |f|^2, f the logits less their mean over classes
    pieces: tuple[PieceSet, ...] = ()
    note: str = ""  # why nothing could be deleted, "" where something could

    @property
    def log2_paths(self) -> float:
        """The binary logarithm of (1 + C)^n, the ways through n units by the skip or one of C groups each."""
        return self.units * math.log2(1 + self.cardinality)

    @property
    def units_that_matter(self) -> float | None:
        """How evenly the effects of units are spread, (sum |d|)^2 / sum |d|^2, from 1 to their number."""
        effects = [one.effect for one in self._steady(UNITS)]
        return sum(map(math.sqrt, effects)) ** 2 / sum(effects) if sum(effects) > 0 else None

    def set_of(self, kind: str) -> PieceSet | None:
        """Return the lesions of units, or those of groups."""
        return next((one for one in self.pieces if one.kind == kind), None)

    def rise_of_one(self, kind: str) -> float | None:
        """Return the mean rise of the error in points, over pieces that are deleted one by one."""
        errors = [one.error for one in self._steady(kind)]
        return fmean(errors) - self.error if errors else None

    def rise_of_some(self, kind: str) -> float | None:
        """Return the mean rise of the error in points, over draws of pieces that are deleted together."""
        found = self.set_of(kind)
        return fmean(found.draws) - self.error if found is not None and found.draws else None

    def effective_size(self, kind: str) -> float | None:
        """Return |f|^2 / sum |d|^2, the number of equal votes; None where no piece has an effect."""
        total = sum(one.effect for one in self._steady(kind))
        return self.power / total if total > 0 and self.power > 0 else None

    def _steady(self, kind: str) -> tuple[PieceLesion, ...]:
        found = self.set_of(kind)
        return () if found is None else found.steady


@dataclass(frozen=True)
class ExponentPart(Record):
    """One of the things that the ensemble reading says, and how it stands."""

    measure: str
    claim: str  # depth, cardinality, or exchange: depth against cardinality at equal cost
    value: float  # change of the measure, of which a positive one agrees with the reading
    low: float | None  # of its interval
    high: float | None
    p: float | None
    p_holm: float | None  # over all parts, and units against groups
    stands: str  # supported, contradicted, not decided, or not tested
    level: float = 0.95  # of the interval
    df: int = 0  # its degrees of freedom

    @property
    def comparison(self) -> Comparison | None:
        """The value with its interval and test; None where nothing was tested."""
        if self.low is None or self.high is None:
            return None
        interval = Interval(self.low, self.high, self.level)
        return Comparison(self.value, (), "contrast", interval, self.p, df=float(self.df))


@dataclass(frozen=True)
class ExponentRecord(Record):
    """Is width the base, and depth the exponent?"""

    about: QuestionRecord
    networks: tuple[MatchedNetwork, ...]  # how they were found; empty for runs that were named
    runs: tuple[ExponentRun, ...]
    share: float  # of the pieces that were deleted together
    images: int  # test images on which lesions were measured
    fits: tuple[ExchangeFit, ...] = ()  # a slope by a doubling of the number of units, and of the cardinality
    parts: tuple[ExponentPart, ...] = ()
    units_against_groups: Compared | None = None  # rises without a share of either, over networks
