"""The dispatcher, driven by workers that do anything: every trial ends exactly once, whatever happens."""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, get_args

import pytest

from depthlab.records import DONE, ENDED, FaultRecord
from depthlab.run.faults import Kind
from depthlab.sweeps import dispatcher as module
from depthlab.sweeps.dispatcher import Dispatcher, Limits
from depthlab.sweeps.plan.trial import Entry, Trial
from depthlab.sweeps.state.sweep_state import SweepState
from depthlab.sweeps.workers.task import Task, TrialReport
from tests.sweeps.made import sweep_state, trial

BATCH_SIZE = 16


def task(of: Trial, attempt: int = 1, microbatches: int = 1, *, replay: bool = False) -> Task:
    return Task(
        of.index,
        attempt,
        of.fingerprint,
        {"batch_size": BATCH_SIZE},
        {},
        of.overrides,
        {},
        "val/accuracy",
        replay=replay,
        microbatches=microbatches,
    )


class Clock:
    """Time that passes when it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(module.time, "time", lambda: self.now)


class Endless:
    """A source of a number of trials, some of which it has only once others have ended."""

    def __init__(self, number: int, first: int = 0) -> None:
        self.left = [trial(first + index) for index in range(number)]
        self.told: list[tuple[int, str]] = []
        self.pauses = False

    def ask(self) -> Trial | None:
        return self.left.pop(0) if self.left else None

    @property
    def exhausted(self) -> bool:
        return not self.left

    def tell(self, trial: Trial, state: str, metrics: Mapping[str, float]) -> None:
        self.told.append((trial.index, state))


class House:
    """A dispatcher with all that its driver hears."""

    def __init__(self, trials: SweepState, source: Endless | None = None, **changed: Any) -> None:
        self.sweep_state, self.source = trials, source
        self.faults: list[FaultRecord] = []
        self.changes: list[tuple[int, str]] = []
        self.lines: list[str] = []
        waiting = changed.pop("waiting", [task(entry.trial) for entry in trials.missing])
        orders = [partial(replace, made) for made in waiting]
        self.dispatcher = Dispatcher(trials, orders, self, Limits(**{"attempts": 3} | changed), source)

    def make_task(self, trial: Trial, attempt: int, microbatches: int) -> Task:
        return task(trial, attempt, microbatches)

    def note_fault(self, fault: FaultRecord) -> None:
        self.faults.append(fault)

    def notify(self, line: str) -> None:
        self.lines.append(line)

    def changed(self, entry: Entry) -> None:
        self.changes.append((entry.trial.index, entry.state))

    def take(self, attempt_id: str) -> Task:
        found = self.dispatcher.next_task(attempt_id)
        assert found is not None
        self.dispatcher.started(attempt_id)
        return found

    def end(self, attempt_id: str, state: str, error: str | None = None, **report: Any) -> None:
        self.dispatcher.reported(attempt_id, TrialReport(state, **report))
        self.dispatcher.ended(attempt_id, error)

    def state(self, index: int) -> str:
        return self.sweep_state.entries[index].state


def test_trials_are_handed_out_in_order_each_once_and_then_no_more() -> None:
    house = House(sweep_state(3))
    assert [house.take(attempt_id).index for attempt_id in "abc"] == [0, 1, 2]
    assert house.dispatcher.next_task("d") is None
    assert not house.dispatcher.over, "three are running"
    for attempt_id in "abc":
        house.end(
            attempt_id, "finished", metrics={"val/accuracy": 0.5}, folder=attempt_id, run_id=attempt_id * 2, seconds=3.0
        )
    assert house.dispatcher.over and house.dispatcher.next_task("e") is None
    entries = house.sweep_state.in_state("finished")
    assert [(entry.folder, entry.run_id, entry.seconds) for entry in entries] == [
        (attempt_id, attempt_id * 2, 3.0) for attempt_id in "abc"
    ]


def test_no_more_than_as_many_as_asked_run_at_once() -> None:
    house = House(sweep_state(3), concurrent=1)
    house.take("a")
    assert house.dispatcher.next_task("b") is None and not house.dispatcher.over
    house.end("a", "finished")
    assert house.take("b").index == 1


@pytest.mark.parametrize("kind", ["exception", "lost"])
def test_what_broke_is_tried_again_after_the_others_until_it_is_given_up(kind: str) -> None:
    house = House(sweep_state(2), attempts=3)
    attempts = []
    for number in range(5):
        found = house.take(str(number))
        if found.index == 1:
            house.end(str(number), "finished")
            continue
        attempts.append(found.attempt)
        house.end(str(number), "failed", fault=kind, message=f"message {found.attempt}", error="it died")
        if house.dispatcher.over:
            break
    assert attempts == [1, 2, 3]
    assert [fault.treatment for fault in house.faults] == ["tried again", "tried again", "given up"]
    entry = house.sweep_state.entries[0]
    assert (entry.state, entry.fault, entry.message, entry.attempts) == ("failed", kind, "message 3", 3)
    assert house.state(1) == "finished"


def test_a_trial_that_got_over_its_fault_does_not_show_it() -> None:
    house = House(sweep_state(1))
    house.take("a")
    house.end("a", "failed", fault="exception", message="no")
    assert (house.state(0), house.sweep_state.entries[0].fault) == ("waiting", "exception")
    house.take("b")
    house.end("b", "finished", metrics={"val/accuracy": 1.0})
    entry = house.sweep_state.entries[0]
    assert (entry.state, entry.fault, entry.message, entry.attempts) == ("finished", None, "", 1)


@pytest.mark.parametrize("kind", ["diverged", "mistake", "timeout"])
def test_what_would_break_again_is_given_up_at_once(kind: str) -> None:
    house = House(sweep_state(1))
    house.take("a")
    house.end("a", "failed", fault=kind, message="no")
    assert house.dispatcher.over and house.state(0) == ("diverged" if kind == "diverged" else "failed")


def test_after_out_of_memory_a_batch_is_computed_in_twice_as_many_parts() -> None:
    house = House(sweep_state(1), attempts=9)
    parts = []
    while not house.dispatcher.over:
        parts.append(house.take("a").microbatches)
        house.end("a", "failed", fault="out of memory", message="no memory", error="Spoiled")
    assert parts == [1, 2, 4, 8, 16], "a part has one image then"
    assert house.state(0) == "failed"


def test_a_death_without_a_word_is_a_lost_trial() -> None:
    house = House(sweep_state(1), attempts=2)
    house.take("a")
    house.dispatcher.ended("a", "the actor died")
    assert (house.faults[0].kind, house.faults[0].message, house.faults[0].treatment) == (
        "lost",
        "the actor died",
        "tried again",
    )
    assert house.take("b").attempt == 2


def test_a_death_long_after_the_time_limit_is_a_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    house = House(sweep_state(1), seconds=60.0)
    house.take("a")
    clock.now += 121
    house.dispatcher.ended("a", "the actor died")
    assert (house.faults[0].kind, house.state(0)) == ("timeout", "failed")


def test_a_death_after_the_last_word_changes_nothing() -> None:
    house = House(sweep_state(1))
    house.take("a")
    house.end("a", "finished", error="the actor died", metrics={"val/accuracy": 0.7})
    assert house.state(0) == "finished" and house.faults == []


def test_what_a_scheduler_stops_is_pruned_with_its_latest_metrics() -> None:
    house = House(sweep_state(1))
    house.take("a")
    house.dispatcher.reported("a", TrialReport(epoch=1, step=5, steps=50, metrics={"val/accuracy": 0.4}))
    house.dispatcher.reported("a", TrialReport(epoch=1, step=9, steps=50))
    house.dispatcher.ended("a")
    entry = house.sweep_state.entries[0]
    assert (entry.state, entry.metrics, entry.step) == ("pruned", {"val/accuracy": 0.4}, 9)


def test_a_replay_changes_nothing() -> None:
    trials = sweep_state(2)
    trials.change(0, state="finished", metrics={"val/accuracy": 0.9})
    waiting = [task(trials.entries[0].trial, replay=True), task(trials.entries[1].trial)]
    house = House(trials, waiting=waiting, concurrent=1)
    assert house.take("a").replay
    house.dispatcher.reported("a", TrialReport(epoch=1, metrics={"val/accuracy": 0.1}))
    house.dispatcher.ended("a", "even if it dies")
    assert trials.entries[0].state == "finished" and trials.entries[0].metrics == {"val/accuracy": 0.9}
    assert house.changes == [] and house.faults == []
    assert house.take("b").index == 1


def test_when_the_budget_is_over_nothing_more_is_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    source = Endless(3, first=2)
    house = House(sweep_state(2), source, until=1060.0)
    house.take("a")
    clock.now = 1060.0
    assert house.dispatcher.next_task("b") is None and not house.dispatcher.over
    house.end("a", "cut off")
    assert house.dispatcher.over
    assert (house.state(0), house.state(1), len(source.left)) == ("cut off", "waiting", 3)


def test_what_breaks_after_the_budget_is_not_tried_again_but_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    house = House(sweep_state(1), until=1060.0)
    house.take("a")
    clock.now = 1061.0
    house.end("a", "failed", fault="lost", message="killed")
    assert house.dispatcher.over and house.dispatcher.next_task("b") is None
    assert house.state(0) not in ("running", *DONE)


def test_planned_trials_come_before_those_of_a_source_which_hears_of_all() -> None:
    source = Endless(1, first=7)
    house = House(sweep_state(1), source)
    assert [house.take("a").index, house.take("b").index] == [0, 7]
    house.end("b", "finished")
    house.end("a", "failed", fault="diverged", message="nan")
    assert source.told == [(7, "finished"), (0, "diverged")]
    assert house.dispatcher.over


def test_lines_of_workers_are_told_with_the_trials_name() -> None:
    house = House(sweep_state(1))
    name = house.sweep_state.entries[0].trial.name
    house.take("a")
    house.end("a", "finished", lines=("continuing x", "server away"))
    assert house.lines == [f"{name}: continuing x", f"{name}: server away"]


def test_late_words_of_a_task_that_ended_are_not_heard() -> None:
    house = House(sweep_state(1))
    house.take("a")
    house.end("a", "finished", metrics={"val/accuracy": 0.7})
    house.dispatcher.reported("a", TrialReport(step=3, steps=9, metrics={"val/accuracy": 0.1}))
    house.dispatcher.reported("never given", TrialReport("finished"))
    assert house.sweep_state.entries[0].metrics == {"val/accuracy": 0.7}


@pytest.mark.parametrize("seed", range(150))
def test_whatever_workers_do_every_trial_ends_exactly_once(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(seed)
    clock = Clock(monkeypatch)
    planned, asked = chance.randint(0, 6), chance.randint(0, 6)
    attempts, places = chance.randint(1, 4), chance.randint(1, 4)
    until = 1000.0 + chance.randint(5, 60) if chance.random() < 0.3 else None
    source = Endless(asked, first=planned) if asked else None
    house = House(sweep_state(planned), source, attempts=attempts, concurrent=places, until=until, seconds=30.0)
    running: dict[str, Task] = {}
    begun: Counter[int] = Counter()
    for number in range(2000):
        clock.now += chance.random()
        act = chance.random()
        if act < 0.5:
            over = house.dispatcher.over
            found = house.dispatcher.next_task(f"t{number}")
            assert not (over and found)
            if found is not None:
                assert found.index not in [other.index for other in running.values()], "computed twice at once"
                assert house.state(found.index) == "waiting" and len(running) < places
                running[f"t{number}"] = found
                begun[found.index] += 1
                assert begun[found.index] <= attempts
                if chance.random() < 0.95:  # else it dies before it begins
                    house.dispatcher.started(f"t{number}")
        elif running:
            misbehave(house, chance, running)
        if house.dispatcher.over:
            break
    assert house.dispatcher.over and not running
    out_of_time = until is not None and clock.now >= until
    states = Counter(entry.state for entry in house.sweep_state.entries.values())
    if not out_of_time:
        assert set(states) <= set(ENDED)
        assert len(house.sweep_state.entries) == planned + asked
    ends = Counter(index for index, state in house.changes if state in ENDED)
    assert all(count == 1 for count in ends.values()), "one end each"
    assert set(ends) == {index for index, entry in house.sweep_state.entries.items() if entry.state in ENDED}
    if source is not None:
        assert Counter(index for index, _ in source.told) == ends, "a search hears of each end once"
    given_up = [fault.fingerprint for fault in house.faults if fault.treatment == "given up"]
    assert len(given_up) == len(set(given_up)) == states["failed"] + states["diverged"]


def misbehave(house: House, chance: random.Random, running: dict[str, Task]) -> None:
    attempt_id = chance.choice(list(running))
    if chance.random() < 0.5:
        report = TrialReport(
            epoch=1, step=chance.randint(0, 9), steps=chance.choice((0, 9)), metrics={"val/accuracy": 0.3}
        )
        house.dispatcher.reported(attempt_id, report)
        return
    del running[attempt_id]
    how = chance.choice(("finished", "failed", "cut off", "dies", "dies late", "pruned"))
    error = "it died" if chance.random() < 0.3 else None
    if how in ("finished", "cut off"):
        house.end(attempt_id, how, error, metrics={"val/accuracy": 0.5})
    elif how == "failed":
        house.end(attempt_id, how, error, fault=chance.choice(get_args(Kind)), message="no")
    else:
        house.dispatcher.ended(attempt_id, None if how == "pruned" else "it died")
