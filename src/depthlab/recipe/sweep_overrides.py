"""What was typed, with -m and without: quick checks, before a sweep looks at each of its combinations."""

import itertools
from collections.abc import Iterator, Mapping, Sequence

from depthlab.invocation import command
from depthlab.recipe import conf
from depthlab.recipe.check_keys import check_keys, check_option
from depthlab.recipe.compose import compose, in_one_line
from depthlab.recipe.key_rules import SEARCH_RULES
from depthlab.recipe.nearest import did_you_mean
from depthlab.recipe.parsed_override import ParsedOverride, choices_of, parse_overrides
from depthlab.recipe.recipe import GROUPS, Recipe
from depthlab.recipe.space import Space, read_space, steers
from depthlab.recipe.wording import as_typed

_TRIED = 64  # sets of options in which a key is looked for


def check_single_run(words: Sequence[str]) -> Recipe:
    """Return the recipe of one run, in which words that steer a sweep would do nothing.

    Raises:
        ValueError: as `compose` does, and for such a word.
    """
    with in_one_line(), conf.opened_conf():
        parsed = parse_overrides(words)
    _check_twice(parsed)
    idle = [word for word in parsed if word.key != "fresh" and steers(word) and _is_ours(word)]
    recipe = compose(words)
    if idle:
        raise ValueError(f"{idle[0].text} is for sweeps and does nothing here: add -m, or leave it out")
    workers = recipe.config["trainer"]["workers"]
    if workers > 1:
        raise ValueError(f"trainer.workers={workers}: processes that train one network together need -m: add it")
    return recipe


def _check_twice(words: Sequence[ParsedOverride]) -> None:
    """See that no key has two values; the same one twice does no harm. Raises `ValueError`."""
    values: dict[str, ParsedOverride] = {}
    for word in words:
        first = values.setdefault(word.key, word)
        if (first.value, first.is_delete) != (word.value, word.is_delete):
            raise ValueError(f"{first.text} and {word.text} set the same key: leave one out")


def sweep_words(words: Sequence[str]) -> list[str]:
    """Check the keys and options of a sweep's words, and return them as Hydra can compose them.

    Hydra composes once without what is swept. There `model=vgg,nin model.batch_norm=true` would fail, for the default
    model has no such key: the word is written as a choice of one value, which Hydra leaves aside and a space holds
    fixed.

    Raises:
        ValueError: in one line, for a word that no combination could have.
    """
    with in_one_line():
        with conf.opened_conf():
            typed = parse_overrides(words)
            _check_steering([word for word in typed if steers(word)])
            params = _params([word for word in typed if steers(word) and not word.is_sweep])
        space = read_space(words, params)
        with conf.opened_conf():
            _check_possible(space)
            known = conf.known(choices_of([word for word in typed if not word.is_sweep])).keys
    return [
        f"{word.parsed.get_key_element()}=choice({word.value})" if _lacks_place(word, known) else word.text
        for word in typed
    ]


def _is_ours(word: ParsedOverride) -> bool:
    return not word.is_hydra or word.key.startswith("hydra.sweeper.")


def _check_steering(typed: Sequence[ParsedOverride]) -> None:
    check_keys([word for word in typed if not word.is_hydra and not word.is_sweep])
    for word in typed:
        if word.key.startswith("hydra.mode"):
            raise ValueError(f"{word.text} does nothing beside -m: leave it out")
        if word.key.startswith("hydra.sweeper.") and word.key not in SEARCH_RULES and ".params" not in word.key:
            near = did_you_mean(word.key, SEARCH_RULES)
            raise ValueError(f"there is no key {word.key}{near or '; ' + command('train') + ' --help tells the keys'}")


def _params(steering: Sequence[ParsedOverride]) -> Mapping[str, str]:
    """Return the named space that `sweep=NAME` chooses."""
    words = [word.text for word in steering if word.is_hydra or word.key in GROUPS]
    params = conf.composed(words).hydra.sweeper.params or {} if words else {}
    return {str(key): as_typed(value) for key, value in params.items()}


def _check_possible(space: Space) -> None:
    """See that each option exists, and that each word has a place with some of the options."""
    for key, values in space.choices.items():
        if key in GROUPS:
            for word in parse_overrides([f"{key}={value}" for value in values]):
                check_option(word, tuple(word for word in space.fixed if word.startswith("hydra.searchpath=")))
    errors = []
    for words in itertools.islice(_one_of_each(space), _TRIED):
        try:
            check_keys(parse_overrides(words))
            return
        except ValueError as error:
            errors.append(error)
    if len(errors) < _TRIED:
        raise errors[0]


def _one_of_each(space: Space) -> Iterator[tuple[str, ...]]:
    """Yield words with every combination of options, and one value on every other axis."""
    values = {key: str(interval.low) for key, interval in space.intervals.items()}
    values |= {key: choices[0] for key, choices in space.choices.items()}
    groups = {key: choices for key, choices in space.choices.items() if key in GROUPS}
    for options in itertools.product(*groups.values()):
        yield space.words(values | dict(zip(groups, options, strict=True)))


def _lacks_place(word: ParsedOverride, known: Mapping[str, object]) -> bool:
    if word.is_sweep or word.is_choice or word.is_hydra or word.is_add:
        return False
    return word.key not in known
