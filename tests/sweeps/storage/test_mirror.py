"""Run folders in a storage that all machines see: whole at any instant, found again, continued elsewhere."""

import json
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from depthlab.sweeps.storage.fetch import fetch, fetch_all
from depthlab.sweeps.storage.mirror import Mirror
from depthlab.sweeps.storage.storage import Storage, check_storage, resolve_storage
from depthlab.tracking import RunFolder
from depthlab.tracking.sync_progress import SyncProgress
from tests.tracking.conftest import make_manifest

FINGERPRINT = "1a2b3c4d5e6f7788"


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A shared folder, and what behaves like a bucket: files appear whole, folders don't exist."""
    if request.param == "folder":
        yield str(tmp_path / "shared")
    else:
        yield "memory://bucket/sweeps"
        fsspec.filesystem("memory").rm("/bucket", recursive=True)


def make(root: Path, fingerprint: str = FINGERPRINT) -> RunFolder:
    return RunFolder.create(root, make_manifest(fingerprint=fingerprint))


def log(folder: RunFolder, steps: range) -> None:
    for step in steps:
        folder.journal.append({"train/loss": 1 / (step + 1)}, step=step, epoch=0)


def checkpoint(folder: RunFolder, name: str, step: int) -> None:
    partial = folder.checkpoints / f"{name}.partial"
    partial.write_text(f"{step} " * 100_000)
    partial.replace(folder.checkpoints / f"{name}.ckpt")


def end(folder: RunFolder) -> None:
    folder.status = "finished"
    (folder.path / "record.json").write_text("{}")
    folder.release()


def test_a_run_is_mirrored_from_its_first_moment_to_its_end(tmp_path: Path, storage: str) -> None:
    folder = make(tmp_path / "a")
    mirror = Mirror(folder, storage, every=0.02)
    assert mirror.start()
    assert fetch(storage, tmp_path / "early", FINGERPRINT)
    [early] = (tmp_path / "early").glob("*/manifest.json")
    assert RunFolder.open(early.parent).status == "running"

    log(folder, range(100))
    checkpoint(folder, "best", 50)
    checkpoint(folder, "last", 90)
    (folder.path / "learning_curves.png").write_bytes(b"picture")
    end(folder)
    assert mirror.finish()
    assert mirror.warning is None
    assert fetch(storage, tmp_path / "b", FINGERPRINT)
    brought = tmp_path / "b" / folder.name
    files = {file.relative_to(folder.path) for file in folder.path.rglob("*") if file.is_file()} - {Path("lock")}
    assert {file.relative_to(brought) for file in brought.rglob("*") if file.is_file()} == files
    assert all((brought / file).read_bytes() == (folder.path / file).read_bytes() for file in files)
    assert RunFolder.open(brought).status == "finished"
    assert [line.step for line in RunFolder.open(brought).journal.read()] == list(range(100))
    assert not list(folder.path.rglob(".*")), "nothing is left in the run's own folder"


