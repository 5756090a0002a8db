"""Trials that break, each in its own way: the others go on, the sweep says what is missing, and the same again repairs.

All of them are trials of one sweep, whose networks break as their axis `mode` says.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from depthlab.records import FaultRecord, TrialRecord
from tests.sweeps.living import Child, Ended, Sandbox, placed

pytestmark = pytest.mark.slow

BROKEN = (
    *("model._target_=networks.Net", "+model.mode=fine,failing,diverging,hungry,deadly,slow", "epochs=15"),
    *("batch_size=32", "trainer.checkpoint_minutes=0.001", "sweep.trial_minutes=0.4"),
)
WORDS = tuple(word for word in BROKEN if not word.startswith("batch_size"))
STEPS = 15 * 6


@dataclass
class Told:
    """What was left by the sweep that broke, and by the same command once everything was healed."""

    place: Sandbox
    first: Ended
    then: dict[str, TrialRecord]
    children: dict[str, Child]
    faults: list[FaultRecord]
    second: Ended
    healed: dict[str, TrialRecord]
    healed_children: dict[str, Child]


def by_mode(place: Sandbox) -> tuple[dict[str, TrialRecord], dict[str, Child]]:
    trials = {str(trial.values["model.mode"]): trial for trial in place.record.trials}
    children = {child.tags["depthlab.trial"]: child for child in place.children.values()}
    return trials, {mode: children[str(trial.index)] for mode, trial in trials.items() if str(trial.index) in children}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Iterator[Told]:
    with placed(tmp_path_factory.mktemp("broken"), empty_store) as place:
        first = place.run(*WORDS)
        then, children = by_mode(place)
        faults = place.sweep.faults
        (place.path / "healed").touch()
        second = place.run_in_turn(*WORDS)
        yield Told(place, first, then, children, faults, second, *by_mode(place))


def faults_of(told: Told, mode: str) -> list[tuple[str, int, str]]:
    of = told.then[mode].fingerprint
    return [(fault.kind, fault.attempt, fault.treatment) for fault in told.faults if fault.fingerprint == of]


def test_what_does_not_break_is_finished(told: Told) -> None:
    assert told.first.code == 3, told.first.said
    assert "not all of this sweep is in the store" not in told.first.err
    assert told.place.sweep.manifest.axes == ("model.mode",)
    assert {mode: trial.state for mode, trial in told.then.items()} == {
        "fine": "finished",
        "failing": "failed",
        "diverging": "diverged",
        "hungry": "finished",
        "deadly": "finished",
        "slow": "failed",
    }


def test_an_exception_is_tried_three_times_and_kept_with_its_traceback(told: Told) -> None:
    expected = [("exception", 1, "tried again"), ("exception", 2, "tried again"), ("exception", 3, "given up")]
    assert faults_of(told, "failing") == expected
    trial = told.then["failing"]
    assert (trial.fault, trial.message, trial.attempts) == (
        "exception",
        "RuntimeError: broken on purpose, in [two] lines",
        3,
    )
    trace = next(fault.trace for fault in told.faults if fault.kind == "exception")
    assert "networks.py" in trace and "in failing" in trace


def test_what_diverges_is_given_up_at_once(told: Told) -> None:
    assert faults_of(told, "diverging") == [("diverged", 1, "given up")]
    assert "nan" in told.then["diverging"].message


def test_what_needs_too_much_memory_is_computed_in_smaller_parts(told: Told) -> None:
    assert faults_of(told, "hungry") == [
        ("out of memory", 1, "tried again smaller"),
        ("out of memory", 2, "tried again smaller"),
    ]
    trial = told.then["hungry"]
    assert (trial.state, trial.fault) == ("finished", None)


def test_a_killed_worker_is_replaced_and_its_trial_goes_on(told: Told) -> None:
    assert faults_of(told, "deadly") == [("lost", 1, "tried again")]
    assert (told.place.path / "died").exists()
    runs = [run for run in told.place.runs if run.manifest.fingerprint == told.then["deadly"].fingerprint]
    assert len(runs) == 1 and runs[0].journal.resumptions == 1
    assert [line.step for line in runs[0].journal.read() if "train/step_loss" in line.values] == [*range(1, STEPS + 1)]


def test_a_time_limit_is_kept(told: Told) -> None:
    assert faults_of(told, "slow") == [("timeout", 1, "given up")]
    assert told.then["slow"].message == "not done after 0.4 minutes, its checkpoint is kept"


def test_the_store_has_each_trial_once_with_no_step_twice(told: Told) -> None:
    assert {mode: child.status for mode, child in told.children.items()} == {
        "fine": "FINISHED",
        "failing": "FAILED",
        "diverging": "FAILED",
        "hungry": "FINISHED",
        "deadly": "FINISHED",
        "slow": "KILLED",
    }
    for mode, child in [*told.children.items(), *told.healed_children.items()]:
        for name, steps in child.points.items():
            assert len(steps) == len(set(steps)), f"{mode}: {name}"
    for mode in ("fine", "hungry", "deadly"):
        assert sorted(told.children[mode].points["train/step_loss"]) == [*range(1, STEPS + 1)]


def test_the_last_lines_say_what_is_missing_why_and_what_to_type(told: Told) -> None:
    lines = told.first.err.splitlines()
    begin = lines.index("2 of 6 trials are missing: 2 failed")
    missing, last = lines[begin + 1 : -1], lines[-1]
    assert len(missing) == 2
    assert "(exception: RuntimeError: broken on purpose, in [two] lines)" in missing[0]
    assert "+model.mode=failing" in missing[0] and "train.py" in missing[0]
    assert "(timeout: " in missing[1]
    assert lines[begin - 2].startswith("1 of 6 trials diverged: a result, ")
    assert "the loss is nan" in lines[begin - 1] and "+model.mode=diverging" in lines[begin - 1]
    assert last.startswith("the same command goes on with them: ") and "+model.mode=fine,failing" in last
    assert "Traceback" not in told.first.err and "ray" not in told.first.err.lower()


def test_the_same_command_repairs_what_is_missing_and_nothing_else(told: Told) -> None:
    assert told.second.code == 0, told.second.said
    assert {trial.state for mode, trial in told.healed.items() if mode != "diverging"} == {"finished"}
    for mode in ("fine", "hungry", "deadly"):
        assert told.healed[mode] == replace(told.then[mode], attempts=0)
        assert told.healed_children[mode] == told.children[mode]
    for mode in ("failing", "slow"):
        trial = told.healed[mode]
        assert (trial.fault, trial.message) == (None, "")
        assert told.healed_children[mode].run_id == told.children[mode].run_id, "it goes on in the run that it had"
        assert told.healed_children[mode].status == "FINISHED"
        assert sorted(told.healed_children[mode].points["train/step_loss"]) == [*range(1, STEPS + 1)]


def test_the_same_command_does_not_train_again_what_diverged(told: Told) -> None:
    then, now = told.then["diverging"], told.healed["diverging"]
    assert (now.state, now.fault, now.folder) == ("diverged", "diverged", then.folder)
    assert "1 of 6 trials diverged" in told.second.err and "missing" not in told.second.err
    assert [run.manifest.fingerprint for run in told.place.runs].count(now.fingerprint) == 1
    assert told.healed_children["diverging"].points == told.children["diverging"].points


def test_no_process_is_left(told: Told) -> None:
    told.place.wait_until_gone()
