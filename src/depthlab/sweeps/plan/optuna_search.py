"""Optuna's search: it proposes a trial, learns how it ended, and proposes a better one."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, final

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.study import StudyDirection
from optuna.trial import TrialState as OptunaState
from optuna.trial import create_trial

from depthlab.recipe import Override, SearchInterval, Space, override_values
from depthlab.records import DONE, MEASURED, TrialState
from depthlab.sweeps.plan.sampling import typed
from depthlab.sweeps.plan.settings import Settings
from depthlab.sweeps.plan.trial import Entry, Trial

# how many proposals in a row may be trials that are there already before the space counts as exhausted
IDLE_PROPOSALS = 100

Examine = Callable[[tuple[str, ...]], Trial | ValueError]


@final
class OptunaSearch:
    """A study of Optuna (tree-structured Parzen estimators), made anew from what is known whenever a sweep goes on."""

    def __init__(self, space: Space, settings: Settings, examine: Examine, known: Iterable[Entry]) -> None:
        """Take up the study.

        Args:
            space: What to choose from.
            settings: Of the sweep; its `samples` are all trials that the study may have, those known included.
            examine: Makes a numbered trial of overrides, or returns why it is not possible.
            known: Trials of earlier commands, finished or not, in their order.
        """
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._space, self._settings, self._examine = space, settings, examine
        self._distributions = {key: _distribution(space, key) for key in space.keys}
        self._fingerprints: dict[str, Entry | None] = {}
        self._asked: dict[str, optuna.Trial] = {}  # fingerprint -> Optuna's name for it
        self._idle = 0
        self.error: ValueError | None = None
        earlier = list(known)
        direction = StudyDirection.MINIMIZE if settings.metric.endswith("loss") else StudyDirection.MAXIMIZE
        # the same seed would propose the same first trials again
        sampler = optuna.samplers.TPESampler(seed=settings.seed + len(earlier), constant_liar=True)
        self._study = optuna.create_study(direction=direction, sampler=sampler)
        for entry in earlier:
            self._take_up(entry)

    @property
    def exhausted(self) -> bool:
        """Whether no trial will come any more."""
        assert self._settings.samples is not None
        spent = len(self._fingerprints) >= self._settings.samples
        return spent or self._idle >= IDLE_PROPOSALS or self.error is not None

    def ask(self) -> Trial | None:
        """Return a trial that is not there yet; None where there is none."""
        while not self.exhausted:
            asked = self._study.ask(self._distributions)
            overrides = self._space.words(
                {key: _typed(value, self._space.intervals.get(key)) for key, value in asked.params.items()}
            )
            trial = self._examine(overrides)
            if isinstance(trial, ValueError):
                if self._settings.impossible == "refuse":
                    self.error = trial
                self._study.tell(asked, state=OptunaState.FAIL)
                self._idle += 1
            elif trial.fingerprint in self._fingerprints:
                self._repeat(asked, self._fingerprints[trial.fingerprint])
                self._idle += 1
            else:
                self._idle = 0
                self._fingerprints[trial.fingerprint] = None
                self._asked[trial.fingerprint] = asked
                return trial
        return None

    def tell(self, trial: Trial, state: TrialState, metrics: Mapping[str, float]) -> None:
        """Take note of how a trial ended; a pruned one counts with its latest metric."""
        asked = self._asked.pop(trial.fingerprint, None)
        self._fingerprints[trial.fingerprint] = Entry(trial, state=state, metrics=dict(metrics))
        if asked is not None:
            self._repeat(asked, self._fingerprints[trial.fingerprint])

    def _repeat(self, asked: optuna.Trial, entry: Entry | None) -> None:
        value = _value(entry, self._settings.metric)
        if value is None:
            self._study.tell(asked, state=OptunaState.FAIL)
        else:
            self._study.tell(asked, value)

    def _take_up(self, entry: Entry) -> None:
        self._fingerprints[entry.trial.fingerprint] = entry
        params = self._params(entry.trial.overrides)
        if params is None:
            return  # its values are not those of today's axes
        value = _value(entry, self._settings.metric)
        if value is not None:
            done = create_trial(params=params, distributions=self._distributions, value=value)
            self._study.add_trial(done)
        elif entry.state == TrialState.DIVERGED:
            failed = create_trial(params=params, distributions=self._distributions, state=OptunaState.FAIL)
            self._study.add_trial(failed)
        elif entry.state not in DONE:  # it will run, again or for the first time
            self._study.enqueue_trial(params)
            self._asked[entry.trial.fingerprint] = self._study.ask(self._distributions)

    def _params(self, overrides: tuple[str, ...]) -> dict[str, Any] | None:
        texts = override_values(overrides)
        params = {
            key: _read(texts.get(Override.parse(key).key, ""), distribution)
            for key, distribution in self._distributions.items()
        }
        return None if None in params.values() else params


def _read(text: str, distribution: BaseDistribution) -> str | float | int | None:
    """Return a value as it was typed once; None where today's axis has no such value."""
    if isinstance(distribution, CategoricalDistribution):
        return text if text in distribution.choices else None
    assert isinstance(distribution, FloatDistribution | IntDistribution)
    try:
        value = float(text)
    except ValueError:
        return None
    if not distribution.low <= value <= distribution.high:
        return None
    if isinstance(distribution, FloatDistribution):
        return value
    return int(value) if value == int(value) else None


def _distribution(space: Space, key: str) -> BaseDistribution:
    if key in space.choices:
        return CategoricalDistribution(space.choices[key])
    interval = space.intervals[key]
    if interval.whole:
        return IntDistribution(int(interval.low), int(interval.high), log=interval.log)
    return FloatDistribution(interval.low, interval.high, log=interval.log)


def _typed(value: Any, interval: SearchInterval | None) -> str:
    return typed(value, interval.low, interval.high) if interval is not None and not interval.whole else str(value)


def _value(entry: Entry | None, metric: str) -> float | None:
    if entry is None or entry.state not in MEASURED:
        return None
    value = entry.metrics.get(metric)
    return value if value is not None and value == value else None
