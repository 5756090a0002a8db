"""Choose the value of an axis for each network on validation, on seeds apart, and ensure the runs with what was chosen.

All trials are of one sweep, whose grid has the axis: those that choose, those with the chosen values, and those with
the value that is held otherwise, so that a verdict can be shown with and without the choice.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, final

from depthlab.recipe import AXES, GROUPS, Recipe, Space, compose_each, did_you_mean, read_space
from depthlab.records import Choice, Score, TrialRecord, Tuning
from depthlab.sweeps.answers import SEED, network_name
from depthlab.sweeps.settings import Settings
from depthlab.sweeps.standing import goodness
from depthlab.sweeps.sweep import ensure_sweep, preview_sweep
from depthlab.sweeps.swept import Swept
from depthlab.sweeps.trials import Trial

FACTORS = (0.1, 0.3, 1.0, 3.0)  # of the held value: a coarse logarithmic grid, mostly downward, where deep networks lie
APART = 1000  # the seed that chooses, unless told; the verdict rests on others


@final
@dataclass(frozen=True)
class Tune:
    """What is to be chosen: an axis, and the words of the sweep that has it.

    `held` maps a network (its values of the other axes, see `network_key`) to the value that it would have, `seeds` are
    those that the question asks for, and `choosing` those of the runs that choose.
    """

    key: str
    values: tuple[Any, ...]
    words: tuple[str, ...]
    held: Mapping[str, Any]
    seeds: tuple[int, ...]
    choosing: tuple[int, ...]


@final
@dataclass(frozen=True)
class Tuned:
    """A tuned sweep: `swept` has all of its trials, and `tuning` says what was chosen, by networks' keys."""

    swept: Swept
    tune: Tune
    choices: Mapping[str, Choice]

    @property
    def tuning(self) -> Tuning:
        """What was chosen, as it is written down."""
        tune = self.tune
        return Tuning(
            tune.key, tune.values, tune.choosing, self.swept.record.metric, choices=tuple(self.choices.values())
        )

    def held(self) -> list[TrialRecord]:
        """Return the trials that the question asks for with what is held otherwise."""
        return [trial for trial in self._asked() if trial.values[self.tune.key] == self._choice(trial).held]

    def chosen(self) -> list[TrialRecord]:
        """Return the trials that the question asks for with what was chosen."""
        return [trial for trial in self._asked() if trial.values[self.tune.key] == self._choice(trial).chosen]

    def _asked(self) -> list[TrialRecord]:
        return [trial for trial in self.swept.trials if trial.values[SEED] in self.tune.seeds]

    def _choice(self, trial: TrialRecord) -> Choice:
        return self.choices[network_key(trial.values, self.tune.key)]


def read_tune(own: Mapping[str, str], words: Sequence[str], settings: Settings) -> Tune | None:
    """Return what a pipeline's own keys ask to choose; None if nothing.

    Raises:
        ValueError: there is no such axis, it varies already, or it has no values to choose from.
    """
    if "tune" not in own:
        idle = [key for key in own if key.startswith("tune.")]
        if idle:
            raise ValueError(f"{idle[0]}={own[idle[0]]} does nothing: add tune=learning_rate, or leave it out")
        return None
    key, space = own["tune"], read_space(words, settings.params)
    if key == SEED or key in space.keys:
        what = "is what repetitions differ in" if key == SEED else "varies already"
        raise ValueError(f"tune={key}: {key} {what}; choose an axis that is held, such as tune=learning_rate")
    if settings.search != "grid" or space.intervals:
        raise ValueError(f"tune={key} needs a grid: leave out hydra.sweeper.search and intervals")
    seeds = _seeds(space)
    held = {network_key(_values(recipe, space), key): _held(recipe, key) for recipe in _recipes(space, settings)}
    typed = _texts(own.get("tune.values")) or _grid(key, held)
    choosing = tuple(int(text) for text in _texts(own.get("tune.seed", str(APART))) if _is_seed(text))
    mine = [word for word in words if word.partition("=")[0] not in (key, SEED)]
    alone = [*typed, *(_text(value) for value in held.values())]
    values = f"{key}={','.join(dict.fromkeys(alone))}"
    seed_word = f"{SEED}={','.join(dict.fromkeys(map(str, (*choosing, *seeds))))}"
    wanted = read_space([*mine, values, seed_word], settings.params).choices
    if len(wanted.get(key, ())) < 2:
        raise ValueError(f"tune={key} has one value to choose from, {alone[0]}: type tune.values=... with several")
    return Tune(key, _typed(key, typed, space, settings), (*mine, values, seed_word), held, seeds, choosing)


