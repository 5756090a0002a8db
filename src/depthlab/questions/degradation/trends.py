"""How the training error of each series goes with depth, and what shortcuts change: tests alone, no words."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import final

from depthlab.questions.degradation.record import Ladder, Rung, SeriesTrend
from depthlab.questions.failures import DIVERGED
from depthlab.questions.grouping import grouped
from depthlab.questions.planning import enough_text
from depthlab.records import Comparison, MeasuredRun, RunRef
from depthlab.statistics import (
    Cell,
    claim_level,
    contrast,
    equivalence,
    is_significant,
    jonckheere,
    least_count_variance,
    least_trend_p,
    slope_weights,
    welch,
)

WITHOUT_SHORTCUTS = "plain"  # the family whose degradation shortcuts are to mend
JONCKHEERE, WELCH = "Jonckheere-Terpstra", "Welch on logits"


@final
@dataclass(frozen=True)
class Rule:
    """What the tests take beside the runs: fixed before they are looked at."""

    images: Mapping[str, int] = field(default_factory=dict)  # split -> images that errors are shares of
    chance: float | None = None  # error in percent that a diverged run counts as in means; None leaves it out of them
    margin: float = 0.5  # points within which two errors are taken as equal

    @property
    def training_images(self) -> int:
        """Images that the training error is a share of; 0 where that is not known."""
        return self.images.get("training", 0)


@final
@dataclass(frozen=True)
class Network:
    """The runs of one network: training errors in percent, and how many diverged."""

    name: str
    place: float  # its depth
    errors: tuple[float, ...]
    diverged: int

    @property
    def ranked(self) -> tuple[float, ...]:
        """The errors by which runs are ordered: one that diverged is worse than any other."""
        return (*self.errors, *[math.inf] * self.diverged)

    def cell(self, rule: Rule) -> Cell:
        """Return the errors of which means are taken: a run that diverged is as good as guessing."""
        guesses = () if rule.chance is None else (rule.chance,) * self.diverged
        return Cell((*self.errors, *guesses), rule.training_images)


def series_networks(refs: Sequence[RunRef], runs: Sequence[MeasuredRun]) -> dict[str, list[Network]]:
    """Return the networks of each series that has two depths or more, from the shallowest to the deepest."""
    errors = grouped(runs, lambda run: run.network)
    return {
        series: [
            Network(
                name,
                same[0].place,
                tuple(run.train_error for run in errors.get(name, ())),
                sum(ref.fault == DIVERGED for ref in same),
            )
            for name, same in sorted(by_name.items(), key=lambda item: item[1][0].place)
        ]
        for series, members in grouped(refs, lambda ref: ref.series).items()
        if len(by_name := grouped(members, lambda ref: ref.group)) > 1
    }


def find_trends(series: Mapping[str, Sequence[Network]], rule: Rule) -> tuple[SeriesTrend, ...]:
    """Test each series for a trend with depth, and the difference of its ends for equivalence with none.

    p-values are corrected by the number of series (Bonferroni). A series can't falsely be said both to have a trend and
    to have none, as one of the two is true; so two tests a series need no more than that (Shaffer, J. Am. Stat. Assoc.
    81, 1986).
    """
    trends = [_find_trend(name, networks, rule) for name, networks in series.items()]
    return tuple(
        replace(
            one,
            p_corrected=_times(one.p, len(trends)),
            equivalence_p_corrected=_times(one.equivalence.p if one.equivalence else None, len(trends)),
        )
        for one in trends
    )


def climb(series: Mapping[str, Sequence[Network]], trends: Sequence[SeriesTrend], rule: Rule) -> Ladder | None:
    """Test, in an order fixed in advance and each at 5 %, what shortcuts are said to do; stop where a test fails.

    1. Without shortcuts the error rises with depth. 2. A doubling of depth adds more to it than with shortcuts. 3. With
    them the deepest network's error is the shallowest one's, within the margin. As a rung is looked at only where all
    below it hold, one of the three is claimed falsely in 5 % of studies at most (Maurer et al. 1995). None unless there
    is a series without shortcuts and another.
    """
    names = ladder_series(list(series))
    if len(names) < 2:
        return None
    without, with_ = (next(one for one in trends if one.series == name) for name in names[:2])
    slopes = _contrast_slopes(series[without.series], series[with_.series], rule)
    equal = with_.equivalence.p if with_.equivalence else None
    tests = [
        (
            f"{without.series}'s training error rises with depth",
            without.p,
            rises(without) and has_trend(without, without.p),
        ),
        (
            f"a doubling of depth adds more to {without.series}'s training error than to {with_.series}'s",
            slopes.p if slopes else None,
            slopes is not None and slopes.difference > 0,
        ),
        (
            f"{with_.series}'s training error does not change by {rule.margin:g} points",
            equal,
            True,
        ),
    ]
    rungs: list[Rung] = []
    for claim, p, direction in tests:
        reached = all(rung.holds for rung in rungs)
        rungs.append(Rung(claim, p, reached, is_significant(p) and direction))
    return Ladder(without.series, with_.series, slopes, tuple(rungs))


def ladder_series(names: Sequence[str]) -> list[str]:
    """Return the series without shortcuts, and then the others; empty where no series, or more than one, lacks them."""
    without = [name for name in names if name.partition(" ")[0] == WITHOUT_SHORTCUTS]
    return [*without, *(name for name in names if name not in without)] if len(without) == 1 else []


def rises(one: SeriesTrend) -> bool:
    """Tell whether deeper runs of a series err more, rather than less, than shallower ones."""
    return one.trend is not None and one.trend.probability > 0.5


def has_trend(one: SeriesTrend, p: float | None) -> bool:
    """Tell whether a trend may be claimed: by the order of runs, and not against their means.

    The order alone would claim trends too often (in 8 to 11 % of studies) where depths differ in their spread and not
    in their errors. So the slope of the means, with a variance for each depth, has to be clear of 0 on the same side at
    90 %; where a depth has one run, which has no spread, the order decides.
    """
    slope = one.slope.interval if one.slope is not None else None
    agrees = slope is None or (slope.low > 0 if rises(one) else slope.high < 0)
    return is_significant(p) and agrees


def _times(p: float | None, tests: int) -> float | None:
    return None if p is None else min(1.0, tests * p)


def _find_trend(series: str, networks: Sequence[Network], rule: Rule) -> SeriesTrend:
    there = [network for network in networks if network.ranked]
    blank = SeriesTrend(
        series,
        networks[-1].name,
        networks[0].name,
        depths=len(there),
        runs=sum(len(network.ranked) for network in there),
        diverged=sum(network.diverged for network in there),
        trend=None,
        test="none",
    )
    if len(there) < 2:
        return blank
    trend = jonckheere([network.ranked for network in there])
    effect = _compare_ends(networks, rule)
    blank = replace(blank, trend=trend, effect=effect, slope=_find_slope(networks, rule))
    if effect is not None:
        blank = replace(blank, equivalence=equivalence(effect, rule.margin), enough=enough_text(effect))
    if least_trend_p(trend.n) < claim_level():
        return replace(blank, test=JONCKHEERE, p=trend.p)
    if len(there) == 2 and min(trend.n) > 1 and rule.training_images:
        return replace(blank, test=WELCH, p=_compare_logits(there[1], there[0], rule).p)
    return blank


def _compare_ends(networks: Sequence[Network], rule: Rule) -> Comparison | None:
    deep, shallow = (network.cell(rule).values for network in (networks[-1], networks[0]))
    return welch(deep, shallow, images=rule.training_images) if deep and shallow else None


def _compare_logits(deep: Network, shallow: Network, rule: Rule) -> Comparison:
    """Compare two networks by the logits of their errors, log((k + 1/2) / (N - k + 1/2)) of k wrong images of N.

    Errors near 0 % and near chance have different spreads in points, in logits less so. The variance of a side is at
    least that of half an image, as in `variance_floor`.
    """
    sides = []
    for network in (deep, shallow):
        wrong = [error / 100 * rule.training_images for error in network.cell(rule).values]
        logits = [math.log((k + 0.5) / (rule.training_images - k + 0.5)) for k in wrong]
        mean = sum(wrong) / len(wrong)
        step = 1 / (mean + 0.5) + 1 / (rule.training_images - mean + 0.5)  # of the logit, an image
        floor = least_count_variance(mean, rule.training_images) * step**2
        sides.append(Cell(tuple(logits), floor=floor))
    return contrast(sides, (1, -1))


def _find_slope(networks: Sequence[Network], rule: Rule) -> Comparison | None:
    """Return what a doubling of depth adds to the mean error of a series, in points; None where a depth has one run."""
    cells = [network.cell(rule) for network in networks if network.ranked]
    if min(len(cell.values) for cell in cells) < 2:
        return None
    return contrast(cells, slope_weights(_places(networks)), 1 - 2 * claim_level())


def _places(networks: Sequence[Network]) -> list[float]:
    return [math.log2(one.place) if one.place > 0 else one.place for one in networks if one.ranked]


def sloped(networks: Sequence[Network], rule: Rule) -> list[Network]:
    """Return the networks of a series that a slope is computed from: those with two runs or more."""
    return [network for network in networks if len(network.cell(rule).values) > 1]


def _contrast_slopes(first: Sequence[Network], second: Sequence[Network], rule: Rule) -> Comparison | None:
    """Contrast what a doubling of depth adds to the error of one series, and of another; in points."""
    cells: list[Cell] = []
    weights: list[float] = []
    for networks, sign in ((first, 1), (second, -1)):
        there = sloped(networks, rule)
        if len(there) < 2:
            return None
        cells += [network.cell(rule) for network in there]
        weights += [sign * weight for weight in slope_weights(_places(there))]
    return contrast(cells, weights)
