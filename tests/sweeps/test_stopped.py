"""A sweep that is stopped, by Ctrl-C, SIGTERM or its budget of time, keeps what it has; the same command goes on."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.commands import Command
from tests.sweeps.living import Sandbox, placed, wait_for_steps

pytestmark = pytest.mark.slow

SLOW = (
    "model._target_=networks.Net",
    "+model.mode=fine,slow",
    "seed=0,1",
    "epochs=5",
    "trainer.checkpoint_minutes=0.001",
)
STEPS = 5 * 6


@pytest.fixture
def place(tmp_path: Path, empty_store: Path) -> Iterator[Sandbox]:
    with placed(tmp_path / "place", empty_store, cores=2) as made:
        yield made


def check_going_on(place: Sandbox) -> None:
    """See that the same command ends the sweep, with every trial once, and nothing that was done lost."""
    finished = {run.name for run in place.runs if run.status == "finished"}
    others = {run.name for run in place.runs} - finished
    (place.path / "healed").touch()
    ended = place.run_in_turn(*SLOW)
    assert ended.code == 0, ended.said
    assert place.states == 4 * ["finished"]
    assert len(place.runs) == 4 and others <= {run.name for run in place.runs}
    children = place.children
    assert len(children) == 4
    for child in children.values():
        assert child.status == "FINISHED" and sorted(child.points["train/step_loss"]) == [*range(1, STEPS + 1)]
    for run in place.runs:
        assert run.journal.resumptions == (1 if run.name in others else 0)


def to_driver(process: Command) -> int:
    process.send_signal(signal.SIGTERM)
    return 143


def as_at_a_terminal(process: Command) -> int:
    os.killpg(process.pid, signal.SIGINT)  # Ctrl-C reaches every process in the foreground
    return 130


@pytest.mark.parametrize("stop", [to_driver, as_at_a_terminal])
def test_a_signal_cuts_trials_off_in_good_order(place: Sandbox, stop: Callable[[Command], int]) -> None:
    process = place.start(*SLOW)
    wait_for_steps(place, 40, process)
    if stop is to_driver:
        second = place.run(*SLOW)
        assert second.code == 2 and second.err.startswith("error: this sweep is running already"), second.said
    code = stop(process)
    out, err = process.communicate(timeout=60)
    assert process.returncode == code, f"{out}\n{err}"
    assert "Traceback" not in err and "\n\n" not in err
    place.wait_until_gone()
    assert set(place.states) <= {"finished", "cut off", "waiting"} and "cut off" in place.states
    statuses = {run.name: run.status for run in place.runs}
    assert "running" not in statuses.values() and "killed" in statuses.values()
    stored = {child.run_id: child.status for child in place.children.values()}
    assert set(stored.values()) <= {"FINISHED", "KILLED"} and "KILLED" in stored.values()
    check_going_on(place)


def test_a_budget_of_time_is_kept_and_the_rest_is_named(place: Sandbox) -> None:
    ended = place.run(*SLOW, "sweep.minutes=0.4")
    assert ended.code == 3, ended.said
    assert ended.seconds < 24 + 60
    lines = ended.err.splitlines()
    assert any("trials are missing: " in line and "cut off" in line for line in lines)
    assert "sweep.minutes=0.4" in lines[-1]
    assert "cut off" in place.states and "failed" not in place.states
    assert place.sweep.faults == []
    assert "RUNNING" not in {child.status for child in place.children.values()}
    check_going_on(place)
