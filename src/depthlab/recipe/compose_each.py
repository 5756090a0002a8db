"""From many combinations of words to checked recipes, fast."""

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, final

from hydra._internal.config_loader_impl import ConfigLoaderImpl
from omegaconf import DictConfig, OmegaConf

from depthlab.recipe import conf
from depthlab.recipe.check_keys import check_keys
from depthlab.recipe.compose import in_one_line, recipe_of
from depthlab.recipe.parsed_override import ParsedOverride, parse_override, tidy
from depthlab.recipe.recipe import Recipe
from depthlab.recipe.space import read_space


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
    """Yield for each combination of words what `compose` would return, or the `ValueError` that it would raise.

    Hydra needs some 80 ms to compose. It does so once for all combinations that choose the same options; the values
    are then set as Hydra sets them, on a copy.
    """
    composer = _Composer()
    for words in combinations:
        try:
            yield composer.compose(words)
        except ValueError as error:
            yield _named(error, words)


@final
class _Composer:
    """Remembers words that were read, and what options make of the configuration."""

    def __init__(self) -> None:
        self._read: dict[str, ParsedOverride] = {}
        self._bases: dict[tuple[str, ...], tuple[DictConfig, Mapping[str, Any]]] = {}

    def compose(self, words: Sequence[str]) -> Recipe:
        # not open from one recipe to the next: who is handed one may want to compose, too
        with in_one_line(), conf.opened_conf():
            typed = tidy([self._typed(word) for word in words])
            check_keys(typed)
            base, choices = self._base(tuple(word.text for word in typed if not _sets_value(word)))
            cfg = copy.deepcopy(base)
            OmegaConf.set_struct(cfg, True)  # no new keys without a plus
            ConfigLoaderImpl._apply_overrides_to_config([word.parsed for word in typed if _sets_value(word)], cfg)
            OmegaConf.set_struct(cfg, None)
            return recipe_of(cfg, typed, choices)

    def _typed(self, word: str) -> ParsedOverride:
        if word not in self._read:
            self._read[word] = parse_override(word)
        return self._read[word]

    def _base(self, words: tuple[str, ...]) -> tuple[DictConfig, Mapping[str, Any]]:
        if words not in self._bases:
            cfg = conf.composed(words)
            self._bases[words] = conf.ours(cfg), cfg.hydra.runtime.choices
        return self._bases[words]


def _sets_value(word: ParsedOverride) -> bool:
    return not (word.is_choice or word.is_hydra)


def _named(error: ValueError, words: Sequence[str]) -> ValueError:
    named = ValueError(f"{error} (in {' '.join(words)})")
    named.__cause__ = error
    return named
