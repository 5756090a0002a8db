"""Fetching with npm, here a stand-in of a few lines of shell."""

import os
from pathlib import Path

import pytest

from depthlab.data.npm import npm_package

DELIVERS = """
while [ $# -gt 0 ]; do
  case "$1" in
    --cache) cache="$2"; shift;;
    --pack-destination) place="$2"; shift;;
  esac
  shift
done
mkdir -p "$cache" && echo copy > "$cache/copy"
echo package > "$place/a-1.0.0.tgz"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def install(script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text(f"#!/bin/sh\n{script}")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{npm.parent}{os.pathsep}{os.environ['PATH']}")


def test_the_package_is_there_within_the_context_and_nothing_after_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    install(DELIVERS, tmp_path, monkeypatch)
    with npm_package("a@1.0.0", folder) as archive:
        assert archive.read_text() == "package\n"
        assert archive.is_relative_to(folder)
        assert len(list(folder.rglob("copy"))) == 1  # npm's cache lies beside it
    assert list(folder.iterdir()) == []
    assert capfd.readouterr() == ("", "")  # no progress where nobody looks


def test_what_npm_says_of_its_failure_is_passed_on(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("echo 'npm error code ENOTFOUND' >&2; echo 'npm error more' >&2; exit 1", tmp_path, monkeypatch)
    with pytest.raises(ValueError, match=r"^npm failed \(code ENOTFOUND\)$"), npm_package("a", folder):
        pytest.fail("it did not deliver")
    assert list(folder.iterdir()) == []


def test_an_npm_that_delivers_nothing_failed(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install("exit 0", tmp_path, monkeypatch)
    with pytest.raises(ValueError, match="npm failed"), npm_package("a", folder):
        pytest.fail("it did not deliver")


def test_without_npm(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ValueError, match="npm is not installed"), npm_package("a", folder):
        pytest.fail("there is no npm")


def test_what_a_killed_process_left_is_cleared(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(DELIVERS, tmp_path, monkeypatch)
    (folder / ".npm-old").mkdir()
    (folder / ".npm-old" / "half.tgz").touch()
    with npm_package("a@1.0.0", folder):
        pass
    assert list(folder.iterdir()) == []
