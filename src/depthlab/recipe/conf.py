"""The folder conf/, as Hydra reads it: its groups, their options, and the keys that a choice of options has."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast, final

from hydra import compose, initialize_config_dir
from hydra.core.config_loader import ConfigLoader
from hydra.core.global_hydra import GlobalHydra
from hydra.core.object_type import ObjectType
from omegaconf import DictConfig, OmegaConf

CONF = Path(__file__).parents[3] / "conf"
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


@cache
def options(group: str, searchpath: tuple[str, ...] = ()) -> list[str]:
    """Return the options of a group by name; `searchpath` are overrides that add folders."""
    found = loader().get_group_options(group, ObjectType.CONFIG, config_name=NAME, overrides=list(searchpath))
    return sorted(found)


def composed(overrides: Sequence[str]) -> DictConfig:
    """Return what Hydra makes of the overrides, its own settings included."""
    return compose(NAME, list(overrides), return_hydra_config=True)


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
    cfg = composed(choices)
    options = {group: str(option) for group, option in cfg.hydra.runtime.choices.items() if "/" not in group}
    return Known(leaves_of(ours(cfg)), options)


def leaves_of(cfg: DictConfig) -> dict[str, Any]:
    """Return every value before interpolation by its dotted key."""
    return dict(_leaves("", cast(dict[str, Any], OmegaConf.to_container(cfg, resolve=False))))


def _leaves(prefix: str, values: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _leaves(f"{prefix}{key}.", value)
        else:
            yield f"{prefix}{key}", value
