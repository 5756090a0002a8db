import math
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from depthlab.tracking import Journal


def _steps(journal: Journal) -> list[int]:
    return [line.step for line in journal.read()]


def test_what_is_appended_is_read(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "metrics.jsonl")
    journal.append({"train/loss": 2.5}, step=0, epoch=0)
    journal.append({"train/loss": math.nan, "val/loss": math.inf}, step=20, epoch=1)
    first, second = Journal(journal.path).read()
    assert (first.step, first.epoch, first.values) == (0, 0, {"train/loss": 2.5})
    assert (second.step, second.epoch, second.values["val/loss"]) == (20, 1, math.inf)
    assert math.isnan(second.values["train/loss"])
    assert 1_700_000_000_000 < first.time <= second.time
    assert journal.read(from_line=1)[0].step == second.step


def test_a_journal_that_was_never_written_is_empty(tmp_path: Path) -> None:
    assert Journal(tmp_path / "metrics.jsonl").read() == []


def test_time_spent_appending_is_counted_and_small(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "metrics.jsonl")
    for step in range(1000):
        journal.append({"train/loss": 1 / 3, "train/accuracy": 2 / 3}, step=step, epoch=0)
    # Some 10 microseconds a line on an idle machine; a step takes 10 milliseconds at least.
    assert 0 < journal.seconds / 1000 < 2e-4


def test_a_torn_line_is_not_read_and_is_cut_off_by_the_next(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "metrics.jsonl")
    journal.append({"train/loss": 1.0}, step=0, epoch=0)
    journal.close()
    with journal.path.open("ab") as stream:
        stream.write(b'{"time":1,"step":1,"epo' + b"c" * 10_000)
    assert _steps(journal) == [0]
    journal.append({"train/loss": 0.5}, step=1, epoch=0)
    assert _steps(journal) == [0, 1]
    assert journal.path.read_bytes().count(b"\n") == 2


def test_a_journal_that_holds_one_torn_line_begins_anew(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "metrics.jsonl")
    journal.path.write_bytes(b'{"time":1')
    journal.append({"train/loss": 0.5}, step=7, epoch=0)
    assert _steps(journal) == [7]


def test_damage_in_the_middle_is_named(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "metrics.jsonl")
    journal.append({"train/loss": 1.0}, step=0, epoch=0)
    with journal.path.open("ab") as stream:
        stream.write(b"\0\0\0\n")
    with pytest.raises(ValueError, match=r"metrics\.jsonl is damaged at byte \d+"):
        journal.read()


def test_steps_after_the_checkpoint_do_not_count_when_a_run_goes_on(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "metrics.jsonl")
    for step in range(10):
        journal.append({"train/loss": 1.0}, step=step, epoch=0)
    journal.drop_after(5)
    assert _steps(journal) == [0, 1, 2, 3, 4, 5]
    journal.append({"train/loss": 2.0}, step=6, epoch=0)
    journal.drop_after(5)
    journal.append({"train/loss": 3.0}, step=6, epoch=0)
    assert _steps(journal) == [0, 1, 2, 3, 4, 5, 6]
    assert journal.read()[-1].values == {"train/loss": 3.0}
    assert journal.resumptions == 2


def test_the_tail_comes_in_portions_without_gaps(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "metrics.jsonl")
    for step in range(10):
        journal.append({"train/loss": 1.0}, step=step, epoch=0)
    steps: list[int] = []
    offset = 0
    while True:
        entries, offset = journal.tail(offset, limit=3)
        if not entries:
            break
        assert len(entries) <= 3
        steps += [entry.step for entry in entries]
    assert steps == list(range(10))
    assert offset == journal.path.stat().st_size
    _, half = journal.tail(0, limit=5)
    assert [entry.step for entry in journal.tail(0, end=half)[0]] == list(range(5))


_ENDLESS = """
import sys
from pathlib import Path
from depthlab.tracking.journal import Journal
journal = Journal(Path(sys.argv[1]))
step = 0
while True:
    journal.append({"train/loss": 1.0, "train/accuracy": 0.5}, step=step, epoch=0)
    step += 1
    if step == 100:
        print("100", flush=True)
"""


def test_sigkill_loses_no_line(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    process = subprocess.Popen([sys.executable, "-c", _ENDLESS, str(path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    journal = Journal(path)
    steps = _steps(journal)
    assert len(steps) >= 100
    assert steps == list(range(len(steps)))
    journal.append({"train/loss": 1.0}, step=len(steps), epoch=0)
    assert _steps(journal)[-1] == len(steps)


_FULL = """
import resource, sys
from pathlib import Path
from depthlab.tracking.journal import Journal
journal = Journal(Path(sys.argv[1]))
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
step = 0
try:
    while True:
        journal.append({"train/loss": 1.0}, step=step, epoch=0)
        step += 1
except OSError as error:
    print(error)
assert [line.step for line in journal.read()] == list(range(step)), journal.path.read_bytes()
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
journal.append({"train/loss": 1.0}, step=step, epoch=0)
assert [line.step for line in journal.read()] == list(range(step + 1)), journal.path.read_bytes()
print(step)
"""


def test_a_full_disk_spoils_no_earlier_line(tmp_path: Path) -> None:
    # A limit on the size of files makes the kernel write part of a line and then refuse, as a full disk does.
    answer = subprocess.run(
        [sys.executable, "-c", _FULL, str(tmp_path / "metrics.jsonl")], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    assert "File too large" in answer.stdout
    assert int(answer.stdout.split()[-1]) > 5
