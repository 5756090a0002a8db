"""What doublings along axes buy, and what one axis is worth in another."""

from dataclasses import dataclass, field

from depthlab.records.base import Record
from depthlab.records.statistics import Comparison, Interval, Ratio


@dataclass(frozen=True)
class Exchange(Record):
    """What a doubling along one axis buys: changes of an error in points, so that negative ones are gains."""

    axis: str
    points: float  # by a doubling of the axis
    cost_factor: float  # by what a doubling of the axis multiplies the cost
    per_cost: float | None  # by a doubling of the cost along the axis; None where the cost does not grow with it
    interval: Interval | None = None  # of `points`
    per_cost_interval: Interval | None = None
    p: float | None = None  # that the error does not change with the axis
    p_holm: float | None = None  # corrected over the fit's slopes and contrasts


@dataclass(frozen=True)
class RateContrast(Record):
    """What a doubling of the cost buys along one axis, less what it buys along another."""

    a: str
    b: str
    difference: float  # points; negative if `a` buys more
    interval: Interval | None = None
    p: float | None = None
    p_holm: float | None = None  # likewise


@dataclass(frozen=True)
class RateRatio(Record):
    """How many doublings of one axis a doubling of another is worth: the quotient of the changes they make."""

    a: str
    b: str
    doublings: Ratio  # of `b` that a doubling of `a` is worth
    per_cost: Ratio | None = None  # doublings of the cost along `b` that one along `a` is worth


@dataclass(frozen=True)
class ExchangeFit(Record):
    """An error in percent as a sum of a family's own level and of slopes along the logarithms of the axes."""

    measure: str  # test error or training error
    runs: int
    networks: int
    exchanges: tuple[Exchange, ...] = ()
    contrasts: tuple[RateContrast, ...] = ()
    ratios: tuple[RateRatio, ...] = ()  # of each two axes, both ways
    levels: dict[str, float] = field(default_factory=dict)  # family -> error where all logarithms are zero
    std: float | None = None  # of networks' means about the fit
    seeds_std: float | None = None  # of the runs of one network
    df: int = 0  # degrees of freedom of intervals
    notes: tuple[str, ...] = ()  # what speaks against the numbers

    def estimate(self, value: float, interval: Interval | None, p: float | None) -> Comparison:
        """Return a slope or contrast of the fit as a comparison; networks are what is counted."""
        return Comparison(value, (self.networks,), "contrast", interval, p, df=float(self.df))
