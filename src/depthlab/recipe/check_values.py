"""Whether the values of a configuration are possible, and whether the model has a use for every axis that is set."""

from collections.abc import Sequence
from typing import Any

from omegaconf import DictConfig, OmegaConf

from depthlab.recipe import conf
from depthlab.recipe.key_rules import KEY_RULES, OFF_VALUES, SEARCH_RULES
from depthlab.recipe.nearest import did_you_mean
from depthlab.recipe.parsed_override import ParsedOverride, choices_of
from depthlab.recipe.recipe import OWN_PACKAGE
from depthlab.recipe.rules import Refused, Rule, rule_like
from depthlab.recipe.wording import as_given, as_typed, listed


def check_values(cfg: DictConfig, typed: Sequence[ParsedOverride]) -> None:
    """Check each value, and write it in its one form (off is 0), so that equal recipes have equal fingerprints.

    Raises:
        ValueError: for a value of the wrong kind or out of range.
    """
    for key, value in sorted(conf.leaves_of(cfg).items(), key=lambda leaf: leaf[0]):
        if value == "???":
            example = KEY_RULES[key][1] if key in KEY_RULES else "..."
            raise ValueError(f"{key} is missing: type it, such as {key}={example}")
    for key, (rule, example) in KEY_RULES.items():
        group, _, name = key.rpartition(".")
        node = cfg[group] if group else cfg
        if name in node:
            given = _plain(node[name])
            value = _read(key, rule, example, given)
            if repr(value) != repr(given):  # 0.0 is not 0; what is in its form stays, as writing takes time
                node[name] = value
    _check_unlisted(cfg, typed)
    if cfg.optimizer.get("nesterov") and not cfg.optimizer.get("momentum"):
        raise ValueError("optimizer.nesterov=true needs optimizer.momentum above 0, such as optimizer.momentum=0.9")


def check_unused_axes(cfg: DictConfig) -> None:
    """Check that the model has a use for each axis that is not off.

    Raises:
        ValueError: for an axis that would do nothing, with the models that have it.
    """
    if not str(cfg.model.get("_target_")).startswith(OWN_PACKAGE):
        return  # its signature tells, once it is imported
    used = OmegaConf.to_container(cfg.model, resolve=False)
    assert isinstance(used, dict)
    for axis, off in OFF_VALUES.items():
        if cfg[axis] != off and f"${{{axis}}}" not in used.values():
            name = cfg.model._target_.rpartition(".")[2]
            others = [f"model={option}" for option in conf.options("model") if _has_axis(option, axis)]
            instead = f", or {listed(others)}" if others else ""
            raise ValueError(
                f"{axis}={as_typed(cfg[axis])} does nothing: model={name} has no use for it; type {axis}={off}{instead}"
            )


def checked_value(key: str, value: Any) -> Any:
    """Return the value of a listed key, `hydra.sweeper.search` included, in its one form.

    Raises:
        ValueError: for a value of the wrong kind or out of range.
    """
    return _read(key, *(KEY_RULES | SEARCH_RULES)[key], value)


def _read(key: str, rule: Rule, example: str, value: Any) -> Any:
    plain = _plain(value)
    try:
        return rule.read(plain)
    except Refused:
        if isinstance(plain, float) and plain.is_integer() and rule.takes(int(plain)):
            example = str(int(plain))  # 1e3, 20.0
        if rule.names:
            near = did_you_mean(str(plain), rule.names, f"{key}=") or f"; type {key}={example}"
            raise ValueError(f"{key} must be {rule.allowed}, not {as_given(plain)}{near}") from None
        raise ValueError(f"{key} must be {rule.allowed}, such as {key}={example}, not {as_given(plain)}") from None


def _plain(value: Any) -> Any:
    return OmegaConf.to_container(value) if OmegaConf.is_config(value) else value


def _check_unlisted(cfg: DictConfig, typed: Sequence[ParsedOverride]) -> None:
    """Check typed keys that the table does not list: they keep the kind of their default."""
    unlisted = {word.key for word in typed if not (word.is_hydra or word.is_choice or word.is_delete)}
    if not unlisted:
        return
    known = conf.known(choices_of(typed)).keys
    for key in sorted((unlisted & known.keys()) - KEY_RULES.keys()):
        _read(key, rule_like(known[key]), as_typed(known[key]), OmegaConf.select(cfg, key))


def _has_axis(option: str, axis: str) -> bool:
    keys = conf.known((f"model={option}",)).keys
    return any(key.startswith("model.") and value == f"${{{axis}}}" for key, value in keys.items())
