"""The table has every trial once, the best first."""

import json

from depthlab.report import best_trials, trial_table
from tests.report.sweeps import broken_search, make_sweep, make_trial


def test_the_best_finished_trials_come_first() -> None:
    accuracies = (0.5, 0.9, None, 0.7)
    record = make_sweep(*(make_trial(i, {"depth": 20 + i}, accuracy) for i, accuracy in enumerate(accuracies)))
    table = best_trials(record, most=2)
    assert [row[0] for row in table.rows] == [1, 3]
    assert table.rows[0][table.columns.index("validation error (%)")] == 10.0
    by_loss = best_trials(make_sweep(*record.trials, metric="val/loss"))
    assert [row[0] for row in by_loss.rows] == [1, 3, 0]


def test_every_trial_is_in_the_table_once() -> None:
    table = trial_table(broken_search(200))
    assert sorted(row[0] for row in table.rows) == list(range(200))
    states = [row[table.columns.index("state")] for row in table.rows]
    assert states == sorted(states, key=["finished", "pruned", "running", "cut off", "waiting", "failed"].index)


def test_the_json_is_one_that_mlflow_shows() -> None:
    table = trial_table(broken_search(20))
    parsed = json.loads(table.to_split_json())
    assert parsed["columns"] == list(table.columns)
    assert [len(row) for row in parsed["data"]] == [len(table.columns)] * 20
    assert "NaN" not in table.to_split_json(), "it would be no JSON"


def test_markdown_has_a_line_a_trial_and_survives_bars() -> None:
    record = make_sweep(make_trial(0, {"depth": "a|b"}, 0.9), make_trial(1, {"depth": [3, 3, 3]}, 0.8))
    lines = best_trials(record).to_markdown().splitlines()
    assert len(lines) == 4
    assert r"a\|b" in lines[2]
    assert "[3,3,3]" in lines[3]


def test_a_sweep_without_trials_has_a_table_without_rows() -> None:
    assert trial_table(make_sweep()).rows == best_trials(make_sweep()).rows == ()
