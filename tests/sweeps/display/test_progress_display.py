"""What is seen while a sweep runs: a board that fits the terminal, plain lines where there is none."""

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import time

import pytest
from rich.cells import cell_len
from rich.console import Console

from depthlab.sweeps.display.progress_display import ProgressDisplay
from depthlab.sweeps.display.progress_lines import DisplayState, draw_display
from depthlab.sweeps.display.wording import about, elapsed, label, short_label
from depthlab.sweeps.plan.estimate import Workload
from depthlab.sweeps.state.sweep_state import SweepState
from tests.rules import ROOT
from tests.sweeps.made import cost, costs, finish, sweep_state, trial

SIGHT = DisplayState("model × depth × seed", total=24, elapsed=75, left=200)


def drawn(trials: SweepState, view: DisplayState = SIGHT, *, width: int = 80, height: int = 24) -> list[str]:
    lines = draw_display(trials, view, width=width, height=height).plain.split("\n")
    assert len(lines) <= height
    assert max(map(cell_len, lines)) <= width
    return lines


def busy() -> SweepState:
    trials = sweep_state(12)
    finish(trials, 0, val=0.95)
    finish(trials, 1, val=0.988)
    trials.change(0, earlier=True)
    trials.change(2, state="running", step=250, steps=1000, step_seconds=0.04, metrics={"val/accuracy": 0.913})
    trials.change(3, state="running")
    trials.change(4, state="failed", fault="diverged", message="training diverged: the\nloss is nan", attempts=1)
    trials.change(5, state="pruned", step=10, steps=100)
    return trials


def test_the_board_says_how_the_sweep_stands() -> None:
    trials = busy()
    head, bar, counts, heading, first, second, best, fault = drawn(
        trials, DisplayState("model × depth × seed", 24, 75, 200, [trials.entries[4]]), width=120
    )
    assert head == "model × depth × seed" + "1 min 15 s, about 3 min left".rjust(100)
    assert bar.count("━") == round(120 * 4.25 / 24)
    assert counts == "3 of 24 done (1 by earlier commands) · 2 running · 18 waiting · 1 pruned · 1 failed"
    assert heading.split() == ["running", "epoch", "done", "val", "error", "left"]
    assert re.sub(r"\s*[━─]+\s*", " | ", first) == "resnet-20 · seed 2   3/10 | 25 %      8.7 %  30 s"
    assert first.count("━") == round(30 / 4)
    assert re.sub(r"\s*[━─]+\s*", " | ", second).split() == ["resnet-26", "·", "seed", "0", "|", "0", "%"]
    assert best == "best so far: val error 1.2 %, resnet-20 · digits · seed 1"
    assert fault == "failed: resnet-26 · seed 1: training diverged: the loss is nan"


def test_a_loss_is_shown_as_it_is_and_less_is_better() -> None:
    trials = sweep_state(3, metric="val/loss")
    for index, loss in enumerate((0.5, 0.25)):
        trials.change(index, state="finished", metrics={"val/loss": loss})
    trials.change(2, state="running", metrics={"val/loss": 0.75})
    lines = drawn(trials)
    assert lines[3].split()[-3:] == ["val", "loss", "left"]
    assert "0.7500" in lines[4]
    assert lines[-1] == "best so far: val loss 0.2500, resnet-20 · digits · seed 1"


def test_a_hundred_running_trials_leave_the_board_readable() -> None:
    trials = sweep_state(130)
    finish(trials, 0)
    for index in range(1, 101):
        trials.change(index, state="running", step=index, steps=100)
    lines = drawn(trials, DisplayState("a sweep", 130, 0, None))
    assert len(lines) == 23  # one is left for the cursor
    assert "100 running · 29 waiting" in lines[2]
    assert [line.split(" · ")[0] for line in lines[4:6]] == ["resnet-20", "resnet-20"]
    assert lines[-2] == "… and 83 more are running"
    assert len(lines[4:-2]) == 17
    assert lines[-1].startswith("best so far")


