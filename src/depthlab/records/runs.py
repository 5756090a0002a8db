"""What one run leaves: how it was made, and what it found."""

from dataclasses import dataclass, field
from typing import Any

from depthlab.records.base import Record
from depthlab.records.states import RunStatus


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
    test_source: str = ""  # the part of the set that stands in for its test images, "" where it has its own

    @property
    def test_note(self) -> str:
        """What to say of test images that the set doesn't call so; "" where it does."""
        return test_note(self.name, self.test_source)


def test_note(name: str, source: str) -> str:
    """Return what to say of a set whose test images are from `source`; "" if that is its own test part."""
    if source == "train":
        return f"{name} has no test images of its own: a fixed fifth of its training images is the test set"
    return f"{name} has no part called test: its part {source} is the test set" if source else ""


@dataclass(frozen=True)
class Manifest(Record):
    """Everything that is needed to repeat a run, written before its first step."""

    name: str  # reads: resnet-56 · digits · seed 0
    fingerprint: str  # of what decides the result: config, precision, data, arithmetic
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
    source: str = ""  # sha256 of the code that computes, "" where it was not noted
    arithmetic: int = 0  # number of what it computes; 0 in versions that had none
    settings: dict[str, Any] = field(
        default_factory=dict
    )  # dotted key -> all that decides the result, and what was typed
    stands_for: str = ""  # fingerprint of what was asked, where memory ran out and batches were computed in more parts

    @property
    def asked(self) -> str:
        """The fingerprint of the run that was asked for, by which this one is found."""
        return self.stands_for or self.fingerprint


@dataclass(frozen=True)
class RunRecord(Record):
    """What one run found."""

    name: str
    folder: str  # name of the run's folder
    run_id: str | None  # MLflow's id, None where the run was not tracked there
    fingerprint: str
    status: RunStatus
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
    test_note: str = ""  # what to say of test images that the set doesn't call so