def ensure_tuned(tune: Tune, settings: Settings) -> Tuned:
    """Compute the runs that choose, then those that the question asks for, with what is held and what was chosen.

    Raises:
        ValueError, Interrupted: as `ensure_sweep` does.
    """
    first = ensure_sweep(tune.words, settings, only=lambda trial: _chooses(trial, tune))
    choices = choose(first, tune)

    def wanted(trial: Trial) -> bool:
        if _chooses(trial, tune):
            return True
        choice = choices[network_key(trial.values, tune.key)]
        return trial.values[SEED] in tune.seeds and trial.values[tune.key] in (choice.held, choice.chosen)

    on = replace(settings, fresh=False)  # what the first part began anew is gone on with
    return Tuned(ensure_sweep(tune.words, on, only=wanted), tune, choices)


def preview_tuned(tune: Tune, settings: Settings) -> None:
    """Print the trials that would choose; the others depend on what they find."""
    preview_sweep(tune.words, settings, only=lambda trial: _chooses(trial, tune))
    most = len(tune.held) * len(tune.seeds)
    print(f"then, with {tune.key} as held and as chosen: up to {2 * most} trials, {most} with each")


def choose(swept: Swept, tune: Tune) -> dict[str, Choice]:
    """Return for each network, by its key, the value whose runs do best on validation.

    The mean of the sweep's metric over the choosing seeds decides, between equals the lower validation loss, then the
    value nearer to the held one. Values with a run that did not finish are passed over, unless all have such runs.
    """
    groups: dict[str, list[TrialRecord]] = {key: [] for key in tune.held}
    for trial in swept.trials:
        if trial.values[SEED] in tune.choosing:
            groups[network_key(trial.values, tune.key)].append(trial)
    return {key: _choice(trials, key, swept, tune) for key, trials in groups.items()}


def network_key(values: Mapping[str, Any], tuned: str) -> str:
    """Return what tells networks apart: their values of all axes but the seed and the tuned one."""
    return json.dumps({key: value for key, value in values.items() if key not in (SEED, tuned)}, sort_keys=True)


def _choice(trials: Sequence[TrialRecord], key: str, swept: Swept, tune: Tune) -> Choice:
    held = tune.held[key]
    by_value: dict[str, list[TrialRecord]] = {}
    for trial in trials:
        by_value.setdefault(json.dumps(trial.values[tune.key]), []).append(trial)
    scores = [_score(same, tune.key, swept.record.metric) for same in by_value.values()]
    usable = [s for s in scores if s.mean is not None and not s.lost] or [s for s in scores if s.mean is not None]
    best = max(usable, key=lambda score: _rank(score, held, swept.record.metric), default=None)
    chosen = held if best is None else best.value
    numbers = [score.value for score in scores if isinstance(score.value, int | float)]
    at_edge = best is not None and len(numbers) == len(scores) and chosen in (min(numbers), max(numbers))
    name = network_name(swept.recipes[trials[0].index], trials[0].values, (tune.key,))
    return Choice(name, held, chosen, at_edge, tuple(scores))


