"""A search space in Hydra's grammar: what was typed after `-m`, as fixed words and axes."""

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import final

from hydra.core.override_parser.types import IntervalSweep

from depthlab.recipe import conf
from depthlab.recipe.key_rules import KEY_RULES
from depthlab.recipe.override import Override, override_keys, override_words
from depthlab.recipe.parsed_override import ParsedOverride, parse_overrides
from depthlab.recipe.recipe import GROUPS, NOT_SCIENCE, STEERING
from depthlab.recipe.wording import listed

_SEARCHPATH = "hydra.searchpath"


@final
@dataclass(frozen=True)
class SearchInterval:
    """Numbers between two bounds, both included; `log`: drawn by their logarithm, `whole`: whole numbers."""

    low: float
    high: float
    log: bool
    whole: bool

    def __str__(self) -> str:
        low, high = (f"{end:g}" if float(f"{end:g}") == end else repr(end) for end in (self.low, self.high))
        text = f"int(interval({low},{high}))" if self.whole else f"interval({low},{high})"
        return f"tag(log,{text})" if self.log else text


@final
@dataclass(frozen=True)
class Space:
    """What every trial has in common, and the axes along which trials differ.

    `fixed` are words; `choices` and `intervals` map an axis' key, as it is typed (`+model.hidden` with its plus), to
    its values; `keys` are the axes in the order in which they were typed. A word of a trial is `f"{key}={value}"`.
    """

    fixed: tuple[str, ...]
    choices: dict[str, tuple[str, ...]]
    intervals: dict[str, SearchInterval]
    keys: tuple[str, ...]

    @property
    def size(self) -> int:
        """Return the number of combinations; raises `ValueError` where an interval has no end of them."""
        self._check_ends()
        return math.prod(len(values) for values in self.choices.values())

    def combinations(self) -> Iterator[tuple[str, ...]]:
        """Yield the words of each combination, the last axis changing fastest.

        Raises:
            ValueError: an axis is an interval, which has no end of values.
        """
        self._check_ends()
        axes = [[f"{key}={value}" for value in self.choices[key]] for key in self.keys]
        return ((*self.fixed, *words) for words in itertools.product(*axes))

    def words(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """Return the words of the trial that has these values, one for each axis."""
        return (*self.fixed, *(f"{key}={values[key]}" for key in self.keys))

    @property
    def axes(self) -> tuple[str, ...]:
        """Return the axes by the names of what they set: `model.hidden`, however it was typed."""
        return tuple(override_keys(self.keys))

    @property
    def science_words(self) -> tuple[str, ...]:
        """Return the fixed words that can change a result: not where and how trials are computed and kept."""
        return tuple(word for word in self.fixed if _is_science(Override.parse(word).key))

    def _check_ends(self) -> None:
        for key, interval in self.intervals.items():
            raise ValueError(
                f"{key}={interval} has no end of values: list some, such as {key}={interval.low:g},{interval.high:g}, "
                f"or add hydra.sweeper.search=random hydra.sweeper.samples=20"
            )


def read_space(words: Sequence[str], params: Mapping[str, str] | None = None) -> Space:
    """Return the space that the words span; `params` are those of a named space, which typed words replace by key.

    A typed `model._target_` takes the place of several named families too: it is the same network in each of them.
    Words that steer the sweep (`sweep.*`, `ray.*`, `fresh`, `sweep=NAME`, `hydra.*`) are not part of any trial.

    Raises:
        ValueError: in one line, for a word that can't be read, and for an interval that can't be drawn from.
    """
    with conf.opened_conf():
        typed = parse_overrides(words)
        keys = {word.key for word in typed}
        named = [one for one in parse_overrides(override_words(params or {})) if one.key not in keys]
        if "model._target_" in keys:
            named = [word for word in named if not (word.key == "model" and word.is_sweep)]
        for word in named:
            if steers(word):
                raise ValueError(f"{word.text} steers the sweep and can't stand among hydra.sweeper.params: type it")
        fixed: list[str] = []
        choices: dict[str, tuple[str, ...]] = {}
        intervals: dict[str, SearchInterval] = {}
        for word in _trial_words([*named, *typed]):
            if word.parsed.is_interval_sweep():
                intervals[_key(word)] = _read_interval(word)
            elif len(values := _values(word)) == 1:
                fixed.append(f"{_key(word)}={values[0]}" if word.is_sweep else word.text)
            else:
                choices[_key(word)] = values
        axes = tuple(_key(word) for word in [*named, *typed] if _key(word) in choices or _key(word) in intervals)
    return Space(tuple(fixed), choices, intervals, axes)


def steers(word: ParsedOverride) -> bool:
    """Tell whether a word says how a sweep is carried out, instead of what a trial is."""
    return word.key.partition(".")[0] in STEERING or (word.is_hydra and word.key != _SEARCHPATH)


def _trial_words(typed: Iterable[ParsedOverride]) -> Iterator[ParsedOverride]:
    seen: dict[str, ParsedOverride] = {}
    for word in typed:
        if word.key in seen:
            first = seen[word.key]
            both = (
                f", type {_key(word)}={first.value},{word.value} for both"
                if not (first.is_delete or word.is_delete)
                else ""
            )
            raise ValueError(f"{first.text} and {word.text} set the same key: leave one out{both}")
        seen[word.key] = word
        if not steers(word):
            yield word
        elif word.is_sweep:
            raise ValueError(f"{word.text}: this steers the sweep and has one value, the same for all trials")


def _key(word: ParsedOverride) -> str:
    return str(word.parsed.get_key_element())


def _values(word: ParsedOverride) -> tuple[str, ...]:
    """Return each value once, as it would be typed alone."""
    if not word.is_sweep:
        return (word.value,)
    values = tuple(dict.fromkeys(word.parsed.sweep_string_iterator()))
    if not values:
        known = f"; {word.key} can be {listed(conf.options(word.key))}" if word.key in GROUPS else ""
        raise ValueError(f"{word.text} has no values at all{known}")
    return values


def _read_interval(word: ParsedOverride) -> SearchInterval:
    sweep = word.parsed.value()
    assert isinstance(sweep, IntervalSweep) and sweep.start is not None and sweep.end is not None
    log = "log" in sweep.tags
    interval = SearchInterval(float(sweep.start), float(sweep.end), log, isinstance(sweep.start, int))
    if others := sorted(sweep.tags - {"log"}):
        raise ValueError(f"{word.text}: there is no tag {others[0]}; type tag(log,interval(...)), or no tag")
    if word.key in GROUPS:
        raise ValueError(f"{word.text}: a group has options, no numbers; it can be {listed(conf.options(word.key))}")
    if not interval.low < interval.high:
        raise ValueError(f"{word.text} is empty: type the smaller number first, such as {word.key}=interval(0.1,0.5)")
    if log and interval.low <= 0:
        raise ValueError(f"{word.text}: a logarithm needs bounds above 0, such as tag(log,interval(1e-5,1e-3))")
    _check_bounds(word, interval)
    return interval


def _check_bounds(word: ParsedOverride, interval: SearchInterval) -> None:
    """See that the key takes both ends; where there is no rule, each trial will tell."""
    if word.key not in KEY_RULES:
        return
    rule, example = KEY_RULES[word.key]
    ends = [int(end) if interval.whole else end for end in (interval.low, interval.high)]
    if rule.takes("any text"):
        raise ValueError(f"{word.text}: {word.key} takes no numbers; type one, such as {word.key}={example}")
    wrong = [end for end in ends if not rule.takes(end)]
    if not wrong:
        return
    if not interval.whole and all(end == int(end) and rule.takes(int(end)) for end in ends):
        raise ValueError(f"{word.key} takes whole numbers: type '{word.key}=int(interval({ends[0]:g},{ends[1]:g}))'")
    raise ValueError(f"{word.text}: {word.key} must be {rule.allowed}, not {wrong[0]:g}")


def _is_science(key: str) -> bool:
    group, _, name = key.partition(".")
    if name == "precision":
        return True  # the fingerprint holds it as it was resolved
    return group != "tracking" and key != _SEARCHPATH and name not in NOT_SCIENCE.get(group, ())
