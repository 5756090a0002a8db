"""Numbers of trials: given once, kept for ever, and what earlier commands asked for stays in the table."""

from dataclasses import replace
from pathlib import Path

import pytest

from depthlab.records import SweepManifest
from depthlab.sweeps.plan.trial import Trial
from depthlab.sweeps.state.folder import SweepFolder
from depthlab.sweeps.state.sweep_state import SweepState
from depthlab.sweeps.state.trial_ledger import TrialLedger, load_state
from tests.sweeps.made import finish, record, trial
from tests.sweeps.state.test_earlier_runs import left

IDENTITY = "0123456789abcdef"


@pytest.fixture
def folder(tmp_path: Path) -> SweepFolder:
    manifest = SweepManifest("depth × seed", IDENTITY, ("depth", "seed"), (), "grid", "2026-01-02T03:04:05+00:00")
    return SweepFolder.create(tmp_path / "sweeps", manifest)


def planned(*names: int) -> list[Trial]:
    """Return trials as a plan has them, without numbers, told apart by their fingerprints."""
    return [replace(trial(name), index=-1) for name in names]


def indices(trials: list[Trial]) -> list[int]:
    return [found.index for found in trials]


def test_trials_are_numbered_in_their_order_and_keep_their_numbers(folder: SweepFolder) -> None:
    assert indices(TrialLedger.read(folder).number(planned(5, 7))) == [0, 1]
    assert indices(TrialLedger.read(folder).number(planned(3, 7, 9, 5))) == [2, 1, 3, 0], (
        "more seeds keep earlier numbers"
    )
    assert [line.fingerprint[-1] for line in folder.trials] == ["5", "7", "3", "9"]
    assert indices(TrialLedger.read(folder).number(planned(9, 3, 7, 5))) == [3, 2, 1, 0]
    assert len(folder.trials) == 4, "nothing is written twice"


def test_one_roster_may_be_asked_again_and_again(folder: SweepFolder) -> None:
    ledger = TrialLedger.read(folder)
    for name, index in ((5, 0), (5, 0), (6, 1), (5, 0), (7, 2)):
        assert indices(ledger.number(planned(name))) == [index]
    assert len(folder.trials) == 3
    assert indices(ledger.number(planned(8, 8, 5))) == [3, 3, 0]
    assert len(folder.trials) == 4


def test_without_a_folder_or_a_note_nothing_is_written(folder: SweepFolder) -> None:
    assert indices(TrialLedger.read(None).number(planned(1, 2), note=False)) == [0, 1]
    assert indices(TrialLedger.read(folder).number(planned(1, 2), note=False)) == [0, 1]
    assert folder.trials == []


def test_a_torn_ledger_gives_the_number_again(folder: SweepFolder) -> None:
    TrialLedger.read(folder).number(planned(1, 2))
    ledger = folder.path / "trials.jsonl"
    ledger.write_bytes(ledger.read_bytes()[:-7])
    assert indices(TrialLedger.read(folder).number(planned(3, 2, 1))) == [1, 2, 0]
    assert [line.index for line in folder.trials] == [0, 1, 2]


def test_what_earlier_commands_asked_for_stays_as_it_was(folder: SweepFolder) -> None:
    first = SweepState("val/accuracy", TrialLedger.read(folder).number(planned(1, 2)))
    finish(first, 0)
    finish(first, 1, val=0.5)
    folder.record = record(first)
    ledger = TrialLedger.read(folder)
    second = SweepState("val/accuracy", ledger.number(planned(2, 3)))
    (other,) = ledger.others(second)
    assert (other.index, other.state, other.metrics["val/accuracy"]) == (0, "finished", 0.95)
    assert TrialLedger.read(None).others(second) == []


def test_what_a_killed_command_left_running_runs_no_more(folder: SweepFolder) -> None:
    first = SweepState("val/accuracy", TrialLedger.read(folder).number(planned(1, 2)))
    first.start(0)
    folder.record = record(first)
    ledger = TrialLedger.read(folder)
    states = [other.state for other in ledger.others(SweepState("val/accuracy", ledger.number(planned(3))))]
    assert states == ["cut off", "waiting"]


def test_how_trials_stand_is_told_by_their_folders(tmp_path: Path) -> None:
    names = {"finished": "a" * 16, "pruned": "b" * 16, "killed": "c" * 16, "failed": "d" * 16}
    for status, fingerprint in names.items():
        left(tmp_path, status, fingerprint=fingerprint)  # type: ignore[arg-type]
    fingerprints = [*names.values(), "e" * 16]
    trials = [replace(trial(number), fingerprint=name) for number, name in enumerate(fingerprints)]
    counted = load_state(trials, tmp_path, metric="val/accuracy", since="", pruned_counts=True)
    assert [entry.state for entry in counted.entries.values()] == ["finished", "pruned", "cut off", "failed", "waiting"]
    assert len(counted.missing) == 3
    plain = load_state(trials, tmp_path, metric="val/accuracy", since="", pruned_counts=False)
    assert [entry.state for entry in plain.entries.values()] == ["finished", "cut off", "cut off", "failed", "waiting"]
    assert [entry.folder is None for entry in plain.entries.values()] == [*4 * [False], True]
