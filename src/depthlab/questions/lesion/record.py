"""What the question of lesions leaves: errors after deleting and re-ordering units, and what was said of them."""

from dataclasses import dataclass
from typing import Any, ClassVar

from depthlab.records import FixedUnit, LesionSite
from depthlab.records.base import Record
from depthlab.records.questions import Compared, QuestionRecord


@dataclass(frozen=True)
class Deletion(Record):
    """A draw of sites that were deleted together."""

    count: int
    draw: int  # from 0; seeds the draw
    deleted: tuple[int, ...]  # indices of sites
    error: float  # percent


@dataclass(frozen=True)
class Reordering(Record):
    """A draw of units of the same stage that traded places."""

    swaps: int
    draw: int
    tau: float  # Kendall's, between the order of all units and what it was
    error: float  # percent


@dataclass(frozen=True)
class Lesions(Record):
    """A network's errors after lesions, in percent, in evaluation mode."""

    RENAMED: ClassVar[dict[str, str]] = {"elements": "sites", "fixtures": "fixed_units"}

    error: float  # of the whole network on the images of single deletions
    draw_error: float  # of the whole network on the images of draws
    single_images: int
    draw_images: int
    stages: int
    units: int
    sites: tuple[LesionSite, ...]
    fixed_units: tuple[FixedUnit, ...]
    singles: tuple[float, ...]  # error without each site
    deletions: tuple[Deletion, ...] = ()  # among all sites
    inner_deletions: tuple[Deletion, ...] = ()  # among those that are not transitions; empty where none is
    reorderings: tuple[Reordering, ...] = ()
    seconds: float = 0.0  # that measuring took


@dataclass(frozen=True)
class LesionedRun(Record):
    """A run, or a file of weights, with what its network loses by lesions."""

    fingerprint: str  # "" for a file
    folder: str  # of the run, or the file
    network: str  # reads: resnet-56
    series: str
    seed: int
    settings: dict[str, Any]  # the axes of study by name
    classes: int
    lesions: Lesions
    initial_weights: str = ""  # the same in runs that began with the same weights


@dataclass(frozen=True)
class PublishedLesions(Record):
    """Errors in percent that a paper's authors measured after lesions of one network."""

    id: str
    paper: str
    arxiv: str
    dataset: str
    network: str
    lesion: str  # single, delete, delete inner, swap, or tau
    at: tuple[float, ...]  # which block, how many, or Kendall's tau
    error: tuple[float, ...]
    baseline: float | None  # of the whole network
    source: str  # authors: computed from data that they published
    notes: str


@dataclass(frozen=True)
class LesionRecord(Record):
    """What is lost when units of a trained network are deleted or re-ordered?"""

    about: QuestionRecord
    measured: tuple[LesionedRun, ...]
    compared: tuple[Compared, ...] = ()
    rises: tuple[Compared, ...] = ()  # each network without a site, less itself whole
    headline: str = ""
    draws: int = 0
    batch_norm: str = "trained"  # or reestimated: statistics estimated again after each lesion
    estimation_images: int = 0  # training images that they were estimated on
    published: tuple[PublishedLesions, ...] = ()
    weights: str = ""  # a file that was taken instead of runs
    normalization: str = ""  # of the images, where weights came from a file
    matched: str = ""  # how their tensors were told apart: by name, or by order
    unmeasured: tuple[str, ...] = ()  # a sentence for each run that could not be measured
