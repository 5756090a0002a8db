"""What two runs, or two settings with several seeds each, do on the same images."""

from dataclasses import dataclass

from depthlab.records import Interval, Record


@dataclass(frozen=True)
class ImageComparison(Record):
    """Two settings, a and b, image by image; counts are means over all pairs of a run of each."""

    names: tuple[str, ...]  # of a and b
    seeds: tuple[int, ...]  # runs of each
    split: str  # test, or validation where test errors are withheld
    images: int
    both_wrong: float  # images
    only_a: float  # images that a alone gets wrong
    only_b: float
    disagreement: float  # percent of images of which they predict different classes
    within: tuple[float | None, ...]  # the same between two runs of one setting; None of a single run
    difference: float  # of their errors, a less b, in points
    interval: Interval | None  # of the difference; None where one side alone has several runs
    p: float | None  # McNemar's of two runs, over images; of several by seeds crossed with images

    @property
    def both_right(self) -> float:
        """Images that both get right."""
        return self.images - self.both_wrong - self.only_a - self.only_b

    @property
    def single(self) -> bool:
        """Whether there is one run of each."""
        return self.seeds == (1, 1)
