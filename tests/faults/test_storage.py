"""Disks that are full, and stores that are not where they were."""

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from depthlab.tracking import find_folders, open_client
from depthlab.training import read_weights
from tests.commands import Command
from tests.run.conftest import TINY, Trained, tracked
from tests.run.test_resume import same_numbers

__all__ = ["tracked"]  # a fixture
pytestmark = pytest.mark.slow

WORDS = (
    *(word for word in TINY if not word.startswith("epochs=")),
    *("epochs=12", "tracking=none", "trainer.checkpoint_minutes=0.001"),
)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", place], capture_output=True).returncode:
        pytest.skip("this process may not mount a small file system")
    yield place
    subprocess.run(["umount", place], check=True)


def test_after_a_full_disk_the_same_command_goes_on_from_the_last_checkpoint(disk: Path, tmp_path: Path) -> None:
    whole = Command("train.py", *WORDS, f"tracking.folder={tmp_path / 'whole'}")
    assert whole.wait(120) == 0, whole.communicate()
    process = Command("train.py", *WORDS, f"tracking.folder={disk / 'runs'}")
    deadline = time.monotonic() + 60
    while not list(disk.glob("runs/*/checkpoints/last.ckpt")):
        assert process.poll() is None and time.monotonic() < deadline, process.communicate()
        time.sleep(0.01)
    process.send_signal(signal.SIGSTOP)
    free = shutil.disk_usage(disk).free
    (disk / "filler").write_bytes(bytes(max(0, free - 20_000)))
    process.send_signal(signal.SIGCONT)
    _, errors = process.communicate(60)
    assert process.returncode == 2, errors
    assert errors.count("\n") == 1 and "No space left on device" in errors
    (folder,) = find_folders(disk / "runs")
    (disk / "filler").unlink()

    process = Command("train.py", *WORDS, f"tracking.folder={disk / 'runs'}")
    _, errors = process.communicate(120)
    assert process.returncode == 0, errors
    assert f"continuing {folder.name} from its last checkpoint" in errors
    (other,) = find_folders(tmp_path / "whole")
    expected = read_weights(other.checkpoints / "final.ckpt")
    assert all(torch.equal(x, expected[key]) for key, x in read_weights(folder.checkpoints / "final.ckpt").items())
    assert same_numbers(other, folder)


@pytest.mark.parametrize("moved", [False, True], ids=["copied", "moved"])
def test_a_store_that_came_from_elsewhere_keeps_artifacts_beside_itself(
    moved: bool, tracked: Trained, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    shutil.copytree(tracked.root.parent, old)
    open_client(f"sqlite:///{old / 'mlflow.db'}", "depthlab")  # it came from the fixture's place
    shutil.copytree(old, new)
    if moved:
        shutil.rmtree(old)
    client, experiment = open_client(f"sqlite:///{new / 'mlflow.db'}", "depthlab")
    assert "was copied or moved" in capsys.readouterr().err
    assert client.get_experiment(experiment).artifact_location == str(new / "artifacts")
    (run,) = client.search_runs([experiment])
    assert run.info.artifact_uri.startswith(f"{new}/artifacts/")
    assert "record.json" in [item.path for item in client.list_artifacts(run.info.run_id)]
    open_client(f"sqlite:///{new / 'mlflow.db'}", "depthlab")
    assert capsys.readouterr().err == "", "nothing is left to change"
