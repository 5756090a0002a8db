"""The folder conf/, as Hydra reads it: its groups, their options, and the keys that a choice of options has."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast, final

from hydra import compose, initialize_config_dir
from hydra.core.config_loader import ConfigLoader
from hydra.core.global_hydra import GlobalHydra
from hydra.core.object_type import ObjectType
from omegaconf import DictConfig, OmegaConf

from depthlab.recipe.override import override_values

CONF = (Path(__file__).parents[1] / "conf").resolve()  # a link to the checkout's; a wheel has it here
NAME = "train"
VERSION_BASE = "1.3"


@contextmanager
def opened_conf() -> Iterator[None]:
    """Let Hydra read conf/ inside of the context; every function below needs it.

    Hydra can only be open once: where `hydra.main` runs a sweep, its own is put aside meanwhile.
    """
    outer = GlobalHydra.instance().hydra
    GlobalHydra.instance().clear()
    try:
        with initialize_config_dir(str(CONF), version_base=VERSION_BASE, job_name=NAME):
            yield
    finally:
        GlobalHydra.instance().hydra = outer


def loader() -> ConfigLoader:
    """Return what reads the configuration files."""
    return GlobalHydra.instance().config_loader()


@contextmanager
def config_loader() -> Iterator[ConfigLoader]:
    """Open conf/, and return what reads it."""
    with opened_conf():
        yield loader()


@cache
def options(group: str, searchpath: tuple[str, ...] = ()) -> list[str]:
    """Return the options of a group by name; `searchpath` are overrides that add folders."""
    found = loader().get_group_options(group, ObjectType.CONFIG, config_name=NAME, overrides=list(searchpath))
    return sorted(found)


def composed(overrides: Sequence[str]) -> DictConfig:
    """Return what Hydra makes of the overrides, its own settings included. It must not be changed.

    Hydra needs some 80 ms for it, so that it is kept until a file changes.
    """
    return _composed(tuple(overrides), _state_of_files(overrides))


def base(choices: Sequence[str]) -> tuple[DictConfig, Mapping[str, Any]]:
    """Return what these overrides, which set no values of ours, make of the configuration, and the chosen options.

    It must not be changed, and is kept as `composed` is.
    """
    return _base(tuple(choices), _state_of_files(choices))


@lru_cache(maxsize=32)
def _composed(overrides: tuple[str, ...], state: object) -> DictConfig:
    return compose(NAME, list(overrides), return_hydra_config=True)


@lru_cache(maxsize=256)
def _base(choices: tuple[str, ...], state: object) -> tuple[DictConfig, Mapping[str, Any]]:
    cfg = _composed(choices, state)
    return ours(cfg), cfg.hydra.runtime.choices


def _state_of_files(choices: Sequence[str]) -> frozenset[tuple[str, int, int]]:
    """Return what tells that a file of conf/, or of a folder that `hydra.searchpath` adds, is another than before."""
    added = override_values(choices).get("hydra.searchpath", "").strip("[]").split(",")
    folders = [str(CONF), *(folder.strip(" '\"").removeprefix("file://") for folder in added)]
    files = [os.path.join(place, name) for folder in folders for place, _, names in os.walk(folder) for name in names]
    return frozenset((file, status.st_mtime_ns, status.st_size) for file in files for status in [os.stat(file)])


def ours(cfg: DictConfig) -> DictConfig:
    """Return a copy without Hydra's own settings."""
    return OmegaConf.masked_copy(cfg, [str(key) for key in cfg if key != "hydra"])


@final
@dataclass(frozen=True)
class Known:
    """What can be typed: every key with its value before interpolation, such as `model.depth` and `${depth}`."""

    keys: dict[str, Any]
    options: dict[str, str]  # group -> chosen option


@cache
def known(choices: tuple[str, ...] = ()) -> Known:
    """Return what can be typed beside `choices`, which are overrides of groups such as `model=plain`."""
    cfg, chosen = base(choices)
    return Known(leaves_of(cfg), {group: str(option) for group, option in chosen.items() if "/" not in group})


def leaves_of(cfg: DictConfig) -> dict[str, Any]:
    """Return every value before interpolation by its dotted key."""
    return dict(_leaves("", cast(dict[str, Any], OmegaConf.to_container(cfg, resolve=False))))


def _leaves(prefix: str, values: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _leaves(f"{prefix}{key}.", value)
        else:
            yield f"{prefix}{key}", value
