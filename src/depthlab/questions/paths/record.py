"""What the question of paths leaves: lengths, the gradient along them, and what training on short ones does."""

from dataclasses import dataclass, field

from depthlab.records.base import Record
from depthlab.records.questions import Compared, QuestionRecord


@dataclass(frozen=True)
class PathLengths(Record):
    """How many paths of a network have which length: at index k, those of length k. Whole numbers, however large."""

    branches: tuple[int, ...]  # length: units through whose branch the path goes
    layers: tuple[int, ...]  # length: its weighted layers


@dataclass(frozen=True)
class SampledLength(Record):
    """The gradient along paths of one length, over images and sampled paths."""

    length: int
    paths: int  # that have it
    samples: int  # of one image and one path each
    at_stack: tuple[float, ...]  # mean norm at the input of the first unit, of each draw
    at_image: tuple[float, ...]
    log_mean: float | None  # of the decimal logarithm of the norm at the stack, None where all are zero
    log_std: float | None
    zeros: int  # samples whose norm is zero; they have no logarithm


@dataclass(frozen=True)
class PathGradients(Record):
    """The norm of the gradient by length of the path that it takes."""

    by: str  # what the length counts: branches or layers
    images: int
    draws: int  # of one path for each image and length
    lengths: tuple[SampledLength, ...]
    full_at_stack: float  # mean norm of the whole gradient
    full_at_image: float


@dataclass(frozen=True)
class GradientByLength(Record):
    """The gradient at the first unit's input, told apart by the length of the paths that it comes along; exact.

    G_k is the gradient of all images along all paths of length k, and G, the sum over k, the whole one.
    """

    by: str  # what the length counts: branches or layers
    images: int
    lengths: tuple[int, ...]
    paths: tuple[int, ...]  # how many have the length
    shares: tuple[float, ...]  # <G_k, G> / <G, G>, which add up to 1; negative where paths work against the others
    norms: tuple[float, ...]  # |G_k| / |G|, whose sum is 1 or more, as paths cancel

    @property
    def mean_length(self) -> float:
        """The mean length, weighted by the shares."""
        return sum(length * share for length, share in zip(self.lengths, self.shares, strict=True))


@dataclass(frozen=True)
class Effective(Record):
    """The lengths that carry most of number of paths times mean norm, at the stack, summed to 1 (Veit et al. 2016)."""

    by: str
    carried: float  # the share of the product that the range carries, or a little more
    low: int
    high: int
    paths: float  # the range's share of all paths
    mean: float  # length, weighted by the product
    weights: tuple[float, ...]  # of each sampled length
    slope: float | None  # decades of the mean norm per unit of length, over the range
    times_whole: float | None = (
        None  # sum over lengths of number of paths times mean norm, by the whole gradient's norm
    )


@dataclass(frozen=True)
class NearbyGradients(Record):
    """How alike the gradients of a score are at inputs near each other, along straight lines between images."""

    points: int  # on a line, its ends among them
    lines: int
    step: float  # distance of neighbors, mean over the lines: root mean square over pixels, of normalized images
    correlation: tuple[float, ...]  # at lags 0, 1, ... of points; mean over the lines
    neighbors: tuple[float, ...]  # at lag 1, of each line
    dead: int = 0  # lines along which the gradient doesn't change, and no correlation is defined

    @property
    def mean_of_neighbors(self) -> float | None:
        """The correlation of neighboring gradients, the mean over the lines; None where it is not defined."""
        return self.correlation[1] if self.correlation else None


@dataclass(frozen=True)
class PathRun(Record):
    """A finished run with what was measured of its paths."""

    fingerprint: str
    network: str  # reads: resnet-56
    series: str  # what its depths are compared within: resnet
    place: float  # its depth as a number
    seed: int
    train_error: float  # percent
    test_error: float
    active_units: int  # that it was trained on in each batch; 0 is all
    units: int  # that have a skip
    lengths: PathLengths | None  # None: the network is not one of units, as `note` says
    gradients: PathGradients | None  # None where there is one path alone
    effective: Effective | None
    initial: NearbyGradients | None  # at the initial weights, with statistics of their own for batch normalization
    final: NearbyGradients | None
    note: str = ""
    by_length: GradientByLength | None = None  # None where there is one path alone, or no gradient
    initial_weights: str = ""  # the same in runs that began with the same weights


@dataclass(frozen=True)
class EffectiveTraining(Record):
    """A network trained with some random units active in each batch, against the same one trained whole."""

    network: str  # reads: resnet-56
    units: int  # that have a skip
    active_units: int
    center: float  # mean of the effective lengths, which half of the active units is near to
    errors: dict[str, float]  # test error in percent by seed, trained on some units
    whole: dict[str, float]  # likewise, trained whole
    compared: Compared  # the former less the latter
    twins: bool = False  # runs of a seed began with the same weights


@dataclass(frozen=True)
class PublishedFact(Record):
    """What a paper says, in its own words."""

    topic: str  # lengths, gradients, training or nearby
    what: str  # reads: effective lengths
    network: str
    value: str
    where: str
    source: str  # paper, authors, quoted, computed or unverified
    notes: str


@dataclass(frozen=True)
class PathsRecord(Record):
    """How long are the paths that carry the gradient?"""

    about: QuestionRecord
    runs: tuple[PathRun, ...]
    training: tuple[EffectiveTraining, ...] = ()
    nearby: tuple[Compared, ...] = ()  # correlation of neighboring gradients, of networks of other depth or series
    shorter: tuple[Compared, ...] = ()  # mean length by the gradient, less that of all paths
    trained: dict[str, int] = field(default_factory=dict)  # images of each split
    carried: float = 0.95  # of the gradient, by which lengths are called effective
    published: tuple[PublishedFact, ...] = ()
    note: str = ""  # why no network was trained on its effective paths
