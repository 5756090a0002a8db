"""A sweep's folder: its ledger only grows, outlives a sudden end, and belongs to one command at a time."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from depthlab.records import FaultRecord, PlannedTrial, SweepManifest
from depthlab.sweeps.state.folder import SweepFolder

MANIFEST = SweepManifest(
    name="model × depth",
    identity="0123456789abcdef",
    axes=("model", "depth"),
    held=(),
    search="grid",
    started="2026-01-02T03:04:05+00:00",
)


def planned(index: int, word: str = "depth=8") -> PlannedTrial:
    return PlannedTrial(index, (word, f"seed={index}"), {"seed": index}, f"{index:016x}")


def fault(message: str) -> FaultRecord:
    return FaultRecord("0" * 16, "exception", message, 1, "2026-01-02T03:04:05+00:00", "tried again", "a\nb")


@pytest.fixture
def folder(tmp_path: Path) -> SweepFolder:
    return SweepFolder.create(tmp_path, MANIFEST)


def test_a_new_folder_reads_and_is_found_by_identity(folder: SweepFolder, tmp_path: Path) -> None:
    assert folder.path.name == "model-depth-01234567"
    assert (folder.manifest, folder.trials, folder.faults, folder.record) == (MANIFEST, [], [], None)
    found = SweepFolder.find(tmp_path, MANIFEST.identity)
    assert found is not None and found.path == folder.path
    assert SweepFolder.find(tmp_path, "01234567" + "0" * 8) is None, "the first eight digits are not all"
    assert SweepFolder.find(tmp_path / "nowhere", MANIFEST.identity) is None


def test_the_newest_of_several_is_found(folder: SweepFolder, tmp_path: Path) -> None:
    newer = SweepFolder.create(tmp_path, replace(MANIFEST, started="2026-01-02T03:04:06+00:00"))
    assert newer.path.name == "model-depth-01234567-2"
    found = SweepFolder.find(tmp_path, MANIFEST.identity)
    assert found is not None and found.path == newer.path


def test_of_two_begun_in_one_second_the_later_is_found(folder: SweepFolder, tmp_path: Path) -> None:
    for _ in range(11):
        newest = SweepFolder.create(tmp_path, MANIFEST)
    found = SweepFolder.find(tmp_path, MANIFEST.identity)
    assert found is not None and found.path == newest.path


def test_the_name_of_a_sweep_without_letters_is_a_folder_too(tmp_path: Path) -> None:
    made = SweepFolder.create(tmp_path, replace(MANIFEST, name="×"))
    found = SweepFolder.find(tmp_path, MANIFEST.identity)
    assert found is not None and found.path == made.path


def test_the_ledger_keeps_what_was_written(folder: SweepFolder) -> None:
    folder.plan([planned(0), planned(1)])
    folder.plan([])
    folder.plan([planned(2, "data.path=/tmp/größe×")])
    assert folder.trials == [planned(0), planned(1), planned(2, "data.path=/tmp/größe×")]
    assert len((folder.path / "trials.jsonl").read_text(encoding="utf-8").splitlines()) == 3


@pytest.mark.parametrize("bytes_lost", [1, 2, 5, 30, 60])
def test_a_torn_last_line_costs_itself_alone(folder: SweepFolder, bytes_lost: int) -> None:
    folder.plan([planned(0, "data.path=/größe"), planned(1)])
    ledger = folder.path / "trials.jsonl"
    ledger.write_bytes(ledger.read_bytes()[:-bytes_lost])
    assert folder.trials == [planned(0, "data.path=/größe")]
    folder.plan([planned(1), planned(2)])
    assert folder.trials == [planned(0, "data.path=/größe"), planned(1), planned(2)]


def test_a_line_torn_in_the_middle_of_a_character(folder: SweepFolder) -> None:
    folder.plan([planned(0, "data.path=/größe"), planned(1, "data.path=××××××××")])
    ledger = folder.path / "trials.jsonl"
    whole = ledger.read_bytes()
    ledger.write_bytes(whole[: whole.rindex("×".encode()) + 1])
    assert folder.trials == [planned(0, "data.path=/größe")]
    folder.plan([planned(1)])
    assert folder.trials == [planned(0, "data.path=/größe"), planned(1)]


def test_a_ledger_that_is_nothing_but_a_torn_line(folder: SweepFolder) -> None:
    (folder.path / "trials.jsonl").write_text('{"index": 0, "wor')
    assert folder.trials == []
    folder.plan([planned(0)])
    assert folder.trials == [planned(0)]


@pytest.mark.parametrize("message", ["no\u2028line", "form\x0cfeed", "next\x85line", "a\nb", "\x1c", "😀", '"{'])
def test_faults_may_say_anything(folder: SweepFolder, message: str) -> None:
    folder.note_fault(fault(message))
    folder.note_fault(fault("second"))
    assert folder.faults == [fault(message), fault("second")]


def test_one_command_at_a_time(folder: SweepFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    acquire = type(folder._lock).acquire
    monkeypatch.setattr("depthlab.sweeps.state.folder.Lock.acquire", lambda self, patience: acquire(self, 0.1))
    other = SweepFolder(folder.path)
    refused = pytest.raises(ValueError, match="running already, in another process: wait")
    with folder.locked(), refused as raised, other.locked():
        pass
    assert str(folder.path) in str(raised.value) and "\n" not in str(raised.value)
    with other.locked():
        pass


def test_a_killed_command_leaves_no_lock(folder: SweepFolder) -> None:
    code = (
        "import sys, time, pathlib; from depthlab.sweeps.state.folder import SweepFolder\n"
        "with SweepFolder(pathlib.Path(sys.argv[1])).locked():\n print('locked', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(folder.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "locked\n"
        assert folder._lock.held_elsewhere()
        os.kill(process.pid, signal.SIGKILL)
    with folder.locked():
        pass
