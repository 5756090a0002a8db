"""What changes along the axes of a factorial, within the runs that begin with the same weights."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, final

from depthlab.records import Change, FactorialAxis
from depthlab.statistics.contrasts import Cell, contrast
from depthlab.statistics.samples import check_level, sample

Place = tuple[int, ...]  # of a cell: that of its level on each axis

ONE_SEED = "of fewer than two seeds all runs are there, so nothing tells how far seeds differ: no test"


@final
@dataclass(frozen=True)
class Factorial:
    """One measure of the runs of a factorial.

    Runs of one seed whose levels differ on `twins` alone begin with the same weights and see the same images, so they
    do well or badly together; runs that differ on any other axis share nothing.
    """

    axes: tuple[FactorialAxis, ...]
    twins: tuple[str, ...]
    cells: Mapping[Place, Mapping[int, float]]  # seed -> value, of cells with runs
    floors: Mapping[Place, float]  # the least variance of a value; none where the cell isn't named

    def place(self, axis: str) -> int:
        """Return where the axis stands among the others."""
        return [one.name for one in self.axes].index(axis)


def factorial(
    axes: Sequence[FactorialAxis],
    twins: Sequence[str],
    runs: Sequence[tuple[Mapping[str, Any], int, float]],
    floors: Mapping[Place, float] | None = None,
) -> Factorial:
    """Return the factorial of runs, each its level of every axis, its seed and its value.

    Raises `ValueError` for no runs, and for a value that isn't finite.
    """
    assert axes and all(len(axis.levels) > 1 for axis in axes), "an axis with one level changes nothing"
    sample(value for _, _, value in runs)
    cells: dict[Place, dict[int, float]] = {}
    for levels, seed, value in runs:
        cells.setdefault(cell_place(axes, levels), {})[seed] = value
    return Factorial(tuple(axes), tuple(twins), cells, floors or {})


def cell_place(axes: Sequence[FactorialAxis], levels: Mapping[str, Any]) -> Place:
    """Return the place of a run's cell."""
    return tuple(axis.levels.index(levels[axis.name]) for axis in axes)


def change(
    data: Factorial,
    measure: str,
    axis: str,
    *,
    at: Mapping[str, Any] | None = None,
    less: Mapping[str, Any] | None = None,
    level: float | None = None,
) -> Change:
    """Return how much the measure changes from the first level of an axis to its last.

    The change is the mean over all combinations of the other axes, or over those with the levels `at`; with `less`, the
    change `at` less the change there. Combinations count alike, however many runs they have; one whose cells don't all
    have two runs is left out and counted (`left_out`).

    Each seed gives one value among the cells that differ on twins alone, the weighted sum of its runs, if it has all of
    them; a lost run so takes its seed out, and the test stays the same. The means over seeds, added over the levels of
    the other axes, are tested with each one's own spread (`contrast`). Cells taken as independent would make this test
    narrower where seeds don't matter, but wrong where they do: where the runs of a noisy arm do well and badly
    together it finds changes that are not there in up to 13 % of studies.
    """
    level = check_level(level)
    at, less = dict(at or {}), dict(less or {})
    weights, left_out, combinations = _weights(data, axis, at, less)
    blank = Change(measure, axis, at, less, left_out=left_out, combinations=combinations)
    split = [data.place(one.name) for one in data.axes if one.name not in data.twins]
    blocks: dict[Place, list[Place]] = {}
    for cell in weights:
        blocks.setdefault(tuple(cell[column] for column in split), []).append(cell)
    parts = [_seed_values(data, block, weights) for block in blocks.values()]
    if not parts or not all(part.values for part in parts):
        return blank
    found = contrast(parts, [1.0] * len(parts), level)
    return replace(blank, comparison=replace(found, note=ONE_SEED) if min(found.n) < 2 else found)


def _seed_values(data: Factorial, block: Sequence[Place], weights: Mapping[Place, float]) -> Cell:
    """Return the weighted sum over the cells of a block, of each seed that has a run in all of them."""
    seeds = sorted(set.intersection(*(set(data.cells[cell]) for cell in block)))
    values = (math.fsum(weights[cell] * data.cells[cell][seed] for cell in block) for seed in seeds)
    floor = math.fsum(weights[cell] ** 2 * data.floors.get(cell, 0.0) for cell in block)
    return Cell(tuple(round(value, 12) for value in values), floor=floor)  # out of the way of rounding


def _weights(
    data: Factorial, axis: str, at: Mapping[str, Any], less: Mapping[str, Any]
) -> tuple[dict[Place, float], int, int]:
    """Return the weights of cells in a change, how many combinations are left out of it, and of how many."""
    fewest = min(2, max(len(runs) for runs in data.cells.values()))
    rest = [one for one in data.axes if one.name != axis and one.name not in at]
    signed = [(at, 1.0), *([(less, -1.0)] if less else [])]
    combinations = list(product(*(one.levels for one in rest)))
    kept: list[dict[Place, float]] = []
    for combination in combinations:
        others = dict(zip((one.name for one in rest), combination, strict=True))
        levels = data.axes[data.place(axis)].levels
        cells = {
            cell_place(data.axes, {**others, **fixed, axis: level}): sign * side
            for fixed, side in signed
            for level, sign in ((levels[0], -1.0), (levels[-1], 1.0))
        }
        if all(len(data.cells.get(cell, ())) >= fewest for cell in cells):
            kept.append(cells)
    weights = {cell: weight / len(kept) for cells in kept for cell, weight in cells.items()}
    return weights, len(combinations) - len(kept), len(combinations)
