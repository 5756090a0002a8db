"""What a sweep would do is told in full before anything is started."""

import io

import pytest
from rich.console import Console

from depthlab.sweeps.display.dry_run import show_plan
from depthlab.sweeps.plan.estimate import Workload
from depthlab.sweeps.state.sweep_state import SweepState
from tests.sweeps.made import cost, costs, finish, sweep_state, trial

MEASURED = [(cost(1000), 0.1), (cost(100_000), 1.0)]


def test_every_trial_is_shown_with_its_cost_and_state(capsys: pytest.CaptureFixture[str]) -> None:
    trials = sweep_state(5)
    trials.add(trial(5, model="plain", depth=110, weight_decay=1e-4))
    finish(trials, 0)
    trials.change(0, earlier=True)
    trials.change(1, folder="a-run-that-was-cut-off")
    trials.change(2, folder="a-run-that-failed", fault="diverged")
    trials.change(3, state="pruned", earlier=True)
    known = costs(trials) | {5: cost(100_000, steps=12_000)}
    impossible = [("model=plain drop_path=0.2", "plain has no paths to drop")]
    show_plan(Workload(trials, known, 2, MEASURED), name="a [sweep]", skipped=impossible)
    out, err = capsys.readouterr()
    assert err == ""
    assert out.splitlines() == [
        "a [sweep]: 6 trials, 4 of them to run",
        "model   depth  seed  weight_decay  parameters  multiply-adds   steps      time  state",
        "resnet  20     0                          100          1,000     100      12 s  finished earlier",
        "resnet  20     1                          100          1,000     100      10 s  continues",
        "resnet  20     2                          100          1,000     100      10 s  retry",
        "resnet  26     0                          100          1,000     100      10 s  pruned earlier",
        "resnet  26     1                          100          1,000     100      10 s  new",
        "plain   110    0     0.0001            10,000        100,000  12,000  12,000 s  new",
        "to run: 4 trials, 12,300 steps, 1.2e+10 multiply-adds forward",
        "estimated time: 3 h 20 min, 2 at once (3 h 21 min one after the other)",
        "left out: 1 combination that is not possible",
        "  model=plain drop_path=0.2: plain has no paths to drop",
    ]


def test_nothing_is_cut_or_left_out_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    trials = sweep_state(120)
    long = "a" * 300
    trials.add(trial(120, **{"model._target_": long}))
    show_plan(Workload(trials, costs(trials), 1, MEASURED))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 + 121 + 2
    assert long in lines[122]
    assert "\x1b" not in "".join(lines)
    assert lines[-1] == "estimated time: 20 min, one after the other"


def test_on_a_terminal_the_title_stands_out() -> None:
    screen = io.StringIO()
    trials = sweep_state(60)
    console = Console(file=screen, force_terminal=True, width=40)
    show_plan(Workload(trials, costs(trials), 4, MEASURED), name="a sweep", console=console)
    assert screen.getvalue().startswith("\x1b[1ma sweep: 60 trials, 60 of them to run\x1b[0m\n")
    assert screen.getvalue().count("new") == 60


def test_a_sweep_that_is_done_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    trials = sweep_state(1)
    finish(trials, 0)
    trials.change(0, earlier=True)
    show_plan(Workload(sweep_state(1), costs(trials), 2))
    assert capsys.readouterr().out.splitlines()[0] == "1 trial, to run"
    show_plan(Workload(trials, costs(trials), 2))
    assert capsys.readouterr().out.splitlines()[-1] == "there is nothing left to run"


def test_what_is_not_known_is_not_made_up(capsys: pytest.CaptureFixture[str]) -> None:
    trials = SweepState("val/accuracy", [trial(0), trial(1)])
    show_plan(Workload(trials, {0: cost()}, 2, expected=20))
    _, _, known, unknown, total, chosen, time = capsys.readouterr().out.splitlines()
    assert known.split()[3:] == ["100", "1,000", "100", "?", "new"]
    assert unknown.split()[3:] == ["?", "?", "?", "?", "new"]
    assert total == "to run: 1 trial, 100 steps, 1e+06 multiply-adds forward"
    assert chosen == "and 18 trials that the search will choose on its way"
    assert time == "how long it takes, 2 at once, is unknown: no step was measured"


def test_trials_that_all_are_to_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    show_plan(Workload(SweepState("val/accuracy"), {}, 2, expected=20), name="a search")
    assert capsys.readouterr().out.splitlines()[0] == "a search: 20 trials, 20 of them to run"
