"""The part of what was typed that says how a sweep is carried out, composed without Hydra's own command line."""

from collections.abc import Sequence
from typing import Any, cast

from omegaconf import OmegaConf

from depthlab.recipe import conf
from depthlab.recipe.compose import in_one_line
from depthlab.recipe.parsed_override import parse_overrides
from depthlab.recipe.recipe import STEERING
from depthlab.recipe.space import steers


def read_steering(words: Sequence[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the node `hydra.sweeper`, and those that steer (`sweep`, `ray`, `fresh`), as the words set them.

    Other words have no say in it and are left aside.

    Raises:
        ValueError: in one line, for a word that can't be read or names what is not there.
    """
    with in_one_line(), conf.opened_conf():
        typed = [word for word in parse_overrides(words) if steers(word) or word.key == "hydra.searchpath"]
        cfg = conf.composed([word.text for word in typed])
        nodes = {key: cfg[key] for key in STEERING}
        return _plain(cfg.hydra.sweeper), {key: _plain(node) for key, node in nodes.items()}


def _plain(node: Any) -> Any:
    if not OmegaConf.is_config(node):
        return node
    return cast(dict[str, Any], OmegaConf.to_container(node, resolve=True))
