"""Maps of feature reuse, made into a few numbers a run, and those summarized over seeds.

======== ==========================================================================================================
spread    over how many of its sources a target's reading is spread: (sum |v|)^2 / (S sum v^2) for S sources, which is
          1 for equal values and 1/S if one source is all; the mean over targets
distance  |v| on the farther half of the units that a target reads, over |v| on the nearer half
input     |v| on a block's input over |v| on its units, in all blocks but the first
end       |v| with which the classifier reads the last third of the units before it, over |v| on the others
======== ==========================================================================================================

v are the values of one target, divided by their mean, so that each target counts alike; the last three are quotients of
means over targets, told as binary logarithms.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import fmean
from typing import TypeAlias

from depthlab.questions.grouping import grouped
from depthlab.questions.reuse.record import INPUT, ReuseMap, ReuseRun, ReuseSummary
from depthlab.statistics import corrected, paired, summarize

SPREAD, DISTANCE, FROM_INPUT, END = "spread", "distance", "input", "end"
NAMES = (SPREAD, DISTANCE, FROM_INPUT, END)
CLASSIFIER = "classifier"

Column: TypeAlias = list[tuple[str, float]]  # source and value


def summarize_reuse(runs: Sequence[ReuseRun]) -> tuple[ReuseSummary, ...]:
    """Return the numbers of each network over its seeds, by measure; those that its maps do not have are left out.

    Claims are made of the change of a spread, and of the quotients: their p-values are Holm's over all networks by one
    measure. The maps before and after training are of one run, and so are pairs.
    """
    found = []
    for network, same in grouped(runs, lambda run: run.network).items():
        for measure in dict.fromkeys(one.measure for run in same for one in run.maps):
            for name in NAMES:
                final = _by_seed(name, measure, {run.seed: run.maps for run in same})
                initial = _by_seed(name, measure, {run.seed: run.initial for run in same})
                if final:
                    found.append(_summary(network, measure, name, final, initial))
    families = grouped(found, lambda one: one.measure).values()
    return tuple(one for family in families for one in _corrected(family))


def _summary(
    network: str, measure: str, name: str, final: Mapping[int, float], initial: Mapping[int, float]
) -> ReuseSummary:
    both = [seed for seed in final if seed in initial]
    return ReuseSummary(
        network,
        measure,
        name,
        summarize(final.values()),
        summarize(initial.values()) if initial else None,
        paired([final[seed] for seed in both], [initial[seed] for seed in both]) if both else None,
        None if name == SPREAD else paired(final.values(), [0.0] * len(final)),
    )


def _corrected(family: Sequence[ReuseSummary]) -> list[ReuseSummary]:
    found = corrected(one.change if one.name == SPREAD else one.quotient for one in family)
    return [
        replace(one, change=test, p_holm=p) if one.name == SPREAD else replace(one, quotient=test, p_holm=p)
        for one, (test, p) in zip(family, found, strict=True)
    ]


def reuse_number(name: str, maps: Sequence[ReuseMap]) -> float | None:
    """Return one of the numbers of a run's maps of one measure; None where they do not have it."""
    columns = [(one.block, target, column) for one in maps for target, column in read_columns(one)]
    if name == SPREAD:
        spreads = [_spread([value for _, value in column]) for _, _, column in columns if len(column) > 1]
        return fmean(spreads) if spreads else None
    parts = [part for block, target, column in columns if (part := _halves(name, block, target, column)) is not None]
    if not parts:
        return None
    top, bottom = fmean(part[0] for part in parts), fmean(part[1] for part in parts)
    return math.log2(top / bottom) if top > 0 and bottom > 0 else None


def read_columns(one: ReuseMap) -> list[tuple[str, Column]]:
    """Return what each target reads of each source, divided by the mean of the target; without what reads nothing."""
    found = []
    for place, target in enumerate(one.targets):
        column = [(source, row[place]) for source, row in zip(one.sources, one.values, strict=True)]
        read = [(source, value) for source, value in column if value is not None]
        mean = fmean(abs(value) for _, value in read) if read else 0.0
        if mean > 0:
            found.append((target, [(source, value / mean) for source, value in read]))
    return found


def _by_seed(name: str, measure: str, maps: dict[int, tuple[ReuseMap, ...]]) -> dict[int, float]:
    numbers = {seed: reuse_number(name, [one for one in of if one.measure == measure]) for seed, of in maps.items()}
    return {seed: number for seed, number in numbers.items() if number is not None}


def _spread(values: Sequence[float]) -> float:
    return sum(map(abs, values)) ** 2 / (len(values) * sum(value**2 for value in values))


def _halves(name: str, block: int, target: str, column: Column) -> tuple[float, float] | None:
    """Return the means above and below the line of a quotient, of one target; None where it has no part in it."""
    units = [value for source, value in column if source != INPUT]
    if name == DISTANCE and len(units) > 1:
        half = len(units) // 2
        return _mean(units[:half]), _mean(units[-half:])  # a middle one is on neither side
    if name == FROM_INPUT and block > 1 and units:
        return _mean(value for source, value in column if source == INPUT), _mean(units)
    if name == END and target == CLASSIFIER and len(units) > 1:
        third = max(1, len(units) // 3)
        return _mean(units[-third:]), _mean(units[:-third])
    return None


def _mean(values: Iterable[float]) -> float:
    return fmean(map(abs, values))
