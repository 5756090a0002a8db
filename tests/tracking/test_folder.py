import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from depthlab.records import RunRecord
from depthlab.tracking import RunFolder
from tests.tracking.conftest import MakeFolder, make_manifest


def test_a_new_folder_is_locked_running_and_named_to_be_read(make_folder: MakeFolder) -> None:
    folder = make_folder()
    assert re.fullmatch(r"\d{8}-\d{6}-resnet-56-digits-seed-0-1a2b3c4d", folder.name)
    assert folder.status == "running"
    assert folder.record is None
    assert folder.checkpoints.is_dir()
    other = RunFolder.open(folder.path)
    assert other.manifest == folder.manifest
    assert other.alive
    assert not folder.alive, "alive asks about others"
    assert not other.acquire()


def test_two_runs_of_one_second_have_folders_of_their_own(tmp_path: Path) -> None:
    manifest = make_manifest()
    folders = [RunFolder.create(tmp_path, manifest) for _ in range(3)]
    assert len({folder.name for folder in folders}) == 3
    assert [folder.name for folder in folders] == sorted(folder.name for folder in folders)


def test_status_and_record_are_kept(make_folder: MakeFolder) -> None:
    folder = make_folder()
    record = RunRecord(
        name="resnet-56 · digits · seed 0",
        folder=folder.name,
        run_id=None,
        fingerprint="1a2b3c4d5e6f7788",
        status="finished",
        command=("train.py",),
        axes={"depth": 56},
        metrics={"test/accuracy": 0.97},
        classes=("0", "1"),
        confusion=((10, 1), (0, 9)),
        per_class_accuracy=(0.9, 1.0),
    )
    folder.record = record
    folder.status = "finished"
    again = RunFolder.open(folder.path)
    assert again.record == record
    assert again.status == "finished"
    assert not list(folder.path.glob(".*")), "temporary files are gone"


def test_an_unknown_status_is_refused(make_folder: MakeFolder) -> None:
    with pytest.raises(ValueError, match="done"):
        make_folder().status = "done"  # type: ignore[assignment]


def test_a_released_folder_can_be_taken(make_folder: MakeFolder) -> None:
    folder = make_folder()
    folder.release()
    other = RunFolder.open(folder.path)
    assert not other.alive
    assert other.acquire()
    assert folder.alive


def test_a_folder_without_manifest_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not the folder of a run"):
        RunFolder.open(tmp_path)


_RUN = """
import os, sys, time
from pathlib import Path
from depthlab.tracking import RunFolder
from tests.tracking.conftest import make_manifest
folder = RunFolder.create(Path(sys.argv[1]), make_manifest())
child = os.fork()
if child == 0:  # it speaks, as what happens after a fork has then happened to it
    print(folder.path, os.getpid(), flush=True)
    time.sleep(60)
    os._exit(0)
time.sleep(60)
"""


def test_sigkill_frees_the_lock_though_a_forked_child_lives_on(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", _RUN, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    path, child = process.stdout.readline().split()
    try:
        folder = RunFolder.open(Path(path))
        assert folder.alive
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert Path(f"/proc/{child}").exists() or sys.platform != "linux"
        assert not folder.alive
        assert folder.status == "running"
    finally:
        subprocess.run(["kill", "-9", child], check=True)
        process.stdout.close()


_FULL = """
import resource, sys
from pathlib import Path
from depthlab.tracking import RunFolder
from tests.tracking.conftest import make_manifest
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (200, hard))
try:
    RunFolder.create(Path(sys.argv[1]), make_manifest())
except OSError as error:
    print(error)
"""


def test_a_folder_that_cannot_be_written_in_full_is_taken_back(tmp_path: Path) -> None:
    answer = subprocess.run([sys.executable, "-c", _FULL, str(tmp_path)], capture_output=True, text=True, check=False)
    assert "File too large" in answer.stdout, answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_manifest_is_plain_json(make_folder: MakeFolder) -> None:
    values = json.loads((make_folder().path / "manifest.json").read_text(encoding="utf-8"))
    assert values["axes"]["depth"] == 56
    assert values["name"] == "resnet-56 · digits · seed 0"