@pytest.mark.parametrize("width", [20, 40, 60, 80, 200])
@pytest.mark.parametrize("height", [1, 3, 5, 8, 50])
def test_it_fits_every_terminal(width: int, height: int) -> None:
    trials = busy()
    long = trial(12, model="my_package_with_a_long_name", weight_decay=0.00012345678, **{"model.unit": "bottleneck"})
    trials.add(long)
    trials.change(12, state="running", step=5, steps=1234567, step_seconds=12.0)
    view = DisplayState("model × depth × seed × weight_decay × model.unit", 24, 1e6, 1e7, [trials.entries[4]] * 9)
    lines = drawn(trials, view, width=width, height=height)
    if width >= 80 and height >= 50:
        assert any("my_package_" in line and "──" in line for line in lines)


def test_labels_tell_trials_apart() -> None:
    one = trial(0, seed=2, weight_decay=0.000316227766, **{"model.shortcut": "B"})
    assert label(one) == "resnet-20 · digits · seed 2 · weight_decay=0.0003162 · model.shortcut=B"
    assert short_label(one) == "resnet-20 · seed 2 · weight_decay=0.0003162 · model.shortcut=B"


@pytest.mark.parametrize(
    ("seconds", "exact", "rough"),
    [
        (0, "0 s", "1 s"),
        (12.6, "12 s", "13 s"),
        (200, "3 min 20 s", "3 min"),
        (3599, "59 min 59 s", "1 h 00 min"),
        (3900, "1 h 05 min", "1 h 05 min"),
        (180_000, "2 d 2 h", "2 d 2 h"),
    ],
)
def test_times_in_words(seconds: float, exact: str, rough: str) -> None:
    assert (elapsed(seconds), about(seconds)) == (exact, rough)


def test_without_a_terminal_there_is_a_line_for_each_trial_that_ends(capsys: pytest.CaptureFixture[str]) -> None:
    trials = sweep_state(24)
    finish(trials, 0)
    trials.change(0, earlier=True)
    with ProgressDisplay(Workload(trials, costs(trials), 2), name="a sweep") as display:
        display.update()
        trials.start(1)
        display.update()
        trials.change(1, step=50, steps=100, step_seconds=2.0)
        display.update()
        assert capsys.readouterr().err == ""
        finish(trials, 1, val=0.988, test=0.989, seconds=200)
        display.update()
        display.update()
        trials.start(2)
        trials.change(2, state="waiting", fault="lost", message="the node\nis gone", attempts=1)
        display.update()
        trials.start(2)
        trials.change(2, state="failed", fault="exception", message="RuntimeError: no", attempts=2)
        display.update()
        trials.change(3, state="pruned", step=30, steps=100, metrics={"val/accuracy": 0.5}, seconds=3.0)
        display.note("a note [red]")
        display.update()
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "[ 2/24] resnet-20 · digits · seed 1: val error 1.2 %, test error 1.1 %, 3 min 20 s; about 37 min left",
        "resnet-20 · digits · seed 2: lost, will be tried again: the node is gone",
        "[ 3/24] resnet-20 · digits · seed 2: failed: exception: RuntimeError: no; about 37 min left",
        "a note [red]",
        "[ 4/24] resnet-26 · digits · seed 0: pruned at step 30 of 100, val error 50.0 %, 3 s; about 33 min left",
    ]


def test_the_last_line_promises_no_more(capsys: pytest.CaptureFixture[str]) -> None:
    trials = sweep_state(1, metric="val/loss")
    with ProgressDisplay(Workload(trials, costs(trials), 1, [(cost(), 1.0)])) as display:
        finish(trials, 0)
        trials.entries[0].metrics["val/loss"] = 0.125
        display.update()
    line = "[1/1] resnet-20 · digits · seed 0: val loss 0.1250, val error 5.0 %, test error 6.0 %, 12 s\n"
    assert capsys.readouterr().err == line


def test_a_search_sees_no_test_error(capsys: pytest.CaptureFixture[str]) -> None:
    trials = sweep_state(1)
    with ProgressDisplay(Workload(trials, costs(trials), 1), blind=True) as display:
        finish(trials, 0)
        display.update()
    assert capsys.readouterr().err == "[1/1] resnet-20 · digits · seed 0: val error 5.0 %, 12 s\n"


