"""The words of a factorial: which regularizers are factors, and the two levels of each."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

from depthlab.questions.references import SEED
from depthlab.questions.regularization.record import Factor
from depthlab.recipe import (
    AXES,
    Space,
    as_typed,
    checked_value,
    compose,
    did_you_mean,
    override_keys,
    override_values,
    read_space,
    sweep_words,
    without_keys,
)
from depthlab.records import FactorialAxis, RunRef
from depthlab.sweeps.plan.searched import says_how_trained
from depthlab.sweeps.plan.settings import Settings

# name of a factor -> its key on the command line; those of a family's own are on or off
FACTORS = {
    **{name: name for name in ("weight_decay", "dropout", "drop_path", "label_smoothing", "cutout", "mixup", "cutmix")},
    "lrn": "model.lrn",
    "batch_norm": "model.batch_norm",
    "weight_sharing": "model.sharing",
}


@final
@dataclass(frozen=True)
class Factors:
    """What is asked: the factors in their order, and the overrides of the sweep that crosses them with all else."""

    factors: tuple[Factor, ...]
    overrides: tuple[str, ...]

    def axes(self, refs: Sequence[RunRef]) -> tuple[FactorialAxis, ...]:
        """Return the axes of the factorial: the factors, then what else networks differ in but the seed."""
        mine = {factor.key for factor in self.factors}
        keys = dict.fromkeys(key for ref in refs for key in ref.values if key not in {*mine, SEED})
        others = [key for key in keys if not says_how_trained(key)]
        found = [FactorialAxis(factor.name, (factor.off, factor.on)) for factor in self.factors]
        found += [FactorialAxis(key, _levels(ref.values[key] for ref in refs)) for key in others]
        return tuple(axis for axis in found if len(axis.levels) > 1)

    def levels(self, ref: RunRef) -> dict[str, Any]:
        """Return the level of each axis that the run has."""
        names = {factor.key: factor.name for factor in self.factors}
        return {names.get(key, key): value for key, value in ref.values.items() if key != SEED}


def read_factors(options: Mapping[str, str], words: Sequence[str], settings: Settings) -> Factors:
    """Return the factors that `factors=` names, or those that vary in the words and the named space.

    A factor is crossed at no strength and at that of its file in conf/regularization; where one strength is typed, at
    none and at that one; where two are typed, at these. Factors of the named space that are not chosen are held as
    they would be without it.

    Raises:
        ValueError: in one line, for what is not a factor, for levels that are not two, and for a factor that the
            network doesn't have.
    """
    space = read_space(words, settings.params)
    if settings.search != "grid" or space.intervals:
        raise ValueError("a factorial needs a grid: leave out hydra.sweeper.search and intervals")
    names = _names(options.get("factors"), words, space)
    typed = {key: values for key, values in _values(space).items() if key in FACTORS.values()}
    typed_keys = override_keys(words)
    named = override_values(words).get("sweep")
    file = f"conf/sweep/{named}.yaml" if named is not None else ""
    factors = tuple(
        _factor(name, typed.get(key, ()), "as typed" if key in typed_keys else file)
        for name in names
        for key in [FACTORS[name]]
    )
    mine = {factor.key: f"{factor.key}={as_typed(factor.off)},{as_typed(factor.on)}" for factor in factors}
    kept = without_keys(words, mine)
    held = compose([]).axes
    rest = [
        f"{key}={as_typed(held[key])}"
        for key in settings.params
        if key in FACTORS.values() and key not in typed_keys and key not in mine
    ]
    try:
        return Factors(factors, tuple(sweep_words([*kept, *rest, *mine.values()])))
    except ValueError as error:
        raise ValueError(_as_typed(str(error), factors, typed_keys)) from error


def _as_typed(problem: str, factors: Sequence[Factor], typed_keys: Collection[str]) -> str:
    """Return the message with the name of a factor in the place of a word that was made of it."""
    for factor in factors:
        if factor.key not in typed_keys:
            word = f"leave out {re.escape(factor.key)}=[^ ,]+"
            problem = re.sub(word, f"leave {factor.name} out of factors=", problem)
    return problem


def _names(typed: str | None, words: Sequence[str], space: Space) -> list[str]:
    """Return the names of the factors: those chosen, and those that are typed with several values."""
    varying = [name for name, key in FACTORS.items() if key in space.choices]
    if typed is None:
        if not varying:
            raise ValueError("no regularizer varies: type some, such as factors=weight_decay,dropout")
        return varying
    names = [name.strip() for name in typed.split(",") if name.strip()]
    for name in names:
        if name not in FACTORS:
            near = did_you_mean(name, FACTORS, "factors=") or f"; the factors are {', '.join(FACTORS)}"
            raise ValueError(f"factors={typed}: there is no factor {name}{near}")
    names = list(dict.fromkeys(names))
    keys = override_keys(words)
    return [*names, *(name for name in varying if name not in names and FACTORS[name] in keys)]


def _factor(name: str, typed: Sequence[str], source: str) -> Factor:
    """Return a factor at the levels that words give it, which are from `source`, or else at that of its file."""
    key = FACTORS[name]
    off: Any = checked_value(key, 0) if key in AXES else False
    if len(typed) > 2:
        raise ValueError(f"{key}={','.join(typed)}: a factor has two levels: type two, or one to cross with none")
    values = [_value(key, text) for text in typed]
    if len(values) == 2:
        low, high = (values[1], values[0]) if values[1] == off else (values[0], values[1])
        return Factor(name, key, low, high, source)
    if values and values[0] == off:
        raise ValueError(f"{key}={typed[0]} holds the factor {name} at nothing: type its strength, or leave it out")
    if values:
        return Factor(name, key, off, values[0], source)
    if key not in AXES:
        return Factor(name, key, False, True)
    return Factor(name, key, off, compose([f"regularization={name}"]).axes[key], f"conf/regularization/{name}.yaml")


def _values(space: Space) -> dict[str, tuple[str, ...]]:
    fixed = {key: (value,) for key, value in override_values(space.fixed).items()}
    return fixed | space.choices


def _value(key: str, text: str) -> Any:
    """Return a typed value as a configuration has it."""
    try:
        value = json.loads(text.lower())
    except ValueError:
        value = text
    if key in AXES:
        return checked_value(key, value)
    if not isinstance(value, bool):
        raise ValueError(f"{key}={text}: the levels of this factor are false and true: leave the word out")
    return value


def _levels(values: Any) -> tuple[Any, ...]:
    """Return the distinct values, sorted if they are numbers."""
    distinct: list[Any] = []
    for value in values:
        if value not in distinct:
            distinct.append(value)
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in distinct)
    return tuple(sorted(distinct) if numbers else distinct)
