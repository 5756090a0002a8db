"""From what was typed to a checked recipe."""

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from depthlab.recipe import conf
from depthlab.recipe.check_keys import check_keys
from depthlab.recipe.check_values import check_unused_axes, check_values
from depthlab.recipe.parsed_override import ParsedOverride, parse_overrides
from depthlab.recipe.recipe import Recipe
from depthlab.recipe.space import read_space


def compose(overrides: Sequence[str] = ()) -> Recipe:
    """Return the recipe that `python train.py *overrides` would run.

    Raises:
        ValueError: in one line, what was given, what is allowed and what to type.
    """
    with in_one_line(), conf.opened_conf():
        typed = parse_overrides(overrides)
        check_keys(typed)
        base, choices = conf.base([one.text for one in typed if not one.sets_value])
        cfg = copy.deepcopy(base)
        OmegaConf.set_struct(cfg, True)  # no new keys without a plus
        ConfigLoaderImpl._apply_overrides_to_config([one.parsed for one in typed if one.sets_value], cfg)
        OmegaConf.set_struct(cfg, None)
        return recipe_of(cfg, typed, choices)


def compose_all(overrides: Sequence[str]) -> list[Recipe]:
    """Return the recipes of every combination, `model=plain,resnet depth=20,56`, the last axis changing fastest.

    Raises:
        ValueError: as `compose` does, and names the combination.
    """
    recipes = []
    for recipe in compose_each(read_space(overrides).combinations()):
        if isinstance(recipe, ValueError):
            raise recipe
        recipes.append(recipe)
    return recipes


def compose_each(combinations: Iterable[Sequence[str]]) -> Iterator[Recipe | ValueError]:
    """Yield for each combination of words what `compose` returns, or the `ValueError` that it raises."""
    for words in combinations:
        try:
            yield compose(words)
        except ValueError as error:
            named = ValueError(f"{error} (in {' '.join(words)})")
            named.__cause__ = error
            yield named


def checked_overrides(overrides: Sequence[str]) -> list[str]:
    """Check the keys and options of what was typed, but no values; return it without what does no harm.

    Raises:
        ValueError: as `compose` does.
    """
    with in_one_line(), conf.opened_conf():
        typed = parse_overrides(overrides)
        check_keys(typed)
        return [one.text for one in typed]


def from_hydra(cfg: DictConfig) -> Recipe:
    """Return the recipe of the task that `hydra.main` is running; raises `ValueError` as `compose` does."""
    hydra = HydraConfig.get()
    with in_one_line():
        typed = parse_overrides(hydra.overrides.task)
        return recipe_of(conf.ours(cfg), typed, hydra.runtime.choices)


def recipe_from_config(config: Mapping[str, Any], choices: Mapping[str, str], overrides: Sequence[str] = ()) -> Recipe:
    """Return the recipe that a manifest kept."""
    trainer = {"workers": 1, "microbatches": 1} | dict(config["trainer"])  # older manifests don't say
    return Recipe({"active_units": 0, **config, "trainer": trainer}, dict(choices), tuple(overrides))


def recipe_of(cfg: DictConfig, typed: Sequence[ParsedOverride], choices: Mapping[str, Any]) -> Recipe:
    """Check a composed configuration, which is changed, and make it a recipe. Needs an opened conf."""
    check_values(cfg, typed)
    check_unused_axes(cfg)
    config = cast(dict[str, Any], OmegaConf.to_container(cfg, resolve=True))
    if any(value is not None for value in config["parts"].values()):
        config["model"]["parts"] = config["parts"]  # in a person's own file the model may not ask for it
    chosen = {group: str(option) for group, option in sorted(choices.items()) if option and "/" not in group}
    chosen.pop("sweep", None)  # a run doesn't know what it was part of
    return Recipe(config, chosen, tuple(word.text for word in typed))


@contextmanager
def in_one_line() -> Iterator[None]:
    """Turn what Hydra still finds wrong, such as an interpolation that leads nowhere, into one line."""
    try:
        yield
    except (HydraException, OmegaConfBaseException) as error:
        raise ValueError(one_line(error)) from error


def one_line(error: BaseException) -> str:
    """Return Hydra's message and that of its cause without its advice, which would not help here."""
    text = str(error)
    if isinstance(error.__cause__, OmegaConfBaseException):
        text += "\n" + str(error.__cause__)
    advice = ("To append to your config", "See https:", "Set the environment variable", "full_key:", "object_type=")
    lines = [line.strip() for line in text.partition("Config search path:")[0].splitlines()]
    return " ".join(line for line in lines if line and not line.startswith(advice)) or type(error).__name__
