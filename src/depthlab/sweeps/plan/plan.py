"""From a search space to trials: each composed, checked and known by its fingerprint before anything starts."""

import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, final

from depthlab.recipe import Recipe, Space, compose_each, read_space, source_hash
from depthlab.sweeps.plan.resources import check_processes
from depthlab.sweeps.plan.sampling import between, random_combinations
from depthlab.sweeps.plan.settings import Settings
from depthlab.sweeps.plan.trials import Trial

# how many draws in a row may bring nothing new before a random search counts as exhausted
IDLE_DRAWS = 1000

Variant = Mapping[str, str]  # keys of networks that are no grid -> the value of each, as it is typed


@final
@dataclass(frozen=True)
class Skipped:
    """A combination that can't be, left out on request."""

    words: tuple[str, ...]
    reason: str


@final
@dataclass
class Plan:
    """What a sweep asks for."""

    space: Space
    trials: list[Trial] = field(default_factory=list)  # of Optuna: those at the ends of its intervals, as a check
    skipped: list[Skipped] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Return the name that reads: `model × depth × seed`."""
        return " × ".join(self.space.axes) or "one trial"


def make_plan(words: Sequence[str], settings: Settings, examiner: "Examiner", variants: Sequence[Variant] = ()) -> Plan:
    """Return the trials that the words ask for, every one of them known to be possible.

    With `variants`, each combination of the grid is had with the words of each variant, which replace those that were
    typed; the keys of variants are axes of the sweep, and need not be the same in all of them.

    Raises:
        ValueError: a combination can't be, and was not to be skipped; or an axis has a value that no combination can
            have; or a grid is asked of an interval; or processes don't fit the GPUs.
    """
    grid = read_space(words, settings.params)
    space = _with_axes(grid, variants)
    _check_intervals(space, settings)
    plan = Plan(space)
    wanted = settings.samples if settings.search == "random" else None
    candidates = _varied(grid, variants) if variants else _candidates(space, settings)
    plan.trials += _distinct(_examined(candidates, plan, settings, examiner), wanted)
    if not plan.trials and settings.search == "optuna" and space.intervals:  # between their ends there may be some
        draws = random_combinations(space, settings.seed)
        plan.trials += _distinct(_examined(draws, plan, settings, examiner), 1)
    _check_possible(plan, tried_all=settings.search != "random" and not space.intervals)
    check_processes([trial.recipe for trial in plan.trials], settings)
    return plan


def identity_of(space: Space, settings: Settings) -> str:
    """Return 16 hexadecimal digits of the question: the axes, not their values; what is held; the search; the code."""
    parts = [sorted(space.keys), sorted(space.science_words), settings.search, settings.seed, source_hash()]
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
    fixed = tuple(word for word in grid.fixed if word.partition("=")[0] not in keys)
    return replace(grid, fixed=fixed, keys=(*keys, *grid.keys)) if variants else grid


def _varied(grid: Space, variants: Sequence[Variant]) -> Iterator[tuple[str, ...]]:
    """Yield the words of each variant with each combination of the grid, the grid changing fastest."""
    assert not grid.intervals, "variants are had with a grid alone"
    keys = {key for variant in variants for key in variant}
    for variant in variants:
        for words in grid.combinations():
            kept = [word for word in words if word.partition("=")[0] not in keys]
            rest = [word for word in kept if word.partition("=")[0] not in grid.choices]
            own = [f"{key}={value}" for key, value in variant.items()]
            yield (*rest, *own, *(word for word in kept if word not in rest))


def _unseen(combinations: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Yield each combination once, until nothing new comes any more: what was drawn before is not composed again."""
    seen: set[tuple[str, ...]] = set()
    idle = 0
    for words in combinations:
        idle = idle + 1 if words in seen else 0
        if idle >= IDLE_DRAWS:
            return
        if not idle:
            seen.add(words)
            yield words


