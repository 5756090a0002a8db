import subprocess
from pathlib import Path

import pytest

from depthlab.tracking import capture_environment


def _git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    answer = subprocess.run(["git", "-C", folder, *identity, *arguments], capture_output=True, text=True, check=True)
    return answer.stdout


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "checkout"
    folder.mkdir()
    _git(folder, "init", "-q")
    (folder / "net.py").write_text("depth = 20\n")
    _git(folder, "add", "net.py")
    _git(folder, "commit", "-q", "-m", "A net")
    return folder


def test_a_clean_checkout_has_a_commit_and_no_diff(checkout: Path) -> None:
    environment = capture_environment(source=checkout)
    assert environment.commit == _git(checkout, "rev-parse", "HEAD").strip()
    assert environment.diff == ""


def test_the_diff_gives_back_what_was_run(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (checkout / "net.py").write_text("depth = 56\n")
    (checkout / "new file.py").write_text("width = 2\n")
    (checkout / "photo.png").write_bytes(b"\x89PNG")
    # As inside of a git hook.
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    diff = capture_environment(source=checkout).diff
    monkeypatch.delenv("GIT_DIR")
    assert "photo" not in diff
    (checkout / "new file.py").unlink()
    _git(checkout, "checkout", "-q", "net.py")
    patch = checkout / "patch"
    patch.write_text(diff)
    _git(checkout, "apply", "patch")
    assert (checkout / "net.py").read_text() == "depth = 56\n"
    assert (checkout / "new file.py").read_text() == "width = 2\n"


def test_what_only_lies_in_a_checkout_has_no_commit(checkout: Path) -> None:
    installed = checkout / "venv" / "package"
    installed.mkdir(parents=True)
    (checkout / ".gitignore").write_text("venv\n")
    assert capture_environment(source=installed).commit is None


def test_outside_of_git_and_without_git(tmp_path: Path, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert capture_environment(source=tmp_path).commit is None
    monkeypatch.setenv("PATH", str(tmp_path))
    environment = capture_environment(source=checkout)
    assert (environment.commit, environment.diff) == (None, "")


def test_libraries_and_machine_are_named() -> None:
    environment = capture_environment(gpu="a GPU")
    assert environment.versions["torch"].startswith("2.13.0")
    assert environment.versions["mlflow"]
    assert environment.cores >= 1
    assert environment.memory_gib > 0.5
    assert environment.cpu
    assert environment.gpu == "a GPU"
