"""Choose the value of an axis for each network on validation, on seeds apart, and ensure the runs with what was chosen.

All trials are of one sweep, whose grid has the axis: those that choose, those with the chosen values, and those with
the value that is held otherwise, so that a verdict can be shown with and without the choice.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, final

from depthlab.questions.degradation.record import Choice, Score, Tuning
from depthlab.questions.degradation.tuning_options import Tune, network_key
from depthlab.questions.references import SEED, network_name
from depthlab.records import TrialRecord, TrialState
from depthlab.sweeps.plan.settings import Settings
from depthlab.sweeps.plan.trial import Trial
from depthlab.sweeps.result import SweepResult
from depthlab.sweeps.state.sweep_state import goodness
from depthlab.sweeps.sweep import ensure_sweep, preview_sweep


@final
@dataclass(frozen=True)
class Tuned:
    """A tuned sweep: `swept` has all of its trials, and `tuning` says what was chosen, by networks' keys."""

    swept: SweepResult
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


def choose(swept: SweepResult, tune: Tune) -> dict[str, Choice]:
    """Return for each network, by its key, the value whose runs do best on validation.

    The mean of the sweep's metric over the choosing seeds decides, between equals the lower validation loss, then the
    value nearer to the held one. Values with a run that did not finish are passed over, unless all have such runs.
    """
    groups: dict[str, list[TrialRecord]] = {key: [] for key in tune.held}
    for trial in swept.trials:
        if trial.values[SEED] in tune.choosing:
            groups[network_key(trial.values, tune.key)].append(trial)
    return {key: _choice(trials, key, swept, tune) for key, trials in groups.items()}


def _choice(trials: Sequence[TrialRecord], key: str, swept: SweepResult, tune: Tune) -> Choice:
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
    ended = [trial.metrics for trial in trials if trial.state == TrialState.FINISHED]
    found = [metrics[metric] for metrics in ended if math.isfinite(metrics.get(metric, math.nan))]
    losses = [metrics["val/loss"] for metrics in ended if math.isfinite(metrics.get("val/loss", math.nan))]
    return Score(
        value=trials[0].values[key],
        mean=sum(found) / len(found) if found else None,
        loss=sum(losses) / len(losses) if losses else None,
        finished=len(found),
        lost=len(trials) - len(found),
        values=tuple(found),
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
