"""Seeds until it is known: networks whose errors spread are trained from more seeds, until intervals are narrow enough.

What stops it is the width of intervals alone, never a p-value, so that it does not favour any answer.
"""

import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, final

from depthlab.questions.arguments import Arguments
from depthlab.questions.grouping import grouped
from depthlab.questions.runs import RUN, TrainedRuns
from depthlab.questions.wording import counted, points
from depthlab.recipe import override_values, read_space, without_keys
from depthlab.statistics import Cell
from depthlab.sweeps import settings_of
from depthlab.sweeps.plan.trial import Trial

SEED, MINUTES = "seed", "sweep.minutes"

FIRST = 5  # seeds to begin with, where none are typed
MOST = 64  # seeds of a network
INSIDE = 0.97  # level of the intervals that are to be narrow: that they stop where they are makes them too narrow

Find = Callable[[Arguments], TrainedRuns[Any] | None]


@final
@dataclass(frozen=True)
class Network:
    """What is known of a network: its values but the seed, and the errors of its runs in percent."""

    key: str
    name: str  # reads: resnet-56
    cell: Cell

    @property
    def half_width(self) -> float:
        """Half-width, in points, of the interval of the difference from another network that is as well known."""
        from scipy import stats  # here, as --help has to be quick

        n = len(self.cell.values)
        if n < 2:
            return math.inf
        return float(stats.t.isf((1 - INSIDE) / 2, 2 * (n - 1))) * math.sqrt(2 * self.cell.variance / n)

    def seeds_for(self, until: float) -> int:
        """Return about how many seeds it takes; at most twice as many as there are, as their spread is a guess."""
        n = len(self.cell.values)
        wanted = math.ceil(n * (self.half_width / until) ** 2) if n > 1 else FIRST
        return min(max(wanted, n + 1), max(2 * n, 2), MOST)


def find_until(find: Find, arguments: Arguments, error: str) -> TrainedRuns[Any] | None:
    """Find the runs of a question, and add seeds where its networks' errors spread, as `until=` asks.

    Args:
        find: Returns the runs for arguments, trained where they are missing; None after a dry run.
        arguments: What was typed, with `until`.
        error: The measure that is to be known: test_error or train_error.

    Raises:
        ValueError: `until=` stands beside `run=`, or seeds that are not whole numbers in a grid.
    """
    until = arguments.until
    if until is None:
        return find(arguments)
    began, minutes = time.monotonic(), settings_of(arguments.overrides).minutes
    seeds = _first_seeds(arguments)
    wanted: dict[str, int] = {}
    while True:
        runs = find(_with_seeds(arguments, seeds, wanted, _left(minutes, began)))
        if runs is None:
            print(_plan_text(until, len(seeds)))
            return None
        networks = _networks(runs, error)
        open_ones = [one for one in networks if one.half_width > until]
        more = {one.key: one.seeds_for(until) for one in open_ones if len(one.cell.values) < MOST}
        left = _left(minutes, began)
        late = left is not None and left <= 0
        if not more or late or runs.sweep.missing:
            told = _outcome(until, error, networks, late=late)
            return replace(runs, about=replace(runs.about, until=told))
        wanted = {one.key: max(wanted.get(one.key, len(seeds)), more.get(one.key, 0)) for one in networks}
        seeds = _extended(seeds, max(wanted.values()))


def _first_seeds(arguments: Arguments) -> tuple[int, ...]:
    if RUN in arguments.options:
        raise ValueError(f"until={arguments.until:g} adds seeds to a sweep, and run= names runs: leave one of them out")
    settings = settings_of(arguments.overrides)
    if SEED not in override_values(arguments.overrides):
        return tuple(range(FIRST))
    space = read_space(arguments.overrides, settings.params)
    if settings.search != "grid":
        raise ValueError(f"until={arguments.until:g} adds seeds to a grid: leave out hydra.sweeper.search")
    return tuple(map(int, space.choices.get(SEED) or [override_values(arguments.overrides)[SEED]]))


def _extended(seeds: Sequence[int], number: int) -> tuple[int, ...]:
    """Return the seeds, and those that follow the largest of them, until there are so many."""
    following = range(max(seeds) + 1, max(seeds) + 1 + max(0, number - len(seeds)))
    return (*seeds, *following)


def _with_seeds(
    arguments: Arguments, seeds: Sequence[int], wanted: Mapping[str, int], minutes: float | None
) -> Arguments:
    """Return the arguments of a sweep with these seeds, of which each network takes as many as it is to have."""

    def is_wanted(trial: Trial) -> bool:
        return seeds.index(trial.values[SEED]) < wanted.get(_key(trial.values), len(seeds))

    changed = (SEED, MINUTES) if minutes is not None else (SEED,)
    words = [*without_keys(arguments.overrides, changed), f"{SEED}={','.join(map(str, seeds))}"]
    if minutes is not None:
        words.append(f"{MINUTES}={max(minutes, 0.01):.3g}")
    return replace(arguments, overrides=tuple(words), wanted=is_wanted)


def _left(minutes: float | None, began: float) -> float | None:
    return None if minutes is None else minutes - (time.monotonic() - began) / 60


def _networks(runs: TrainedRuns[Any], error: str) -> list[Network]:
    images = runs.images.get("training" if error == "train_error" else "test", 0)
    errors = {one.fingerprint: float(getattr(one, error)) for one in runs.measured}
    by_key = grouped((one.ref for one in runs.finished), lambda ref: _key(ref.values))
    return [
        Network(key, refs[0].group, Cell(tuple(errors[ref.fingerprint] for ref in refs), images))
        for key, refs in by_key.items()
    ]


def _key(values: Mapping[str, Any]) -> str:
    return json.dumps({key: value for key, value in values.items() if key != SEED}, sort_keys=True)


def _outcome(until: float, error: str, networks: Sequence[Network], *, late: bool) -> str:
    """Say whether everything is known as well as was asked, and what is not."""
    what = "training error" if error == "train_error" else "test error"
    counts = [len(one.cell.values) for one in networks]
    seeds = f"{min(counts)} to {max(counts)} seeds" if min(counts) < max(counts) else counted(counts[0], "seed")
    wide = [one for one in networks if one.half_width > until]
    if not wide:
        return f"Any two networks' {what} can be told apart to within {points(until)} points, with {seeds} each."
    why = "sweep.minutes was over" if late else f"runs are missing, or {MOST} seeds were reached"
    listed = ", ".join(f"{one.name} ({points(one.half_width)} points)" for one in wide[:5])
    return (
        f"until={until:g} was not reached, as {why}: with {seeds}, {listed} {'is' if len(wide) == 1 else 'are'} known "
        "less well. The same command goes on."
    )


def _plan_text(until: float, first: int) -> str:
    return (
        f"then, until={until:g}: seeds are added to each network whose {INSIDE:.0%} interval is wider, at most as many "
        f"again each time and {MOST} in all: up to {MOST / first:.0f} times the time above; sweep.minutes= bounds it"
    )