def _score(trials: Sequence[TrialRecord], key: str, metric: str) -> Score:
    ended = [trial.metrics for trial in trials if trial.state == "finished"]
    found = [metrics[metric] for metrics in ended if math.isfinite(metrics.get(metric, math.nan))]
    losses = [metrics["val/loss"] for metrics in ended if math.isfinite(metrics.get("val/loss", math.nan))]
    return Score(
        value=trials[0].values[key],
        mean=sum(found) / len(found) if found else None,
        loss=sum(losses) / len(losses) if losses else None,
        finished=len(found),
        lost=len(trials) - len(found),
    )


def _rank(score: Score, held: Any, metric: str) -> tuple[float, float, float]:
    assert score.mean is not None
    numbers = isinstance(score.value, int | float) and isinstance(held, int | float)
    positive = numbers and score.value > 0 and held > 0
    distance = abs(math.log(score.value / held)) if positive else float(score.value != held)
    loss = math.inf if score.loss is None else score.loss
    return goodness(metric, {metric: score.mean}), -loss, -distance


def _chooses(trial: Trial, tune: Tune) -> bool:
    return trial.values[SEED] in tune.choosing and trial.values[tune.key] in tune.values


def _recipes(space: Space, settings: Settings) -> list[Recipe]:
    """Return the recipes of all combinations; raises the first mistake unless impossible ones are to be skipped."""
    found = []
    for outcome in compose_each(space.combinations()):
        if isinstance(outcome, Recipe):
            found.append(outcome)
        elif settings.impossible == "refuse":
            raise outcome
    if not found:
        raise ValueError("no combination is possible")
    return found


def _values(recipe: Recipe, space: Space) -> dict[str, Any]:
    return {key.lstrip("+"): _held(recipe, key.lstrip("+")) for key in space.keys}


def _held(recipe: Recipe, key: str) -> Any:
    """Return the recipe's value of a key, or its option of a group."""
    if key in GROUPS and key in recipe.choices:
        return recipe.choices[key]
    value: Any = recipe.config
    for part in key.split("."):
        if not isinstance(value, Mapping) or part not in value:
            near = did_you_mean(key, (*AXES, *GROUPS), "tune=")
            raise ValueError(f"tune={key}: there is no such key{near or '; type an axis, such as tune=learning_rate'}")
        value = value[part]
    return value


def _seeds(space: Space) -> tuple[int, ...]:
    typed = space.choices.get(SEED) or [
        word.partition("=")[2] for word in space.fixed if word.partition("=")[0] == SEED
    ]
    return tuple(map(int, typed)) or (0,)


def _grid(key: str, held: Mapping[str, Any]) -> list[str]:
    values = list(dict.fromkeys(json.dumps(value) for value in held.values()))
    numbers = [json.loads(value) for value in values]
    if not all(isinstance(number, int | float) and not isinstance(number, bool) and number > 0 for number in numbers):
        raise ValueError(
            f"tune={key}: it is held at {_text(numbers[0])}, of which there are no multiples: type the values, "
            f"tune.values=... with commas between them"
        )
    grid = [factor * number for number in numbers for factor in FACTORS]
    whole = all(isinstance(number, int) for number in numbers)
    return list(dict.fromkeys(str(max(1, round(value))) if whole else f"{value:.6g}" for value in grid))


def _texts(typed: str | None) -> list[str]:
    return [text.strip() for text in typed.split(",") if text.strip()] if typed else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _typed(key: str, values: Sequence[str], space: Space, settings: Settings) -> tuple[Any, ...]:
    """Return typed values as configurations have them: composed with the first possible combination."""
    base = next(iter(space.combinations()))
    rest = [word for word in base if word.partition("=")[0] != key]
    found = []
    for recipe in compose_each([[*rest, f"{key}={value}"] for value in values]):
        if isinstance(recipe, ValueError):
            raise recipe
        found.append(_held(recipe, key))
    return tuple(found)


def _is_seed(text: str) -> bool:
    if not text.isdigit():
        raise ValueError(f"tune.seed={text} is no seed: type a whole number, such as tune.seed={APART}")
    return True
