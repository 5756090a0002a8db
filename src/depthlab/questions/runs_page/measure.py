"""Compare two settings by what their runs predict of each image."""

from collections.abc import Mapping, Sequence
from itertools import combinations, product
from pathlib import Path

import numpy as np

from depthlab.invocation import command
from depthlab.questions.runs_page.record import ImageComparison
from depthlab.records import FoundRun, Interval
from depthlab.run import predictions_of
from depthlab.statistics import crossed, discordant_interval, mcnemar
from depthlab.tracking import Predictions, RunFolder, SplitPredictions, read_predictions


def compare_images(
    groups: Mapping[str, Sequence[FoundRun]], root: Path, *, blind: bool = False, anew: bool = False
) -> ImageComparison:
    """Compare the runs of two groups, which are one setting each.

    Args:
        groups: What the runs of a setting share, in words -> its finished runs; two of them.
        root: The folder with the folders of all runs.
        blind: Compare on validation images, as test errors are not to be seen.
        anew: Predict anew from the weights of runs that have kept no predictions.

    Raises:
        ValueError: a run has no folder here or no predictions, or the runs were tested on different images.
    """
    a, b = ([_predictions(run, root, anew=anew) for run in runs] for runs in groups.values())
    if len({one.data for one in (*a, *b)}) > 1:
        raise ValueError(f"{' and '.join(groups)} were tested on different images: choose runs of one data set")
    split = "validation" if blind else "test"
    ours, theirs = ([getattr(one, split) for one in side] for side in (a, b))
    if len({len(one) for one in (*ours, *theirs)}) > 1:
        raise ValueError(f"{' and '.join(groups)} have different validation images: choose runs of one data.validation")
    return _compare(tuple(groups), split, ours, theirs)


def _predictions(run: FoundRun, root: Path, *, anew: bool) -> Predictions:
    if run.folder is None:
        raise ValueError(f"{run.name} has no folder in {root}: {command('rerun', str(run.run_id))} trains it again")
    folder = RunFolder(root / run.folder)
    return predictions_of(folder) if anew else read_predictions(folder)


def _compare(
    names: tuple[str, ...], split: str, a: Sequence[SplitPredictions], b: Sequence[SplitPredictions]
) -> ImageComparison:
    wrong_a, wrong_b = (np.stack([~one.right for one in side]) for side in (a, b))
    pairs = list(product(wrong_a, wrong_b))
    both, only_a, only_b = (
        float(np.mean([count.sum() for count in counts]))
        for counts in ([x & y for x, y in pairs], [x & ~y for x, y in pairs], [y & ~x for x, y in pairs])
    )
    images, seeds = len(a[0]), (len(a), len(b))
    interval: Interval | None
    p: float | None
    if seeds == (1, 1):
        interval, p = discordant_interval(int(only_a), int(only_b), images), mcnemar(int(only_a), int(only_b))
    else:
        found = crossed(wrong_a, wrong_b)
        interval, p = found.interval, found.p
    return ImageComparison(
        names=names,
        seeds=seeds,
        split=split,
        images=images,
        both_wrong=both,
        only_a=only_a,
        only_b=only_b,
        disagreement=_disagreement(list(product(a, b))),
        within=tuple(_disagreement(list(combinations(side, 2))) if len(side) > 1 else None for side in (a, b)),
        difference=100 * (only_a - only_b) / images,
        interval=interval and Interval(100 * interval.low, 100 * interval.high, interval.level),
        p=p,
    )


def _disagreement(pairs: Sequence[tuple[SplitPredictions, SplitPredictions]]) -> float:
    """Return the percentage of images of which two runs predict different classes, the mean over the pairs."""
    return 100 * float(np.mean([np.mean(x.predicted != y.predicted) for x, y in pairs]))