def test_trials_that_are_found_on_the_way_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    trials = SweepState("val/accuracy")
    known = {0: cost(), 1: cost()}
    with ProgressDisplay(Workload(trials, known, 1, [(cost(), 1.0)], expected=10)) as display:
        assert display.workload.time_left() is not None
        trials.add(trial(0))
        finish(trials, 0)
        trials.change(0, earlier=True)
        display.update()
        trials.add(trial(1))
        finish(trials, 1)
        display.update()
    assert capsys.readouterr().err == (
        "[ 2/10] resnet-20 · digits · seed 0: val error 5.0 %, test error 6.0 %, 12 s; about 7 min left\n"
    )


def test_the_board_is_drawn_and_taken_away() -> None:
    trials, screen = busy(), io.StringIO()
    console = Console(file=screen, force_terminal=True, width=100, height=30, color_system=None)
    with ProgressDisplay(Workload(trials, {}, 2), name="a sweep", enabled=True, console=console) as display:
        trials.change(4, attempts=2, message="again [bold]", fault="lost")
        display.update()
        display.note("a note [bold]")
        time.sleep(0.6)
    text = screen.getvalue()
    assert "a note [bold]" in text
    assert "3 of 12 done" in text
    assert "failed: resnet-26 · seed 1: again [bold]" in text
    assert text.endswith("\x1b[1A\x1b[2K"), "its last line is taken away"


CHILD = """
import sys, time
from depthlab.sweeps.display.progress_display import ProgressDisplay
from depthlab.sweeps.plan.estimate import Workload
from tests.sweeps.made import costs, finish, sweep_state
trials = sweep_state(6)
with ProgressDisplay(Workload(trials, costs(trials), 2), name="a sweep") as board:
    for index in range(6):
        trials.start(index)
        for step in range(0, 100, 20):
            trials.change(index, step=step, steps=100, step_seconds=0.001)
            board.update()
            time.sleep(1.0 if step == 40 and not index else 0.02)  # it is drawn some times a second
        finish(trials, index)
        board.update()
        print("out", index, flush=True)
    board.note("noted")
"""


def test_on_a_terminal_the_board_is_seen_and_standard_output_stays_clean() -> None:
    primary, secondary = pty.openpty()
    fcntl.ioctl(secondary, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD],
        cwd=ROOT,
        env=environment | {"TERM": "xterm-256color", "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
        stdout=subprocess.PIPE,
        stderr=secondary,
        text=True,
    )
    os.close(secondary)
    screen = _read_all(primary)
    assert child.stdout is not None
    with child.stdout as out:
        assert out.read() == "".join(f"out {index}\n" for index in range(6))
    assert child.wait(timeout=30) == 0
    # a line ends where the next begins, or where the cursor goes up to draw the board anew
    lines = [re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", line) for line in re.split(r"[\r\n]+|\x1b\[1A", screen)]
    assert max(map(cell_len, lines)) <= 80
    assert "noted" in lines
    assert any(line.startswith("best so far: val error 5.0 %") for line in lines)
    assert any(re.match(r"resnet-\d+ · seed \d +\d+/10 .*━.* \d+ %", line) for line in lines)
    assert screen.endswith("\x1b[?25h") or "\x1b[?25h" in screen[-40:], "the cursor is shown again"


def test_on_no_terminal_there_are_no_escapes() -> None:
    environment = os.environ | {"FORCE_COLOR": "1", "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    done = subprocess.run(
        [sys.executable, "-c", CHILD], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert "\x1b" not in done.stderr
    assert len(done.stderr.splitlines()) == 7


def test_the_board_costs_little() -> None:
    """On a terminal of usual size, with a hundred trials of a thousand running."""
    trials = sweep_state(1000)
    for index in range(100):
        trials.change(index, state="running", step=index, steps=100, step_seconds=0.1)
    console = Console(file=io.StringIO(), force_terminal=True, width=120, height=40)
    known = costs(trials)
    with ProgressDisplay(Workload(trials, known, 100), enabled=True, console=console):
        began = time.process_time()
        time.sleep(3)
        share = (time.process_time() - began) / 3
    assert share < 0.05, f"{share:.1%} of a core"  # less than 1 % where nothing else runs


def _read_all(primary: int) -> str:
    parts = []
    while True:
        try:
            part = os.read(primary, 65536)
        except OSError:  # Linux says so when the other end is closed
            part = b""
        if not part:
            break
        parts.append(part)
    os.close(primary)
    return b"".join(parts).decode()
