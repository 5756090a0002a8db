"""One trial of a sweep: what was planned, and how it stands."""

from dataclasses import dataclass, field
from typing import Any, final

from depthlab.recipe import Recipe
from depthlab.records import TrialRecord, TrialState
from depthlab.tracking import redact


@final
@dataclass(frozen=True)
class Trial:
    """A run that the sweep asks for, composed and checked."""

    index: int  # its place in the sweep, from 0
    overrides: tuple[str, ...]  # what to type after `train.py` for this trial alone
    values: dict[str, Any]  # the sweep's axes -> their values in this trial
    recipe: Recipe
    fingerprint: str
    former: tuple[str, ...] = ()  # fingerprints that it had in earlier versions which compute the same

    @property
    def microbatches(self) -> int:
        """Parts in which each batch is computed, as it was asked for."""
        return int(self.recipe.config["trainer"]["microbatches"])

    @property
    def name(self) -> str:
        """Return the name that reads: `resnet-56 · digits · seed 0`."""
        return self.recipe.name


@final
@dataclass
class Entry:
    """How one trial stands now."""

    trial: Trial
    state: TrialState = TrialState.WAITING
    earlier: bool = False  # it had ended before this command began
    step: int = 0  # optimizer steps done
    steps: int = 0  # optimizer steps in all; 0 while unknown
    step_seconds: float | None = None  # of one optimizer step, measured in this command
    began: float | None = None  # seconds since 1970
    seconds: float = 0.0  # of training, over all resumptions
    metrics: dict[str, float] = field(default_factory=dict)  # the latest; of a finished trial the record's
    folder: str | None = None
    run_id: str | None = None
    fault: str | None = None
    message: str = ""
    attempts: int = 0

    def to_record(self) -> TrialRecord:
        """Return what is written down about it."""
        return TrialRecord(
            index=self.trial.index,
            name=self.trial.name,
            words=tuple(map(redact, self.trial.overrides)),
            values=self.trial.values,
            fingerprint=self.trial.fingerprint,
            state=self.state,
            folder=self.folder,
            run_id=self.run_id,
            metrics=dict(self.metrics),
            seconds=self.seconds,
            fault=self.fault,
            message=self.message,
            attempts=self.attempts,
        )
