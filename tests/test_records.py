"""Records turn into JSON and back without loss, and an older lab reads what a newer one wrote."""

import json
import math
import re
from dataclasses import FrozenInstanceError, dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from depthlab.records import Dataset, Environment, Manifest, Record, RunRecord, RunStatus, TrialRecord, TrialState
from depthlab.records.compact_json import compact_json

DATASET = Dataset(
    name="digits",
    checksum="ab" * 32,
    classes=("null", "één", "2"),
    channels=1,
    image_size=8,
    mean=(0.5,),
    std=(0.25,),
    train_size=10,
    validation_size=2,
    test_size=3,
)
ENVIRONMENT = Environment(
    commit=None,
    diff="- a\n+ b\n",
    python="3.11.9",
    platform="Linux",
    versions={"torch": "2.13.0"},
    cpu="a processor",
    cores=2,
    memory_gib=7.5,
    gpu=None,
)
MANIFEST = Manifest(
    name="resnet-56 · digits · seed 0",
    fingerprint="1a2b3c4d5e6f7788",
    command=("train.py", "depth=56"),
    overrides=("depth=56",),
    choices={"model": "resnet"},
    config={"depth": [3, 3, 3], "trainer": {"threads": None}},
    axes={"depth": 56, "weight_decay": 5e-4},
    dataset=DATASET,
    environment=ENVIRONMENT,
    device="cpu",
    precision="fp32",
    threads=2,
    seed=0,
    created="2026-11-23T03:15:02+00:00",
)
RUN = RunRecord(
    name="resnet-56 · digits · seed 0",
    folder="a-folder",
    run_id=None,
    fingerprint="1a2b3c4d5e6f7788",
    status="finished",
    command=("train.py",),
    axes={"depth": 56},
    metrics={"test/accuracy": 1 / 3, "test/loss": 1e-300},
    classes=DATASET.classes,
    confusion=((1, 2, 0), (0, 0, 0), (3, 0, 4)),
    per_class_accuracy=(1 / 3, math.inf, 4 / 7),
    curves={"val/loss": [[1, 0.1], [2, -math.inf]]},
    best_epoch=2,
)


@dataclass(frozen=True)
class Outer(Record):
    """Records within records, in the forms that they can take."""

    one: Dataset | None
    several: tuple[Dataset, ...]
    rows: tuple[tuple[float, ...], ...]
    anything: dict[str, Any]


@pytest.mark.parametrize("record", [DATASET, ENVIRONMENT, MANIFEST, RUN])
def test_a_record_comes_back_equal(record: Record) -> None:
    assert type(record).from_json(record.to_json()) == record


@pytest.mark.parametrize("one", [None, DATASET])
def test_records_within_records_come_back_as_records(one: Dataset | None) -> None:
    outer = Outer(one, (DATASET, DATASET), ((1.5,), (), (2.0, 3.0)), {"a": [1, None]})
    back = Outer.from_json(outer.to_json())
    assert back == outer
    assert all(isinstance(item, Dataset) for item in back.several)


def test_nan_comes_back_as_nan() -> None:
    record = replace(RUN, metrics={"test/loss": math.nan}, per_class_accuracy=(math.nan, 1.0))
    back = RunRecord.from_json(record.to_json())
    assert math.isnan(back.metrics["test/loss"])
    assert math.isnan(back.per_class_accuracy[0])
    assert back.per_class_accuracy[1] == 1


def test_floats_keep_every_bit() -> None:
    assert RunRecord.from_json(RUN.to_json()).metrics["test/accuracy"].hex() == (1 / 3).hex()


def test_a_state_is_plain_text_in_json_and_one_of_a_closed_vocabulary() -> None:
    trial = TrialRecord(0, "a", (), {}, "f" * 16, TrialState.CUT_OFF)
    assert '"state": "cut off"' in trial.to_json()
    assert TrialRecord.from_json(trial.to_json()).state is TrialState.CUT_OFF
    with pytest.raises(ValueError, match="lost"):
        TrialRecord.from_dict(trial.to_dict() | {"state": "lost"})


