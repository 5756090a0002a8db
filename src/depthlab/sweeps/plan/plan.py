"""From a search space to trials: each composed, checked and known by its fingerprint before anything starts."""

import hashlib
import itertools
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import final

from depthlab.recipe import ARITHMETIC, Override, Space, compose_each, override_words, read_space
from depthlab.sweeps.plan.recipe_checker import RecipeChecker
from depthlab.sweeps.plan.resources import check_processes
from depthlab.sweeps.plan.sampling import between, random_combinations
from depthlab.sweeps.plan.searched import searched_axes
from depthlab.sweeps.plan.settings import Settings
from depthlab.sweeps.plan.trial import Trial

# how many draws in a row may bring nothing new before a random search counts as exhausted
IDLE_DRAWS = 1000

Variant = Mapping[str, str]  # keys of networks that are not a grid -> the value of each, as it is typed


@final
@dataclass(frozen=True)
class Skipped:
    """A combination that can't be, left out on request."""

    overrides: tuple[str, ...]
    reason: str


@final
@dataclass
class SweepPlan:
    """What a sweep asks for."""

    space: Space
    trials: list[Trial] = field(default_factory=list)  # of Optuna: those at the ends of its intervals, as a check
    skipped: list[Skipped] = field(default_factory=list)
    searched: tuple[str, ...] = ()  # see `searched_axes`

    @property
    def name(self) -> str:
        """Return the name that reads: `model × depth × seed`."""
        return " × ".join(self.space.axes) or "one trial"


def make_plan(
    overrides: Sequence[str], settings: Settings, checker: RecipeChecker, variants: Sequence[Variant] = ()
) -> SweepPlan:
    """Return the trials that the overrides ask for, every one of them checked to be possible.

    With `variants`, each combination of the grid is repeated with the overrides of each variant, which replace those
    that were typed; the keys of variants are axes of the sweep, and need not be the same in all of them.

    Raises:
        ValueError: a combination can't be, and was not to be skipped; or an axis has a value that no combination can
            have; or a grid is asked of an interval; or processes don't fit the GPUs.
    """
    grid = read_space(overrides, settings.params)
    space = _with_axes(grid, variants)
    _check_intervals(space, settings)
    plan = SweepPlan(space, searched=searched_axes(grid, settings))
    wanted = settings.samples if settings.search == "random" else None
    candidates = _varied(grid, variants) if variants else _candidates(space, settings)
    plan.trials += _distinct(_examined(candidates, plan, settings, checker), wanted)
    if not plan.trials and settings.search == "optuna" and space.intervals:  # between their ends there may be some
        draws = random_combinations(space, settings.seed)
        plan.trials += _distinct(_examined(draws, plan, settings, checker), 1)
    _check_possible(plan, tried_all=settings.search != "random" and not space.intervals)
    check_processes([trial.recipe for trial in plan.trials], settings)
    return plan


def identity_of(space: Space, settings: Settings) -> str:
    """Return 16 hexadecimal digits of what is asked: axes without values, what is held, search, arithmetic."""
    parts = [sorted(space.keys), sorted(space.science_words), settings.search, settings.seed, ARITHMETIC]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _check_intervals(space: Space, settings: Settings) -> None:
    if space.intervals and settings.search == "grid":
        key = next(iter(space.intervals))
        raise ValueError(
            f"{key} is an interval, of which a grid has no end: add hydra.sweeper.search=random (or optuna) "
            f"hydra.sweeper.samples=20, or list its values, such as {key}=0.01,0.1"
        )
    if settings.search != "grid" and not space.keys:
        raise ValueError(f"hydra.sweeper.search={settings.search} has nothing to choose from: give an axis some values")


def _candidates(space: Space, settings: Settings) -> Iterator[tuple[str, ...]]:
    if settings.search == "random":
        return _unseen(random_combinations(space, settings.seed))
    return ends(space)


def _with_axes(grid: Space, variants: Sequence[Variant]) -> Space:
    """Return the space with the variants' keys as axes, so that a sweep is known by them, in front of its own."""
    keys = tuple(dict.fromkeys(key for variant in variants for key in variant))
    assert not set(keys) & set(grid.keys), f"{keys} vary already"
    return replace(grid, fixed=_without(grid.fixed, keys), keys=(*keys, *grid.keys)) if variants else grid


def _varied(grid: Space, variants: Sequence[Variant]) -> Iterator[tuple[str, ...]]:
    """Yield the overrides of each variant with each combination of the grid, the grid changing fastest."""
    assert not grid.intervals, "variants are combined with a grid alone"
    fixed = _without(grid.fixed, {key for variant in variants for key in variant})
    for variant in variants:
        for overrides in grid.combinations():
            yield (*fixed, *override_words(variant), *overrides[len(grid.fixed) :])


def _without(overrides: Iterable[str], keys: Collection[str]) -> tuple[str, ...]:
    return tuple(word for word in overrides if Override.parse(word).key not in keys)


def _unseen(combinations: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Yield each combination once, until nothing new comes any more: what was drawn before is not composed again."""
    seen: set[tuple[str, ...]] = set()
    idle = 0
    for overrides in combinations:
        idle = idle + 1 if overrides in seen else 0
        if idle >= IDLE_DRAWS:
            return
        if not idle:
            seen.add(overrides)
            yield overrides


def ends(space: Space) -> Iterator[tuple[str, ...]]:
    """Yield the grid; of a space with intervals, every choice at the low ends of all of them and at the high ends."""
    shares = (0.0, 1.0) if space.intervals else (0.0,)
    for values in itertools.product(*space.choices.values()):
        chosen = dict(zip(space.choices, values, strict=True))
        for share in shares:
            at_end = {key: between(interval, share) for key, interval in space.intervals.items()}
            yield space.words(chosen | at_end)


def _examined(
    combinations: Iterable[tuple[str, ...]], plan: SweepPlan, settings: Settings, checker: RecipeChecker
) -> Iterator[Trial | None]:
    """Yield the combinations' trials, None for one that was skipped."""
    first, second = itertools.tee(combinations)
    for overrides, outcome in zip(first, compose_each(second), strict=True):
        trial = outcome if isinstance(outcome, ValueError) else checker.check(overrides, outcome, plan.space)
        if not isinstance(trial, ValueError):
            yield trial
            continue
        if settings.impossible == "refuse":
            raise trial
        plan.skipped.append(Skipped(overrides, str(trial)))
        yield None


def _distinct(trials: Iterator[Trial | None], wanted: int | None) -> Iterator[Trial]:
    """Yield each trial once, until there are as many as wanted or nothing new comes any more."""
    seen: set[str] = set()
    idle = 0
    while wanted is None or (len(seen) < wanted and idle < IDLE_DRAWS):
        try:
            trial = next(trials)
        except StopIteration:
            return
        idle += 1
        if trial is not None and trial.fingerprint not in seen:
            seen.add(trial.fingerprint)
            idle = 0
            yield trial


def _check_possible(plan: SweepPlan, *, tried_all: bool) -> None:
    """See that something is left, and where all was tried, something with each value: else it is a mistake."""
    if plan.trials and not (plan.skipped and tried_all):
        return
    possible = {word for trial in plan.trials for word in trial.overrides}
    for key, values in plan.space.choices.items() if tried_all else ():
        for value in values:
            reasons = [skipped.reason for skipped in plan.skipped if f"{key}={value}" in skipped.overrides]
            if f"{key}={value}" not in possible and reasons:
                raise ValueError(f"{key}={value} is possible in no combination: {reasons[0]}")
    if not plan.trials:
        raise ValueError(f"no combination is possible: {plan.skipped[0].reason}")
