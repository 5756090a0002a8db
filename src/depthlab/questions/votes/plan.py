"""Which networks the question trains: a plain one, and for each ensemble method one that uses it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, final

from depthlab.command_line import whole_number
from depthlab.questions.arguments import Arguments, read_positive
from depthlab.questions.few_images import with_few_images
from depthlab.questions.runs import TrainedRuns, find_runs
from depthlab.questions.votes.record import MARGIN as MARGIN  # told in the help, too
from depthlab.recipe import as_typed, checked_value, compose, did_you_mean, override_keys, override_values, read_space
from depthlab.records import RunRef
from depthlab.sweeps import Settings, settings_of

DRAWS, IMAGES = 100, 2000
SCHEDULE = "schedule"
RATES = ("dropout", "drop_path")  # ensemble methods that are an axis, with the strength of its file or as typed
METHODS = (*RATES, "snapshots")
ONE_BY_ONE = (*RATES, SCHEDULE, "regularization")  # axes that set methods: where they vary, the grid is as typed
NAMED = "votes"  # the space of the question
EPOCHS = "epochs=40"  # of few images, so that there are as many steps as cycles of snapshots need


@final
@dataclass(frozen=True)
class Options:
    """How much is measured, how masks are drawn, and which difference of errors does not matter (points)."""

    draws: int
    images: int
    masks: Literal["network", "image"]
    margin: float = MARGIN


def read_options(arguments: Arguments) -> Options:
    """Read the question's own options. Raises `ValueError`."""
    typed = arguments.options
    masks = typed.get("masks", "network")
    if masks not in ("network", "image"):
        raise ValueError(f"masks={masks} must be network or image, such as masks=network")
    draws, images = (
        whole_number(key, typed.get(key, str(default)), example=default)
        for key, default in (("draws", DRAWS), ("images", IMAGES))
    )
    return Options(draws, images, "image" if masks == "image" else "network", read_positive(typed, "margin", MARGIN))


def find_ensemble_runs(arguments: Arguments, options: Options) -> TrainedRuns[None] | None:
    """Return the runs, trained where they are missing; None after a dry run. Raises `ValueError`."""
    typed = arguments.options
    planned = EnsemblePlan(arguments.overrides, ())
    if "run" not in typed:
        planned = read_ensembles(typed, arguments.overrides, settings_of(arguments.overrides))
    elif "methods" in typed:
        raise ValueError("methods= does nothing beside run=, whose runs are trained already: leave one of them out")
    arguments = replace(arguments, overrides=planned.overrides)
    found = find_runs(arguments, NAMED, variants=planned.variants, studied=(SCHEDULE,), plan=None)
    if found is None:
        return None
    held = found.about.held
    return found.renamed(lambda ref: replace(ref, group=network_name(ref, held)))


@final
@dataclass(frozen=True)
class EnsemblePlan:
    """The overrides of a sweep, and the networks that it has with all of its grid."""

    overrides: tuple[str, ...]
    variants: tuple[Mapping[str, str], ...]


def read_ensembles(options: Mapping[str, str], words: Sequence[str], settings: Settings) -> EnsemblePlan:
    """Return the sweep that trains a network without, and for each of `methods=` one with it.

    Dropout and stochastic depth have the strength of their file in conf/regularization, or that which is typed. Where
    no methods are named and one of their axes varies in the words, the grid is taken as it is. Without a word on the
    data, networks are trained on 288 digits.

    Raises:
        ValueError: in one line, for an unknown method, for one whose strength is 0, and for methods beside a grid of
            them.
    """
    space = read_space(words, settings.params)
    typed = override_keys(words)
    more = list(with_few_images(words, NAMED)[len(words) :])
    if more and "epochs" not in typed:
        more.append(EPOCHS)
    varying = [key for key in ONE_BY_ONE if key in space.choices or key in space.intervals]
    named = _names(options.get("methods"))
    if varying and named is None:
        return EnsemblePlan((*words, *more), ())
    if varying:
        raise ValueError(
            f"methods={options['methods']} does nothing beside a grid of {varying[0]}: leave one of them out"
        )
    if settings.search != "grid" or space.intervals:
        raise ValueError("methods are trained over a grid: leave out hydra.sweeper.search and intervals")
    if named is None and "sweep.impossible" not in typed:
        more.append("sweep.impossible=skip")  # a family without skips has no drop_path
    return EnsemblePlan((*words, *more), _variants(named or METHODS, space.fixed))


def network_name(ref: RunRef, held: Mapping[str, Any]) -> str:
    """Return the name that reads `resnet-20 dropout=0.3`: with what drops, whatever was held, and without what is off.

    `held` are the axes in which runs don't differ.
    """
    defaults = compose([]).axes
    told = {key: ref.values.get(key, held.get(key)) for key in RATES}
    shown = {key: value for key, value in told.items() if value}
    others = {key: value for key, value in ref.values.items() if key not in (*RATES, "model", "depth", "seed")}
    shown |= {key: value for key, value in others.items() if key not in defaults or value != defaults[key]}
    return " ".join([ref.group.split(" ")[0], *(f"{key}={as_typed(value)}" for key, value in shown.items())])


def _names(typed: str | None) -> tuple[str, ...] | None:
    if typed is None:
        return None
    names = tuple(name.strip() for name in typed.split(",") if name.strip())
    for name in names:
        if name not in METHODS:
            near = did_you_mean(name, METHODS, "methods=") or f"; the methods are {', '.join(METHODS)}"
            raise ValueError(f"methods={typed}: there is no ensemble method {name}{near}")
    if not names:
        raise ValueError(f"methods={typed} names no method: type some, such as methods={','.join(METHODS)}")
    return tuple(dict.fromkeys(names))


def _variants(names: Sequence[str], fixed: Sequence[str]) -> tuple[Mapping[str, str], ...]:
    """Return the keys of each network: all methods off, and each of them on alone."""
    typed = override_values(fixed)
    off = {name: "0" for name in RATES if name in names}
    on = {name: _strength(name, typed.get(name)) for name in RATES if name in names}
    if "snapshots" in names:
        off[SCHEDULE] = typed.get(SCHEDULE, compose([]).choices[SCHEDULE])
        on[SCHEDULE] = "snapshots"
    return (off, *(off | {key: value} for key, value in on.items()))


def _strength(name: str, typed: str | None) -> str:
    if typed is None:
        return str(compose([f"regularization={name}"]).axes[name])
    try:
        strength = checked_value(name, float(typed))
    except ValueError:
        strength = checked_value(name, typed)
    if not strength:
        others = ",".join(method for method in METHODS if method != name)
        raise ValueError(f"{name}={typed} turns {name} off: type its strength, or leave it out with methods={others}")
    return typed
