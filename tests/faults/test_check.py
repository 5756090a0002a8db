"""pipelines/check.py finds whatever is not whole in a store, and mends what can be mended."""

import json
import shutil
from pathlib import Path
from random import Random

import pytest

from depthlab.tracking import RunFolder, find_folders
from depthlab.tracking.sync_progress import SyncProgress
from tests.commands import ROOT, run_command
from tests.faults.damage import cut, flip
from tests.run.conftest import Trained, tracked

__all__ = ["tracked"]  # a fixture
pytestmark = pytest.mark.slow


def check(root: Path, *words: str) -> tuple[int, list[str]]:
    answer = run_command(ROOT / "pipelines" / "check.py", f"folder={root}", *words)
    assert answer.returncode in (0, 1), answer.stderr
    return answer.returncode, answer.stdout.splitlines()


@pytest.fixture
def store(tracked: Trained, tmp_path: Path) -> RunFolder:
    """A copy of a store with one finished run, which a store of its own has."""
    shutil.copytree(tracked.root.parent, tmp_path / "mlruns", dirs_exist_ok=True)
    (folder,) = find_folders(tmp_path / "mlruns" / "runs")
    projection = folder.path / "projection.json"
    values = json.loads(projection.read_text())
    del values["crc32"]
    projection.write_text(json.dumps(values | {"uri": f"sqlite:///{tmp_path / 'mlruns' / 'mlflow.db'}"}))
    return folder


def test_a_whole_store_is_said_to_be_whole(store: RunFolder) -> None:
    root = store.path.parent
    assert check(root) == (0, [f"1 runs in {root}: all whole"])


def test_what_is_broken_is_named_and_mended(store: RunFolder, tmp_path: Path) -> None:
    root = store.path.parent
    flip(store.checkpoints / "final.ckpt", Random(1))
    cut(store.path / "predictions.npz", Random(1))
    leftover = store.path / ".status.json.4194304.tmp"  # no process has this number
    leftover.write_text("half")
    (root / "20260101-000000-never-begun-12345678").mkdir()
    code, lines = check(root)
    assert code == 1
    told = "\n".join(lines)
    for name in ("final.ckpt", "predictions.npz", leftover.name, "never-begun"):
        assert name in told
    assert "counts as finished, and has lost final.ckpt" in told
    assert check(root, "--repair")[0] == 0
    assert not leftover.exists()
    assert store.status == "killed"
    assert (store.checkpoints / "final.ckpt.damaged").is_file()
    code, lines = check(root)
    assert (code, lines) == (0, [f"1 runs in {root}: all whole"])


def test_what_mlflow_lacks_is_found_and_sent(store: RunFolder) -> None:
    import sqlite3

    progress = SyncProgress.find(store.path)
    assert progress is not None
    with sqlite3.connect(progress.uri.removeprefix("sqlite:///")) as database:
        database.execute("delete from metrics where key = 'train/step_loss' and step in (3, 4)")
    root = store.path.parent
    code, lines = check(root)
    assert code == 1
    assert f"MLflow's run {progress.run_id} lacks 2 of " in lines[0]
    assert check(root, "--repair")[0] == 0
    assert check(root) == (0, [f"1 runs in {root}: all whole"])
