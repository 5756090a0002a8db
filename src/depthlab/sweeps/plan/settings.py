"""How a sweep is computed, read from the configuration and checked before anything heavy is imported."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, final

from depthlab.invocation import command
from depthlab.recipe import checked_value, did_you_mean, read_steering

_NAME = re.compile(r"[\w-]+")
_DEFAULTS = {"seed": 0, "grace_epochs": 1, "reduction": 3}


@final
@dataclass(frozen=True)
class Settings:
    """What to search and with what means.

    `params` are the overrides of a named space (key and values, as typed), `name` is the sweep's. `gpu` is "auto" where
    the cluster decides. Times are in minutes, None has no limit.
    """

    search: Literal["grid", "random", "optuna"]
    scheduler: Literal["none", "asha"]
    samples: int | None
    metric: str
    seed: int
    grace_epochs: int
    reduction: int
    name: str | None
    params: Mapping[str, str]

    storage: str | None
    cpu: float
    gpu: float | Literal["auto"]
    concurrent: int | None
    minutes: float | None
    trial_minutes: float | None
    attempts: int
    impossible: Literal["refuse", "skip"]
    dry_run: bool

    address: str | None
    fresh: bool


def read_settings(sweeper: Mapping[str, Any], config: Mapping[str, Any]) -> Settings:
    """Return the settings that `hydra.sweeper` and the nodes `sweep`, `ray` and `fresh` hold, all plain containers.

    Raises:
        ValueError: in one line, for a value that can't be, and for a setting that would do nothing.
    """
    params = _read_params(sweeper.get("params"))
    search = dict(
        _checked("hydra.sweeper", {key: sweeper[key] for key in sweeper if key not in ("_target_", "params")})
    )
    sweep = dict(_checked("sweep", config["sweep"]))
    ray = dict(_checked("ray", config["ray"]))
    settings = Settings(**search, params=params, **sweep, **ray, fresh=checked_value("fresh", config["fresh"]))
    _check_name(settings)
    _check_search(settings)
    _check_idle(settings)
    if settings.gpu != "auto" and settings.gpu > 1 and settings.gpu != int(settings.gpu):
        raise ValueError(f"sweep.gpu={settings.gpu:g}: a trial takes a share of one GPU, such as 0.5, or whole ones")
    return settings


def settings_of(overrides: Sequence[str]) -> Settings:
    """Return the settings that the overrides of a sweep ask for; raises `ValueError` as `read_settings` does."""
    return read_settings(*read_steering(overrides))


def _checked(prefix: str, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    known = [key for key in Settings.__dataclass_fields__ if key not in ("params", "fresh")]
    for key, value in values.items():
        if key not in known:
            near = did_you_mean(key, known, f"{prefix}.")
            raise ValueError(
                f"there is no key {prefix}.{key}{near or '; ' + command('train') + ' --help tells the keys'}"
            )
        yield key, checked_value(f"{prefix}.{key}", value)


def _read_params(params: object) -> dict[str, str]:
    """Return the named space as words are typed: YAML reads `20` as a number."""
    if not isinstance(params, Mapping):
        raise ValueError(f"hydra.sweeper.params must map keys to values, such as {{depth:'20,56'}}, not {params!r}")
    for key, value in params.items():
        if isinstance(value, list | dict) or value is None:
            raise ValueError(
                f"hydra.sweeper.params.{key} must be written as it is typed, such as '20,56', not as {value!r}"
            )
    return {str(key): str(value).lower() if isinstance(value, bool) else str(value) for key, value in params.items()}


def _check_name(settings: Settings) -> None:
    if settings.name is not None and not _NAME.fullmatch(settings.name):
        raise ValueError(f"hydra.sweeper.name={settings.name!r} names a folder: letters, digits, - and _ can be in it")


def _check_search(settings: Settings) -> None:
    if settings.search == "grid" and settings.samples is not None:
        raise ValueError(
            f"hydra.sweeper.samples={settings.samples} does nothing: a grid has all of its combinations; "
            f"leave it out, or add hydra.sweeper.search=random"
        )
    if settings.search != "grid" and settings.samples is None:
        raise ValueError(
            f"hydra.sweeper.search={settings.search} needs a number of trials: add hydra.sweeper.samples=20"
        )


def _check_idle(settings: Settings) -> None:
    """See that what was set has a use."""
    grid = settings.search == "grid"
    asha = settings.scheduler == "asha"
    uses = {
        "seed": (not grid, "nothing in a grid is left to chance; leave it out"),
        "grace_epochs": (asha, "add hydra.sweeper.scheduler=asha, or leave it out"),
        "reduction": (asha, "add hydra.sweeper.scheduler=asha, or leave it out"),
    }
    for key, (used, advice) in uses.items():
        value = getattr(settings, key)
        if not used and value != _DEFAULTS[key]:
            raise ValueError(f"hydra.sweeper.{key}={value} does nothing: {advice}")
