"""Which networks a question of votes trains: a plain one, and for each voter one that yields it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

from depthlab.questions.few_images import with_few_images
from depthlab.recipe import checked_value, compose, did_you_mean, read_space
from depthlab.records import RunRef
from depthlab.sweeps.plan.settings import Settings

SCHEDULE = "schedule"
RATES = ("dropout", "drop_path")  # voters that are an axis, with the strength of its file or as typed
VOTERS = (*RATES, "snapshots")
ONE_BY_ONE = (*RATES, SCHEDULE, "regularization")  # axes that set voters: where they vary, the grid is as typed
NAMED = "votes"  # the space of the question
EPOCHS = "epochs=40"  # of few images, so that there are as many steps as cycles of snapshots need


@final
@dataclass(frozen=True)
class Voters:
    """The words of a sweep, and the networks that it has with all of its grid."""

    words: tuple[str, ...]
    variants: tuple[Mapping[str, str], ...]


def read_voters(own: Mapping[str, str], words: Sequence[str], settings: Settings) -> Voters:
    """Return the sweep that trains a network without, and for each voter of `voters=` one with it.

    Dropout and stochastic depth have the strength of their file in conf/regularization, or that which is typed. Where
    no voters are named and one of their axes varies in the words, the grid is taken as it is. Without a word on the
    data, networks are trained on a fifth of the digits.

    Raises:
        ValueError: in one line, for what is no voter, for a voter that is held at nothing, and for voters beside a
            grid of them.
    """
    space = read_space(words, settings.params)
    typed = {word.partition("=")[0] for word in words}
    more = list(with_few_images(words, NAMED)[len(words) :])
    if more and "epochs" not in typed:
        more.append(EPOCHS)
    varying = [key for key in ONE_BY_ONE if key in space.choices or key in space.intervals]
    named = _names(own.get("voters"))
    if varying and named is None:
        return Voters((*words, *more), ())
    if varying:
        raise ValueError(f"voters={own['voters']} does nothing beside a grid of {varying[0]}: leave one of them out")
    if settings.search != "grid" or space.intervals:
        raise ValueError("voters are trained over a grid: leave out hydra.sweeper.search and intervals")
    if named is None and "sweep.impossible" not in typed:
        more.append("sweep.impossible=skip")  # a family without skips has no drop_path
    return Voters((*words, *more), _variants(named or VOTERS, space.fixed))


def network_name(ref: RunRef, held: Mapping[str, Any]) -> str:
    """Return the name that reads `resnet-20 dropout=0.3`: with what drops, whatever was held, and without what is off.

    `held` are the axes in which runs don't differ.
    """
    defaults = compose([]).axes
    told = {key: ref.values.get(key, held.get(key)) for key in RATES}
    shown = {key: value for key, value in told.items() if value}
    others = {key: value for key, value in ref.values.items() if key not in (*RATES, "model", "depth", "seed")}
    shown |= {key: value for key, value in others.items() if key not in defaults or value != defaults[key]}
    return " ".join([ref.group.split(" ")[0], *(f"{key}={_text(value)}" for key, value in shown.items())])


def _names(typed: str | None) -> tuple[str, ...] | None:
    if typed is None:
        return None
    names = tuple(name.strip() for name in typed.split(",") if name.strip())
    for name in names:
        if name not in VOTERS:
            near = did_you_mean(name, VOTERS, "voters=") or f"; the voters are {', '.join(VOTERS)}"
            raise ValueError(f"voters={typed}: there is no voter {name}{near}")
    if not names or len(set(names)) < len(names):
        raise ValueError(f"voters={typed}: type each voter once, such as voters={','.join(VOTERS)}")
    return names


def _variants(names: Sequence[str], fixed: Sequence[str]) -> tuple[Mapping[str, str], ...]:
    """Return the keys of each network: all voters off, and each of them on alone."""
    typed = {key: value for key, _, value in (word.partition("=") for word in fixed)}
    off = {name: "0" for name in RATES if name in names}
    if "snapshots" in names:
        off[SCHEDULE] = typed.get(SCHEDULE, compose([]).choices[SCHEDULE])
    on = {name: _strength(name, typed.get(name)) for name in RATES if name in names}
    if "snapshots" in names:
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
        voters = ",".join(voter for voter in VOTERS if voter != name)
        raise ValueError(
            f"{name}={typed} holds the voter {name} at nothing: type its strength, or leave it out with voters={voters}"
        )
    return typed


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
