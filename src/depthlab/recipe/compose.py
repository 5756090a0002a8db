"""From what was typed to a checked recipe."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from depthlab.recipe.recipe import Recipe

CONF = Path(__file__).parents[3] / "conf"


def compose(overrides: Sequence[str] = ()) -> Recipe:
    """Return the recipe that `python train.py *overrides` would run.

    Raises:
        ValueError: in one line, what was given, what is allowed and what to type.
    """
    with initialize_config_dir(str(CONF), version_base="1.3", job_name="train"):
        cfg = hydra_compose("train", list(overrides), return_hydra_config=True)
        return _recipe(cfg, tuple(overrides), cfg.hydra.runtime.choices)


def from_hydra(cfg: DictConfig) -> Recipe:
    """Return the recipe of the task that `hydra.main` is running."""
    hydra = HydraConfig.get()
    return _recipe(cfg, tuple(hydra.overrides.task), hydra.runtime.choices)


def recipe_from_config(config: Mapping[str, Any], choices: Mapping[str, str], overrides: Sequence[str] = ()) -> Recipe:
    """Return the recipe that a manifest kept."""
    return Recipe(dict(config), dict(choices), tuple(overrides))


def _recipe(cfg: DictConfig, overrides: tuple[str, ...], choices: Mapping[str, Any]) -> Recipe:
    cfg = OmegaConf.masked_copy(cfg, [key for key in cfg if key != "hydra"])
    config = cast(dict[str, Any], OmegaConf.to_container(cfg, resolve=True, throw_on_missing=True))
    chosen = {group: str(option) for group, option in choices.items() if option and not group.startswith("hydra/")}
    return Recipe(config, chosen, overrides)
