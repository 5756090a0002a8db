"""The last lines of a sweep, and its exit code."""

import sys
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pytest

from depthlab.records import SweepRecord
from depthlab.sweeps.display.outcome import check_complete, show_outcome
from tests.sweeps.made import finish, record, sweep_state


def tell_outcome(record: SweepRecord, folder: Path, *, asked: Collection[int]) -> None:
    show_outcome(record, folder)
    check_complete(record, asked=asked)


def sweep(*ended: int, number: int = 3) -> SweepRecord:
    trials = sweep_state(number)
    for index in ended:
        finish(trials, index)
    return record(trials)


def test_a_whole_sweep_says_where_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    tell_outcome(replace(sweep(0, 1, 2), run_id="abc123"), Path("/a/sweeps/x-01234567"), asked=range(3))
    out, err = capsys.readouterr()
    assert "recorded in /a/sweeps/x-01234567" in out and "run abc123" in out
    assert err == ""


def test_what_is_missing_is_said_with_its_reason_and_the_words_to_have_it(capsys: pytest.CaptureFixture[str]) -> None:
    trials = sweep_state(4)
    finish(trials, 0)
    trials.change(1, state="failed", fault="diverged", message="the loss is [nan]", attempts=1)
    trials.change(2, state="cut off")
    command = ("python", "train.py", "-m", "model=glob(*)", "depth=20,26")
    with pytest.raises(SystemExit) as ended:
        tell_outcome(replace(record(trials), command=command), Path("/a"), asked=range(4))
    assert ended.value.code == 3
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "3 of 4 trials are missing: 1 cut off, 1 failed, 1 waiting"
    assert "failed (diverged: the loss is [nan]): " in lines[1]
    assert lines[1].endswith("python train.py model=resnet depth=20 seed=1")
    assert "cut off: " in lines[2] and lines[2].endswith("python train.py model=resnet depth=20 seed=2")
    assert lines[-1].startswith("the same command goes on with them: ")
    assert lines[-1].endswith("python train.py -m 'model=glob(*)' depth=20,26")
    assert len(lines) == 5


def test_what_diverged_is_a_result_that_the_same_command_does_not_promise_to_repair(
    capsys: pytest.CaptureFixture[str],
) -> None:
    trials = sweep_state(2)
    finish(trials, 0)
    trials.change(1, state="diverged", fault="diverged", message="the loss is nan at step 3", attempts=1)
    tell_outcome(record(trials), Path("/a"), asked=range(2))  # ends without an exit code of its own
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("1 of 2 trials diverged: a result, ") and "fresh=true" in first
    assert "(the loss is nan at step 3): " in second and second.endswith("seed=1")


def test_what_goes_on_with_a_fresh_sweep_is_not_fresh_again(capsys: pytest.CaptureFixture[str]) -> None:
    unfinished = replace(sweep(0), command=("python", "train.py", "-m", "fresh=true", "depth=20,26", "seed=0,1,2"))
    with pytest.raises(SystemExit):
        tell_outcome(unfinished, Path("/a"), asked=range(3))
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.endswith("python train.py -m depth=20,26 seed=0,1,2"), "fresh=true would begin anew"


def test_lines_are_whole_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("python", "train.py", "-m", *(f"model.long_key_{number}=1,2" for number in range(40)))
    with pytest.raises(SystemExit):
        tell_outcome(replace(sweep(), command=words), Path("/a" * 200), asked=range(3))
    out, err = capsys.readouterr()
    assert err.splitlines()[-1].endswith(words[-1])
    assert any(line.endswith("/a" * 200) for line in out.splitlines())
    sys.stdout.flush()


def test_what_only_an_earlier_command_asked_for_is_shown_but_not_missing(capsys: pytest.CaptureFixture[str]) -> None:
    tell_outcome(sweep(1, 2), Path("/a"), asked=[1, 2])
    out, err = capsys.readouterr()
    assert "waiting" in out and err == ""
    with pytest.raises(SystemExit):
        tell_outcome(sweep(1), Path("/a"), asked=[1, 2])
    assert capsys.readouterr().err.startswith("1 of 2 trials are missing: 1 waiting")
