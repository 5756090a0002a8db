"""A password in tracking.uri= stands in nothing that is written or shown."""

from pathlib import Path

import pytest

from depthlab.tracking import redact
from tests.commands import ROOT, run_command
from tests.run.conftest import TINY

SECRET = "hunter2@w0rd"  # with an @, which an address should not have


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (f"http://me:{SECRET}@host:5000/x", "http://me:***@host:5000/x"),
        ("postgresql+psycopg2://me:a:b@c@host/runs", "postgresql+psycopg2://me:***@host/runs"),
        ("postgresql://host/runs?user=me&password=hunter2&x=1", "postgresql://host/runs?user=me&password=***&x=1"),
        ("no store answers at http://me:pw@host (refused)", "no store answers at http://me:***@host (refused)"),
        ("http://host:5000/a@b", "http://host:5000/a@b"),
        ("sqlite:///runs/a@b.db", "sqlite:///runs/a@b.db"),
    ],
)
def test_passwords_are_cut_out_of_addresses(address: str, shown: str) -> None:
    assert redact(address) == shown


@pytest.mark.slow
@pytest.mark.parametrize("several", [False, True], ids=["run", "sweep"])
def test_no_secret_is_in_anything_that_is_left_or_shown(several: bool, tmp_path: Path) -> None:
    """The store is away, so that all that is said about it is said too."""
    words = [*TINY, f"tracking.uri=http://me:{SECRET}@127.0.0.1:1", "tracking.patience=0"]
    program: list[object] = [ROOT / "train.py"]
    if several:
        code = f"from tests.sweeps.in_turn import run_script; run_script({str(ROOT / 'train.py')!r})"
        program = ["-c", code, "-m"]
        words.append("seed=0,1")
    root = tmp_path / "mlruns" / "runs"
    answer = run_command(*program, *words, f"tracking.folder={root}")
    assert answer.returncode == 0, answer.stderr
    assert "no store answers" in answer.stderr, "what is said about the store is looked at too"
    assert "hunter2" not in answer.stdout + answer.stderr
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert len(files) > 8
    assert [file for file in files if b"hunter2" in file.read_bytes()] == []