def test_only_what_changed_is_copied(tmp_path: Path, storage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put = Storage.put
    copied: list[str] = []
    monkeypatch.setattr(Storage, "put", lambda self, file, name: (copied.append(name), put(self, file, name)))
    folder = make(tmp_path / "a")
    checkpoint(folder, "last", 1)
    mirror = Mirror(folder, storage, every=3600)
    mirror.start()
    log(folder, range(3))
    end(folder)
    assert mirror.finish()
    names = [name.removeprefix(f"{folder.name}/") for name in copied]
    assert names == [
        *("manifest.json", "checkpoints/last.ckpt", "status.json"),
        *("metrics.jsonl", "record.json", "status.json"),
    ]


def test_snapshots_are_there_before_a_checkpoint_that_is_past_them(
    tmp_path: Path, storage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = Storage.put
    copied: list[str] = []
    monkeypatch.setattr(Storage, "put", lambda self, file, name: (copied.append(name), put(self, file, name)))
    folder = make(tmp_path / "a")
    checkpoint(folder, "snapshot-001", 3)
    checkpoint(folder, "snapshot-002", 6)
    checkpoint(folder, "last", 7)
    mirror = Mirror(folder, storage, every=3600)
    mirror.start()
    names = [name.removeprefix(f"{folder.name}/checkpoints/") for name in copied if "/checkpoints/" in name]
    assert names == ["snapshot-001.ckpt", "snapshot-002.ckpt", "last.ckpt"]
    end(folder)
    assert mirror.finish()
    assert fetch(storage, tmp_path / "b", FINGERPRINT)
    assert [file.name for file in RunFolder.open(tmp_path / "b" / folder.name).snapshots] == names[:2]


def test_a_copy_can_be_continued_from_whatever_instant_it_broke_off(tmp_path: Path) -> None:
    """While training writes as fast as it can, the storage has the lines that its checkpoint counts on."""
    storage = str(tmp_path / "shared")
    folder = make(tmp_path / "a")
    mirror = Mirror(folder, storage, every=0.0)
    mirror.start()
    stop = threading.Event()

    def train() -> None:
        step = 0
        while not stop.is_set():
            log(folder, range(step, step + 20))
            step += 20
            checkpoint(folder, "best", step - 1)
            checkpoint(folder, "last", step - 1)

    trainer = threading.Thread(target=train)
    trainer.start()
    seen = set()
    try:
        deadline = time.monotonic() + 30
        while len(seen) < 15 and time.monotonic() < deadline:
            there = tmp_path / "shared" / "runs" / folder.name / "checkpoints"
            if not (there / "last.ckpt").exists():
                continue
            words = (there / "last.ckpt").read_text().split()  # as a reader has it that began now
            assert len(words) == 100_000 and len(set(words)) == 1
            step = int(words[0])
            assert int((there / "best.ckpt").read_text().split()[0]) >= step
            lines = RunFolder.open(there.parent).journal.read()
            assert lines[-1].step >= step and [line.step for line in lines] == list(range(lines[-1].step + 1))
            seen.add(step)
    finally:
        stop.set()
        trainer.join()
        end(folder)
    assert len(seen) == 15
    assert mirror.finish()


def test_a_storage_that_is_away_stops_nothing_and_gets_it_later(tmp_path: Path) -> None:
    storage = tmp_path / "shared"
    storage.write_text("a file where a folder would have to be")
    folder = make(tmp_path / "a")
    mirror = Mirror(folder, str(storage), every=0.02)
    assert not mirror.start()
    log(folder, range(10))
    assert not mirror.finish(patience=0.1)
    assert mirror.warning is not None and str(storage) in mirror.warning and "\n" not in mirror.warning

    mirror = Mirror(folder, str(storage), every=0.02)
    assert not mirror.start()
    storage.unlink()
    end(folder)
    assert mirror.finish()
    assert fetch(str(storage), tmp_path / "b", FINGERPRINT)


def test_the_copy_that_came_furthest_is_continued(tmp_path: Path, storage: str) -> None:
    here = make(tmp_path / "a")
    log(here, range(50))
    first = Mirror(here, storage)
    first.start()
    first.finish()
    log(here, range(50, 60))  # the storage never gets these
    here.release()

    assert not fetch(storage, tmp_path / "a", FINGERPRINT), "what is here has come further"
    assert fetch(storage, tmp_path / "b", FINGERPRINT)
    there = RunFolder.open(tmp_path / "b" / here.name)
    assert there.acquire()
    assert not fetch(storage, tmp_path / "b", FINGERPRINT), "it is being computed here"
    there.status = "running"
    there.journal.drop_after(40)
    log(there, range(41, 45))
    second = Mirror(there, storage)
    second.start()
    second.finish()
    there.release()

    assert fetch(storage, tmp_path / "a", FINGERPRINT), "it was continued elsewhere"
    again = RunFolder.open(tmp_path / "a" / here.name)
    assert [line.step for line in again.journal.read()] == list(range(45))
    assert again.status == "running" and not again.alive
    assert not list((tmp_path / "a").glob(".arriving/*"))
    assert not fetch(storage, tmp_path / "a", FINGERPRINT)


def test_a_run_is_found_by_its_whole_fingerprint_the_newest_first(tmp_path: Path, storage: str) -> None:
    names = []
    for fingerprint in (FINGERPRINT, FINGERPRINT, FINGERPRINT[:8] + "00000000"):
        folder = make(tmp_path / "a", fingerprint)
        mirror = Mirror(folder, storage)
        mirror.start()
        end(folder)
        assert mirror.finish()
        names.append(folder.name)
    assert names[1] == f"{names[0]}-2" or names[1] > names[0]
    assert fetch(storage, tmp_path / "b", FINGERPRINT)
    assert [path.parent.name for path in (tmp_path / "b").glob("*/manifest.json")] == [names[1]]
    assert not fetch(storage, tmp_path / "b", "ffff" * 4)


def test_the_driver_gets_those_home_that_have_ended(tmp_path: Path, storage: str) -> None:
    fingerprints = [f"{number}a2b3c4d5e6f7788" for number in range(4)]
    folders = [make(tmp_path / "node", fingerprint) for fingerprint in fingerprints[:3]]
    for folder in folders:
        SyncProgress(uri="sqlite:///x", experiment="e", key="k", run_id="f" * 32).write(folder.path)
        mirror = Mirror(folder, storage)
        mirror.start()
        if folder is not folders[2]:
            end(folder)
        assert mirror.finish()
    home = tmp_path / "home"
    assert fetch_all(storage, home, fingerprints) == fingerprints[2:]
    assert sorted(path.parent.name for path in home.glob("*/record.json")) == [f.name for f in folders[:2]]
    assert SyncProgress.find(home / folders[0].name) == SyncProgress.find(folders[0].path) != None  # noqa: E711
    if "://" not in storage:
        shutil.rmtree(Path(storage) / "runs" / folders[0].name / "checkpoints", ignore_errors=True)
    assert fetch_all(storage, home, fingerprints) == fingerprints[2:]
    assert not list(home.glob(".arriving/*"))


def test_an_empty_storage_has_no_runs(tmp_path: Path, storage: str) -> None:
    fsspec.filesystem("memory").makedirs("/bucket", exist_ok=True)
    assert not fetch(storage, tmp_path / "a", FINGERPRINT)
    assert fetch_all(storage, tmp_path / "a", [FINGERPRINT]) == [FINGERPRINT]


def test_a_storage_is_checked_before_it_is_needed(tmp_path: Path, storage: str) -> None:
    check_storage(storage, tmp_path / "runs")
    assert Storage.open(storage).names() == []


@pytest.mark.parametrize(
    ("storage", "message"),
    [
        ("{tmp}/file", "can't be written"),
        ("{tmp}", "each machine's own"),
        ("nothing://bucket", "can't be written"),
    ],
)
def test_a_storage_that_cannot_be_used_is_told_in_one_line(tmp_path: Path, storage: str, message: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match=message) as caught:
        check_storage(storage.format(tmp=tmp_path), tmp_path / "runs")
    assert "\n" not in str(caught.value) and "sweep.storage=" in str(caught.value)


def test_a_folder_is_the_same_wherever_a_process_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert resolve_storage("shared") == str(tmp_path / "shared")
    assert resolve_storage("s3://bucket/x") == "s3://bucket/x"


def test_a_manifest_says_which_run_it_is(tmp_path: Path) -> None:
    """Names of folders that merely look like a run's, or hold none, are passed over."""
    storage = tmp_path / "shared"
    for name in ("20260101-000000-x-1a2b3c4d", "notes", "20260101-000001-x-1a2b3c4d"):
        (storage / "runs" / name).mkdir(parents=True)
    (storage / "runs" / "20260101-000000-x-1a2b3c4d" / "manifest.json").write_text(json.dumps({"fingerprint": "no"}))
    assert not fetch(str(storage), tmp_path / "a", FINGERPRINT)
