"""Make .venv: the locked dependencies and this project, editable. `make setup` calls it; standard library only.

Quick when nothing changed: .venv/setup.json keeps what the environment was made of. The chosen torch is remembered
there too, so that a later `make test` doesn't bring back the build that somebody chose against.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this is where an older one is turned away
    sys.exit(
        f"error: depthlab needs Python 3.11 or newer, and this is {sys.version.split()[0]}; "
        "name one that is: make setup PYTHON=python3.12"
    )

import argparse
import hashlib
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
STAMP = VENV / "setup.json"
CONSTRAINTS = VENV / "constraints.txt"

CUDA_NOTE = """\
note: this machine has no NVIDIA GPU, yet pip is about to fetch a CUDA build of torch (gigabytes).
note: for the small CPU build, stop here (Ctrl-C) and name the index that PyTorch's install page shows for CPU:
note:   make setup TORCH_INDEX=ADDRESS"""


def main() -> None:
    """Bring .venv up to date with pyproject.toml, constraints.txt and the options."""
    parser = argparse.ArgumentParser(description="Make .venv with the locked dependencies and this project.")
    parser.add_argument("--torch", default="", help="another torch: a requirement (torch==2.11.0) or a wheel file")
    parser.add_argument("--torch-index", default="", help="address of the package index to take torch from")
    parser.add_argument("--extras", default="dev", help="optional dependencies to install, none if empty")
    options = parser.parse_args()

    before = read_stamp()
    wanted = {
        "python": sys.version,
        "folder": str(ROOT),
        "torch": options.torch or before.get("torch", ""),
        "torch_index": options.torch_index or before.get("torch_index", ""),
        "extras": options.extras,
        "files": fingerprint(ROOT / "pyproject.toml", ROOT / "constraints.txt"),
    }
    if before == wanted:
        return
    fresh = not usable(before)
    if fresh:
        # sys._base_executable: this script may itself run on the interpreter of the .venv that is to be replaced.
        call([getattr(sys, "_base_executable", sys.executable), "-m", "venv", "--clear", str(VENV)])
    STAMP.unlink(missing_ok=True)  # an installation that is cut off must not look complete

    own_torch = bool(wanted["torch"] or wanted["torch_index"])
    lock = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    CONSTRAINTS.write_text(free_torch(lock) if own_torch else lock, encoding="utf-8")
    torch_changed = fresh or any(before[key] != wanted[key] for key in ("torch", "torch_index"))
    if own_torch and torch_changed:
        call(torch_command(wanted["torch"] or locked_torch(lock), wanted["torch_index"]))
    elif fresh and lacks_gpu() and brings_cuda(locked_torch(lock)):
        print(CUDA_NOTE, file=sys.stderr, flush=True)
    call(project_command(wanted["torch_index"], wanted["extras"]))

    STAMP.write_text(json.dumps(wanted, indent=2) + "\n", encoding="utf-8")
    print("\nReady. Type `. .venv/bin/activate`, then for example `python train.py model=resnet depth=56`.")


def read_stamp() -> dict[str, str]:
    """What .venv was made of, or nothing if it never was made to its end."""
    try:
        return dict(json.loads(STAMP.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError):
        return {}


def usable(stamp: dict[str, str]) -> bool:
    """Whether the .venv that `stamp` describes can be brought up to date: same interpreter, never moved."""
    same = stamp.get("python") == sys.version and stamp.get("folder") == str(ROOT)
    return same and (VENV / "bin" / "python").exists()


def fingerprint(*paths: Path) -> str:
    """A hash of the contents of `paths`."""
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()


def locked_torch(lock: str) -> str:
    """The requirement by which the lock pins torch, such as torch==2.13.0."""
    return next(line for line in lock.splitlines() if line.startswith("torch=="))


def free_torch(lock: str) -> str:
    """The lock without torch, and without setuptools, for which builds of torch have different needs."""
    return re.sub(r"^(torch|setuptools)==.*\n", "", lock, flags=re.MULTILINE)


def torch_command(torch: str, index: str) -> list[str]:
    """Install `torch` alone and from `index` alone, so that no other build can be preferred."""
    source = ["--index-url", index] if index else []
    return [*pip(), "install", "--force-reinstall", "--no-deps", *source, torch]


def project_command(index: str, extras: str) -> list[str]:
    """Install the project and what it needs, a torch that is there already left alone.

    `index` is asked as well, for the parts of a torch build that only its own index has.
    """
    source = ["--extra-index-url", index] if index else []
    project = f"{ROOT}[{extras}]" if extras else str(ROOT)
    return [*pip(), "install", "--constraint", str(CONSTRAINTS), *source, "--editable", project]


def brings_cuda(torch: str) -> bool:
    """Whether pip would take a build of `torch` that needs NVIDIA's libraries."""
    command = [*pip(), "install", "--quiet", "--dry-run", "--no-deps", "--report", "-", torch]
    answer = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    if answer.returncode != 0:
        return False  # the installation that follows meets the same trouble, and says what it is
    report: dict[str, Any] = json.loads(answer.stdout)
    needs = [need for item in report["install"] for need in item["metadata"].get("requires_dist", [])]
    return any(need.startswith(("nvidia-", "cuda-")) for need in needs)


def lacks_gpu() -> bool:
    """Whether this is a Linux without an NVIDIA GPU: elsewhere pip brings no CUDA, or brings it for good."""
    drivers = ("/dev/nvidiactl", "/dev/dxg")  # the second is that of Windows' Linux subsystem
    return sys.platform == "linux" and not any(Path(driver).exists() for driver in drivers)


def pip() -> list[str]:
    """Pip of .venv, asking nothing."""
    return [str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input"]


def call(command: list[str]) -> None:
    """Run `command`, and end with its exit status if it fails."""
    # The lock holds for what builds packages too. Two names: pip 25.3 split the second from the first.
    held = dict.fromkeys(("PIP_CONSTRAINT", "PIP_BUILD_CONSTRAINT"), str(CONSTRAINTS))
    status = subprocess.run(command, env=os.environ | held, check=False).returncode
    if status != 0:
        sys.exit(f"error: `make setup` stopped at: {' '.join(command)}")


if __name__ == "__main__":
    main()
