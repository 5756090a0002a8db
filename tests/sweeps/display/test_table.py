"""The tables of a sweep say what its record says, the same way whenever and however it came about."""

import csv
import io
import random
import statistics
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from depthlab.records import SweepRecord
from depthlab.sweeps.display.table import result_table, seed_table, show_results, write_csv
from depthlab.sweeps.state.sweep_state import SweepState
from tests.sweeps.made import finish, record, sweep_state, trial


def finished() -> SweepRecord:
    trials = sweep_state(6)
    for index, test in enumerate((0.94, 0.95, 0.97, 0.9)):
        finish(trials, index, val=test + 0.01, test=test)
    trials.change(4, state="failed", fault="diverged", message="no")
    trials.change(5, state="pruned", metrics={"val/accuracy": 0.5})
    return record(trials)


def rows(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))


def shown(table: object, width: int = 200) -> list[list[str]]:
    console = Console(file=io.StringIO(), width=width, record=True)
    console.print(table)
    return [line.split() for line in console.export_text().splitlines()]


def test_the_file_has_a_row_for_each_trial(tmp_path: Path) -> None:
    write_csv(finished(), tmp_path / "table.csv")
    head, *trials = rows(tmp_path / "table.csv")
    errors = ["validation error %", "test error %", "training error %"]
    assert head == ["model", "depth", "seed", "state", *errors, "parameters"]
    assert trials[0] == ["resnet", "20", "0", "finished", "5.00", "6.00", "0.00", "272474"]
    assert trials[4:] == [
        ["resnet", "26", "1", "failed", "", "", "", ""],
        ["resnet", "26", "2", "pruned", "50.00", "", "", ""],
    ]


def test_the_file_depends_on_no_time_and_no_order(tmp_path: Path) -> None:
    first = finished()
    shuffled = list(first.trials)
    random.Random(0).shuffle(shuffled)
    other = [replace(one, seconds=99.0, run_id="x", folder="y", attempts=2, message="z") for one in shuffled]
    write_csv(first, tmp_path / "a.csv")
    write_csv(replace(first, trials=tuple(other), updated="2027", started="2026", run_id="p"), tmp_path / "b.csv")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_values_are_written_exactly(tmp_path: Path) -> None:
    value = {"weight_decay": 0.000123456789, "depth": [3, 3, 3], "dropout": None, "model.flag": True, "data": "a,b"}
    trials = SweepState("val/accuracy", [trial(0, **value)])
    axes = (*value, "width")
    write_csv(record(trials, axes), tmp_path / "table.csv")
    assert rows(tmp_path / "table.csv")[1][:6] == ["0.000123456789", "[3,3,3]", "null", "true", "a,b", ""]
    assert shown(result_table(record(trials, axes)))[2][:5] == ["0.0001235", "[3,3,3]", "null", "true", "a,b"]


def test_the_table_shows_the_same() -> None:
    title, head, first, *_, last = shown(result_table(finished()))
    assert title == ["model", "×", "depth", "×", "seed"]
    assert head[:4] == ["model", "depth", "seed", "state"]
    assert first == ["resnet", "20", "0", "finished", "5.00", "6.00", "0.00", "272,474"]
    assert last == ["resnet", "26", "2", "pruned", "50.00"]


def test_means_over_seeds_are_of_finished_trials() -> None:
    table = seed_table(finished())
    assert table is not None
    _, head, three, one = shown(table)
    assert head[:3] == ["model", "depth", "n"]
    mean, spread = statistics.fmean([6, 5, 3]), statistics.stdev([6, 5, 3])
    assert three[:3] == ["resnet", "20", "3"]
    assert three[6:9] == [f"{mean:.2f}", "±", f"{spread:.2f}"]
    assert one == ["resnet", "26", "1", "9.00", "10.00", "0.00"]


def test_values_that_only_look_the_same_are_not_pooled() -> None:
    close = [trial(index, weight_decay=1e-4 + index * 1e-9, seed=index) for index in range(2)]
    trials = SweepState("val/accuracy", close)
    for index in range(2):
        finish(trials, index)
    table = seed_table(record(trials, ("weight_decay", "seed")))
    assert table is not None
    assert len(table.rows) == 2


def test_without_seeds_there_are_no_means() -> None:
    assert seed_table(record(sweep_state(2), ("depth",))) is None


def test_in_a_pipe_the_tables_are_whole(capsys: pytest.CaptureFixture[str]) -> None:
    long = "depthlab.models." + "a" * 200
    trials = SweepState("val/accuracy", [trial(0, **{"model._target_": long})])
    finish(trials, 0)
    show_results(record(trials, ("model._target_", "depth", "seed")))
    out = capsys.readouterr().out
    assert out.count(long) == 2
    assert "validation error %" in out
    assert "mean over seeds" in out
    assert "\x1b" not in out