def ends(space: Space) -> Iterator[tuple[str, ...]]:
    """Yield the grid; of a space with intervals, every choice at the low ends of all of them and at the high ends."""
    shares = (0.0, 1.0) if space.intervals else (0.0,)
    for values in itertools.product(*space.choices.values()):
        chosen = dict(zip(space.choices, values, strict=True))
        for share in shares:
            at_end = {key: between(interval, share) for key, interval in space.intervals.items()}
            yield space.words(chosen | at_end)


def _examined(
    combinations: Iterable[tuple[str, ...]], plan: Plan, settings: Settings, examiner: "Examiner"
) -> Iterator[Trial | None]:
    """Yield the combinations' trials, None for one that was skipped."""
    first, second = itertools.tee(combinations)
    for words, outcome in zip(first, compose_each(second), strict=True):
        trial = outcome if isinstance(outcome, ValueError) else examiner.examine(words, outcome, plan.space)
        if not isinstance(trial, ValueError):
            yield trial
            continue
        if settings.impossible == "refuse":
            raise trial
        plan.skipped.append(Skipped(words, str(trial)))
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


def _check_possible(plan: Plan, *, tried_all: bool) -> None:
    """See that something is left, and where all was tried, something with each value: else it is a mistake."""
    if plan.trials and not (plan.skipped and tried_all):
        return
    possible = {word for trial in plan.trials for word in trial.words}
    for key, values in plan.space.choices.items() if tried_all else ():
        for value in values:
            reasons = [skipped.reason for skipped in plan.skipped if f"{key}={value}" in skipped.words]
            if f"{key}={value}" not in possible and reasons:
                raise ValueError(f"{key}={value} is possible in no combination: {reasons[0]}")
    if not plan.trials:
        raise ValueError(f"no combination is possible: {plan.skipped[0].reason}")


def _has(recipe: Recipe, key: str) -> bool:
    """Whether the recipe has the key: what one variant sets, the model of another may lack."""
    group, _, name = key.partition(".")
    return group != "model" or not name or name.partition(".")[0] in recipe.config["model"]


def _value(recipe: Recipe, key: str) -> Any:
    if key in recipe.choices:
        return recipe.choices[key]
    value: Any = recipe.config
    for part in key.split("."):
        value = value[part]
    return value


@final
class Examiner:
    """Looks at recipes on the driver: images once for each data set, networks once for each, on the meta device."""

    def __init__(self) -> None:
        self._facts: dict[str, Any] = {}
        self._checked: dict[str, ValueError | None] = {}

    def examine(self, words: tuple[str, ...], recipe: Recipe, space: Space) -> Trial | ValueError:
        """Return the trial of a composed recipe, or why it can't be had."""
        from depthlab.runs import resolve

        try:
            facts = self.facts(recipe)
            self._check(recipe, facts)
            resolved, fingerprint = resolve(recipe, facts)
        except ValueError as error:
            return ValueError(f"{error} (in {' '.join(words)})")
        values = {axis: _value(recipe, axis) for axis in space.axes if _has(recipe, axis)}
        return Trial(-1, words, values, resolved, fingerprint)

    def facts(self, recipe: Recipe) -> Any:
        """Return the facts of the recipe's images, which are loaded once."""
        from depthlab.runs import look_at_images

        key = json.dumps(recipe.config["data"], sort_keys=True)
        if key not in self._facts:
            self._facts[key] = look_at_images(recipe)
        return self._facts[key]

    def _check(self, recipe: Recipe, facts: Any) -> None:
        from depthlab.runs import check_on_images

        key = json.dumps([recipe.config["model"], recipe.config["data"]], sort_keys=True)
        if key not in self._checked:
            self._checked[key] = None
            try:
                check_on_images(recipe, facts)
            except ValueError as error:
                self._checked[key] = error
        trouble = self._checked[key]
        if trouble is not None:
            raise trouble
