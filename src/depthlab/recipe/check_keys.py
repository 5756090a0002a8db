"""Whether what was typed sets what can be set: a group's option, or a key that is there."""

from collections.abc import Sequence

from depthlab.invocation import command
from depthlab.recipe import conf
from depthlab.recipe.conf import Known
from depthlab.recipe.key_rules import KEY_RULES, SLOTS
from depthlab.recipe.nearest import did_you_mean, nearest
from depthlab.recipe.override import Override
from depthlab.recipe.parsed_override import ParsedOverride, choices_of, example_of
from depthlab.recipe.recipe import AXES, GROUPS, OWN_PACKAGE
from depthlab.recipe.wording import as_typed, listed


def check_keys(typed: Sequence[ParsedOverride]) -> None:
    """Check that each word sets what can be set. Needs an opened conf.

    Raises:
        ValueError: for a key or an option that does not exist, with the nearest that does.
    """
    ours = [word for word in typed if not word.is_hydra]
    searchpath = tuple(word.text for word in typed if word.key == "hydra.searchpath")
    for word in ours:
        _check_form(word)
        if word.key in GROUPS:
            check_option(word, searchpath)
    choices = choices_of(typed)
    known = conf.known(choices)
    _check_experiment(known, choices)
    foreign = _foreign_target(ours, known)
    for word in ours:
        if foreign is not None and word.key.startswith("model."):
            _check_foreign_key(word, known, foreign)
        elif word.key not in GROUPS:
            _check_key(word, known, choices)


def _check_form(word: ParsedOverride) -> None:
    if word.parsed.package is not None:
        raise ValueError(f"{word.text}: every group has one place here; type it without @{word.parsed.package}")
    if word.is_sweep:
        raise ValueError(_several_values(word))
    if word.key in GROUPS and word.is_delete:
        raise ValueError(f"{word.text}: {word.key} can't be left out; it can be {listed(conf.options(word.key))}")


def _several_values(word: ParsedOverride) -> str:
    said = f"{word.text} gives several values: add -m to run each of them, {command('train')} -m ..."
    whole, _, rest = word.value.partition(",")
    rule = KEY_RULES[word.key][0] if word.key in KEY_RULES else None
    if rule is None or "(" in word.value:
        return said
    if whole.isdigit() and rest.isdigit() and rule.takes(float(f"{whole}.{rest}")):
        return f"{said}; for a decimal number type {word.key}={whole}.{rest}"
    if word.key in ("depth", "width"):
        return f"{said}; for a value per stage type '{word.key}=[{word.value}]'"
    return f"{said}; for one text with a comma type '{word.key}=\"{word.value}\"'" if rule.takes("text") else said


def check_option(word: ParsedOverride, searchpath: tuple[str, ...] = ()) -> None:
    """Check that a group has the option; `searchpath` are words that add folders. Raises `ValueError`."""
    found = conf.options(word.key, searchpath)
    if word.parsed.value() not in found:
        problem = f"there is no {word.key}={word.value}" if word.value else f"{word.text} names no option"
        near = did_you_mean(word.value, found, f"{word.key}=")
        raise ValueError(f"{problem}{near or ';'} {word.key} can be {listed(found)}")


def _check_key(word: ParsedOverride, known: Known, choices: tuple[str, ...]) -> None:
    if word.key not in known.keys:
        raise ValueError(_unknown_key(word, known, choices))
    if word.key == "model.parts":
        raise ValueError(f"{word.text}: parts are chosen slot by slot; type them as {example_of('parts.activation')}")
    if word.is_delete:
        raise ValueError(f"{word.text}: a key can't be taken away; set it, such as {example_of(word.key)}")
    if word.parsed.value() == "":
        default = known.keys[word.key]
        example = example_of(word.key) if word.key in KEY_RULES else f"{word.key}={as_typed(default)}"
        raise ValueError(f"{word.text} has no value: type one, such as {example}")
    axis = _axis_of(known, word.key)
    if axis is not None:
        raise ValueError(f"{word.key} follows {axis}: type {axis}={word.value}")


def _check_foreign_key(word: ParsedOverride, known: Known, target: str) -> None:
    """The model is a person's own: its constructor says what it takes, `+model.hidden=64` hands it more."""
    if word.key not in known.keys and not word.is_add:
        name = word.key.partition(".")[2]
        raise ValueError(f"{word.text}: to hand {name} to {target}, type +{word.plain}")
    if word.parsed.value() == "":
        raise ValueError(f"{word.text} has no value: type one after the equals sign")


def _unknown_key(word: ParsedOverride, known: Known, choices: tuple[str, ...]) -> str:
    group, _, name = word.key.partition(".")
    if "parts" in word.key.split("."):
        return _unknown_slot(word)
    if group not in GROUPS or not name:
        near = nearest(word.key, [*known.keys, *GROUPS])
        if near is not None:
            return f"there is no key {word.key}; did you mean {_axis_of(known, near) or near}?"
        return f"there is no key {word.key}; the axes are {', '.join(AXES)}; {command('train')} --help tells the rest"
    others = [option for option in conf.options(group) if word.key in conf.known((*choices, f"{group}={option}")).keys]
    if f"parts.{name}" in known.keys and not word.value.isdigit():
        return f"{group}={known.options[group]} has no {name}: for what fills its units type parts.{name}={word.value}"
    if others:
        return (
            f"{group}={known.options[group]} has no {name}: leave out {word.text}, "
            f"or type {listed([f'{group}={option}' for option in others])}"
        )
    names = [key.partition(".")[2] for key in known.keys if key.startswith(f"{group}.")]
    near = nearest(name, names)
    if near is not None:
        key = _axis_of(known, f"{group}.{near}") or f"{group}.{near}"
        return f"there is no key {word.key}; did you mean {key}?"
    if word.is_add and group == "model":
        return f"{word.text}: only a model of your own takes more keys, beside model._target_=my_package.Net"
    own = [name for name in names if not name.startswith("_") and _axis_of(known, f"{group}.{name}") is None]
    return f"there is no key {word.key}; {group} has {listed(own)}"


def _unknown_slot(word: ParsedOverride) -> str:
    name = word.key.rpartition(".")[2]
    near = nearest(name, SLOTS)
    guess = f"did you mean parts.{near}?" if near else f"parts has {listed(list(SLOTS))}"
    return f"there is no key {word.key}; {guess}"


def _check_experiment(known: Known, choices: tuple[str, ...]) -> None:
    """An experiment may set keys of an option that it chooses, but that a person then replaced by another."""
    experiment = known.options["experiment"]
    own = known.keys if experiment == "none" else conf.known((*choices, "experiment=none")).keys
    for choice in choices:
        group = Override.parse(choice).key
        extra = sorted(key for key in known.keys.keys() - own.keys() if key.startswith(f"{group}."))
        if extra:
            raise ValueError(
                f"experiment={experiment} sets {', '.join(extra)}, for which {choice} has no use: "
                f"leave out {choice}, or the experiment"
            )


def _foreign_target(typed: Sequence[ParsedOverride], known: Known) -> str | None:
    """Return the target of the model if it is a person's own."""
    targets = [str(word.parsed.value()) for word in typed if word.key == "model._target_" and not word.is_delete]
    target = targets[-1] if targets else str(known.keys.get("model._target_"))
    return None if target.startswith(OWN_PACKAGE) else target


def _axis_of(known: Known, key: str) -> str | None:
    """Return the axis that a key follows: its default is `${depth}`."""
    value = known.keys.get(key)
    name = value[2:-1] if isinstance(value, str) and value.startswith("${") else None
    return name if name in AXES else None
