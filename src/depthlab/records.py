"""What the lab writes down: frozen dataclasses that turn into JSON and back. The lab's table of contents."""

import json
import types
import typing
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, Self


@dataclass(frozen=True)
class Record:
    """Base of everything that is written down as JSON."""

    def to_dict(self) -> dict[str, Any]:
        """Return the record, and the records inside it, as plain dictionaries."""
        return asdict(self)

    def to_json(self) -> str:
        """Return the record as indented JSON; NaN and infinities are kept as Python writes them."""
        return json.dumps(asdict(self), indent=2, sort_keys=True, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote; unknown keys are ignored, so that an older lab reads a newer record."""
        return cls.from_dict(json.loads(text))

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Build the record, and the records inside it, from plain dictionaries."""
        hints = typing.get_type_hints(cls)
        known = {f.name: _revive(hints[f.name], values[f.name]) for f in fields(cls) if f.name in values}
        return cls(**known)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the record in the file `path`."""
        return cls.from_json(path.read_text(encoding="utf-8"))


def _revive(hint: Any, value: Any) -> Any:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        if value is None:
            return None
        hint = next(option for option in typing.get_args(hint) if option is not type(None))
    if isinstance(hint, type) and is_dataclass(hint) and issubclass(hint, Record):
        return hint.from_dict(value)
    if typing.get_origin(hint) is tuple:
        inner = typing.get_args(hint)[0]
        return tuple(_revive(inner, item) for item in value)
    return value


@dataclass(frozen=True)
class Environment(Record):
    """Where a run was computed: code, libraries and machine."""

    commit: str | None  # git commit of the checkout, None outside of git
    diff: str  # uncommitted changes against that commit, "" if there are none
    python: str
    platform: str
    versions: dict[str, str]  # installed distribution -> version
    cpu: str  # the processor's name
    cores: int  # cores that the process may use
    memory_gib: float
    gpu: str | None


@dataclass(frozen=True)
class Dataset(Record):
    """Which images a run saw."""

    name: str
    checksum: str  # sha256 over the arrays
    classes: tuple[str, ...]
    channels: int
    image_size: int
    mean: tuple[float, ...]  # per channel, of pixel / 255 over the training images
    std: tuple[float, ...]
    train_size: int
    validation_size: int
    test_size: int


@dataclass(frozen=True)
class Manifest(Record):
    """Everything that is needed to repeat a run, written before its first step."""

    name: str  # reads: resnet-56 · digits · seed 0
    fingerprint: str  # of what decides the result: config, precision, data, source
    command: tuple[str, ...]  # as it was typed
    overrides: tuple[str, ...]  # what was typed after `train.py`
    choices: dict[str, str]  # config group -> option
    config: dict[str, Any]  # resolved
    axes: dict[str, Any]  # the axes of study, tracked as parameters
    dataset: Dataset
    environment: Environment
    device: str  # cpu, cuda:0, ...
    precision: str  # fp32 or bf16
    threads: int
    seed: int
    created: str  # ISO 8601, UTC


@dataclass(frozen=True)
class RunRecord(Record):
    """What one run found."""

    name: str
    folder: str  # name of the run's folder
    run_id: str | None  # MLflow's id, None where the run was not tracked there
    fingerprint: str
    status: str  # finished, failed, killed or pruned
    command: tuple[str, ...]
    axes: dict[str, Any]
    metrics: dict[str, float]  # test/accuracy, final/train_loss, model/parameters, throughput/images_per_second, ...
    classes: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]  # test images: row = true class, column = predicted class
    per_class_accuracy: tuple[float, ...]
    curves: dict[str, list[list[float]]] = field(default_factory=dict)  # metric -> [[epoch, value], ...]
    best_epoch: int = 0  # with the highest validation accuracy, counted from 1; its weights are best.ckpt
    hardware: str = ""  # processor or GPU, threads and precision
    commit: str | None = None
    started: str = ""  # ISO 8601, UTC
    seconds: float = 0.0  # wall-clock time of training with its validation, over all resumptions
    resumptions: int = 0


@dataclass(frozen=True)
class SweepManifest(Record):
    """What a sweep asks; more values of an axis are the same question."""

    name: str  # reads: model × depth × seed
    identity: str  # 16 hexadecimal digits of all that is asked and held
    axes: tuple[str, ...]  # keys that vary, in the order in which they were typed
    held: tuple[str, ...]  # words with one value, as far as they decide what is found
    search: str  # grid, random or optuna
    started: str  # ISO 8601, UTC
    since: str = ""  # ISO 8601, UTC: runs that are older don't count, as they were to be done anew; "" counts all


@dataclass(frozen=True)
class PlannedTrial(Record):
    """A line of a sweep's ledger: a trial that it once asked for."""

    index: int  # its place in the sweep, from 0
    words: tuple[str, ...]  # what to type after `train.py` for this trial alone
    values: dict[str, Any]  # the sweep's axes -> their values in this trial
    fingerprint: str


@dataclass(frozen=True)
class FaultRecord(Record):
    """One attempt of a trial that did not come to its end."""

    fingerprint: str
    kind: str  # diverged, out of memory, mistake, exception, timeout or lost
    message: str  # one line
    attempt: int  # counted from 1 within the command
    time: str  # ISO 8601, UTC
    treatment: str  # what was done about it: given up, tried again, tried again smaller
    trace: str = ""  # where in the code, as Python tells it


@dataclass(frozen=True)
class TrialRecord(Record):
    """How one trial of a sweep stands."""

    index: int  # its place in the sweep, from 0
    name: str  # reads: resnet-56 · digits · seed 0
    words: tuple[str, ...]  # what to type after `train.py` for this trial alone
    values: dict[str, Any]  # the sweep's axes -> their values in this trial
    fingerprint: str
    state: str  # waiting, running, finished, pruned, cut off or failed
    folder: str | None = None  # name of the run's folder
    run_id: str | None = None  # MLflow's
    metrics: dict[str, float] = field(default_factory=dict)  # of the finished run; of a running one the latest
    seconds: float = 0.0  # of training, over all resumptions
    fault: str | None = None  # what kind of fault ended the last attempt, None if it ended well
    message: str = ""  # the fault in one line
    attempts: int = 0  # how often it was begun and broke, by faults


@dataclass(frozen=True)
class SweepRecord(Record):
    """Many trials that answer one question."""

    name: str  # reads: model × depth × seed
    identity: str  # of the question: axes and what is held; more values of an axis don't change it
    command: tuple[str, ...]  # the latest one, as it was typed
    axes: tuple[str, ...]  # keys that vary, in the order in which they were typed
    held: tuple[str, ...]  # words with one value
    search: str  # grid, random or optuna
    metric: str  # by which trials are compared: val/accuracy, val/loss, ...
    trials: tuple[TrialRecord, ...]
    run_id: str | None = None  # MLflow's parent run
    started: str = ""  # ISO 8601, UTC
    updated: str = ""  # ISO 8601, UTC
