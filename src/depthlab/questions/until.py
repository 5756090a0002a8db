"""Seeds until it is known: networks whose errors spread are trained from more seeds, until intervals are narrow enough.

What stops it is the width of the intervals of the effects that the verdict rests on (`decisive`), never a p-value, so
that it does not favour any answer.
"""

import json
import math
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from depthlab.questions.arguments import Arguments
from depthlab.questions.decisive import MOST, Decisive, seeds_wanted
from depthlab.questions.runs import RUN, TrainedRuns
from depthlab.questions.wording import counted, points
from depthlab.recipe import override_values, read_space, without_keys
from depthlab.sweeps import settings_of
from depthlab.sweeps.plan.trial import Trial

SEED, MINUTES = "seed", "sweep.minutes"

FIRST = 5  # seeds to begin with, where none are typed

Find = Callable[[Arguments], TrainedRuns[Any] | None]
Judge = Callable[[TrainedRuns[Any]], Any]
Effects = Callable[[Any], Sequence[Decisive]]


def answer_until(
    until: float, arguments: Arguments, find: Find, judge: Judge, effects: Effects
) -> tuple[TrainedRuns[Any], Any] | None:
    """Return runs and record of a question, with seeds added until its verdict's effects are known well enough.

    Each look is measured and judged as a whole answer is, so that the same command goes on where it was cut off.

    Args:
        until: The half-width that all effects are to reach, in points or what the question takes for one.
        arguments: What was typed.
        find: Returns the runs for arguments, trained where they are missing; None after a dry run.
        judge: Measures runs, and returns the record with its verdict.
        effects: Returns those that the verdict of a record rests on.

    Raises:
        ValueError: `until=` stands beside `run=`, or seeds that are not whole numbers in a grid.
    """
    began, minutes = time.monotonic(), settings_of(arguments.overrides).minutes
    seeds = _first_seeds(arguments)
    wanted: dict[str, int] = {}  # seeds by the values of a network
    while True:
        runs = find(_with_seeds(arguments, seeds, wanted, _left(minutes, began)))
        if runs is None:
            print(_plan_text(until, len(seeds)))
            return None
        record = judge(runs)
        found, asked = effects(record), Counter(ref.group for ref in runs.about.runs)
        more = seeds_wanted(found, until, asked)
        left = _left(minutes, began)
        late = left is not None and left <= 0
        if not more or late or runs.sweep.missing:
            told = _outcome(until, found, asked, late=late and bool(more), missing=bool(runs.sweep.missing))
            return runs, replace(record, about=replace(record.about, until=told))
        wanted = {_key(ref.values): more.get(ref.group, asked[ref.group]) for ref in runs.about.runs}
        seeds = _extended(seeds, max(wanted.values()))


def _first_seeds(arguments: Arguments) -> tuple[int, ...]:
    for key, what in ((RUN, "names runs"), ("weights", "names a file")):
        if key in arguments.options:
            raise ValueError(
                f"until={arguments.until:g} adds seeds to a sweep, and {key}= {what}: leave one of them out"
            )
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


def _key(values: Mapping[str, Any]) -> str:
    return json.dumps({key: value for key, value in values.items() if key != SEED}, sort_keys=True)


def _outcome(until: float, effects: Sequence[Decisive], asked: Mapping[str, int], *, late: bool, missing: bool) -> str:
    """Say whether everything is known as well as was asked, and what is not."""
    low, high = min(asked.values()), max(asked.values())
    seeds = f"{low} to {high} seeds" if low < high else counted(low, "seed")
    wide = [one for one in effects if one.half_width > until]
    if not effects:
        return f"until={until:g} was not reached: nothing could be compared, with {seeds} a network."
    if not wide:
        return f"What the verdict rests on is known to within until={until:g}, with {seeds} a network."
    if late:
        why = "as sweep.minutes was over"
    elif missing:
        why = "as runs are missing"
    elif all(one.fixed and not one.seeds_for(until) for one in wide):
        why = "as the networks themselves lie off the fit, which more seeds don't change: it takes more networks"
    else:
        why = f"as {MOST} seeds were reached"
    listed = "; ".join(f"{one.name} ({_within(one)})" for one in wide[:5])
    more = f"; and {len(wide) - 5} more" if len(wide) > 5 else ""
    goes_on = " The same command goes on." if late or missing else ""
    return f"until={until:g} was not reached, {why}. With {seeds} a network, known less well: {listed}{more}.{goes_on}"


def _within(one: Decisive) -> str:
    if math.isinf(one.half_width):
        return "no interval"
    return f"to within {points(one.half_width * one.scale)} {one.unit}"


def _plan_text(until: float, first: int) -> str:
    return (
        f"then, until={until:g}: seeds are added where what the verdict rests on spreads, at most as many again each "
        f"time and {MOST} in all: up to {MOST / first:.0f} times the time above; networks are measured anew each time; "
        "sweep.minutes= bounds it"
    )