def test_a_dead_run_that_still_counts_as_running_was_cut_off() -> None:
    states = {status: status.state for status in RunStatus}
    assert states.pop(RunStatus.RUNNING) is states.pop(RunStatus.KILLED) is TrialState.CUT_OFF
    assert all(status.value == state.value for status, state in states.items())


def test_unknown_keys_of_a_newer_lab_are_left_out_and_missing_ones_take_their_default() -> None:
    values = json.loads(RUN.to_json()) | {"invented_later": {"x": 1}}
    del values["curves"], values["best_epoch"]
    assert RunRecord.from_dict(values) == replace(RUN, curves={}, best_epoch=0)


def test_a_key_without_a_default_must_be_there() -> None:
    values = json.loads(RUN.to_json())
    del values["metrics"]
    with pytest.raises(TypeError, match="metrics"):
        RunRecord.from_dict(values)


def test_json_reads_well_and_is_the_same_each_time(tmp_path: Path) -> None:
    text = MANIFEST.to_json()
    assert text == replace(MANIFEST, choices=dict(MANIFEST.choices)).to_json()
    assert "resnet-56 · digits · seed 0" in text  # not as \u00b7
    assert text.endswith("}\n")
    assert list(json.loads(text)) == sorted(json.loads(text))
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    assert Manifest.read(tmp_path / "manifest.json") == MANIFEST


def test_a_record_can_not_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        RUN.status = "failed"  # type: ignore[misc]


def test_records_of_a_default_do_not_share_it() -> None:
    values = json.loads(RUN.to_json())
    del values["curves"]
    one, other = RunRecord.from_dict(values), RunRecord.from_dict(values)
    assert one.curves is not other.curves


@dataclass(frozen=True)
class Held(Record):
    by_name: dict[str, tuple[Dataset, ...]]
    plain: dict[str, Any]


def test_records_in_a_dictionary_come_back_as_records() -> None:
    whole = Held(by_name={"a": (DATASET, DATASET)}, plain={"b": [1, None]})
    assert Held.from_json(whole.to_json()) == whole


@dataclass(frozen=True)
class Renamed(Record):
    RENAMED = {"elements": "sites"}  # noqa: RUF012 (as every record declares it)

    sites: tuple[int, ...]


@dataclass(frozen=True)
class Holder(Record):
    inner: Renamed | None
    listed: tuple[Renamed, ...] = ()


def test_a_field_that_was_renamed_is_read_by_its_earlier_name():
    assert Renamed.from_json('{"elements": [1, 2]}') == Renamed.from_json('{"sites": [1, 2]}') == Renamed((1, 2))
    holder = Holder.from_dict({"inner": {"elements": [3]}, "listed": [{"elements": [4]}, {"sites": [5]}]})
    assert holder == Holder(Renamed((3,)), (Renamed((4,)), Renamed((5,))))
    assert json.loads(holder.to_json()) == {"inner": {"sites": [3]}, "listed": [{"sites": [4]}, {"sites": [5]}]}


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        "één",
        math.inf,
        list(range(200)),
        [[epoch, epoch / 7] for epoch in range(100)],
        [{"layer": f"layer{n}", "value": 1 / (n + 1), "of": "x" * 60} for n in range(5)],
        {"b": [None, True, "a, b"], "a": {"deep": {"deeper": ["long " * 30, "short"]}}, "c": ()},
    ],
)
def test_compact_json_is_the_same_json_on_fewer_lines(value: Any):
    text = compact_json(value)
    assert json.loads(text) == json.loads(json.dumps(value))
    indented = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)
    assert text.count("\n") <= indented.count("\n")
    assert [name for name in re.findall(r'"(\w+)":', text)] == re.findall(r'"(\w+)":', indented), "keys are sorted"
    assert all(len(line) < 120 for line in text.splitlines() if "long" not in line)


def test_numbers_share_lines_and_what_is_long_is_indented():
    text = compact_json({"numbers": list(range(100)), "runs": [{"name": "a" * 50, "seed": 0, "more": "b" * 50}]})
    assert len(text.splitlines()) == 15
    assert '      "seed": 0' in text.splitlines()
