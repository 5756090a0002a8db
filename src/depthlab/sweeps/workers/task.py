"""What a worker is given, and what it sends back."""

from dataclasses import dataclass, field
from typing import Any, Self, final

from depthlab.recipe import Recipe, recipe_from_config
from depthlab.records import Record, TrialState


@final
@dataclass(frozen=True)
class Resources(Record):
    """What each process of a trial takes, and how many processes a trial has."""

    cpu: float = 1
    gpu: float = 0
    workers: int = 1


@final
@dataclass(frozen=True)
class Task(Record):
    """One attempt of a trial."""

    index: int  # of the trial in its sweep
    attempt: int  # counted from 1 within the command
    fingerprint: str
    config: dict[str, Any]
    choices: dict[str, str]
    overrides: tuple[str, ...]
    tags: dict[str, str]  # of its MLflow run
    metric: str  # by which a scheduler compares trials
    since: str = ""  # ISO 8601, UTC: older runs don't count
    history: list[list[float]] = field(default_factory=list)  # [epoch, metric] that a scheduler has to know first
    replay: bool = False  # nothing but the history: the run has ended already
    every_epoch: bool = False  # report each of them, as a scheduler has to know
    seconds: float | None = None  # time limit of the attempt
    until: float | None = None  # when it has to stop, in seconds since 1970
    microbatches: int = 1
    resources: Resources = field(default_factory=Resources)
    storage: str | None = None
    command: tuple[str, ...] = ()  # that trains this run alone, as a person types it

    @classmethod
    def of(cls, recipe: Recipe, **rest: Any) -> Self:
        """Return the task of running a recipe."""
        return cls(config=recipe.config, choices=recipe.choices, overrides=recipe.overrides, **rest)

    @property
    def recipe(self) -> Recipe:
        """The recipe to run: silent, and in as many parts as fit into memory."""
        trainer = self.config["trainer"] | {"progress": False, "microbatches": self.microbatches}
        return recipe_from_config(self.config | {"trainer": trainer}, self.choices, self.overrides)


@final
@dataclass(frozen=True)
class TrialReport(Record):
    """What a worker says of a trial; nothing that it does not know is in it."""

    state: TrialState = TrialState.RUNNING  # or finished, failed, cut off
    epoch: int = 0
    step: int = 0
    steps: int = 0
    step_seconds: float | None = None
    metrics: dict[str, float] = field(default_factory=dict)
    folder: str | None = None
    run_id: str | None = None
    seconds: float = 0.0
    fault: str | None = None
    message: str = ""
    trace: str = ""  # the fault's traceback
    lines: tuple[str, ...] = ()  # for a person to know
