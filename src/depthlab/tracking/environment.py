"""Where a run is computed: code, libraries, machine."""

import functools
import os
import platform
import shutil
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

from depthlab.records import Environment

_DIFF_LIMIT = 1_000_000  # characters; more than that is not a change of code


def capture_environment(*, gpu: str | None = None, source: Path | None = None) -> Environment:
    """Describe code, libraries and machine.

    Args:
        gpu: Name of the GPU that the run uses, asked of the library that drives it.
        source: A folder of the checkout whose commit and changes are noted; by default the one of this package.
    """
    commit, diff = describe_checkout(source) if source is not None else _own_checkout()
    return Environment(
        commit=commit,
        diff=diff,
        python=sys.version.split()[0],
        platform=platform.platform(),
        versions=dict(_installed_versions()),
        cpu=_processor(),
        cores=_cores(),
        memory_gib=round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30, 1),
        gpu=gpu,
    )


@functools.cache
def _own_checkout() -> tuple[str | None, str]:
    """Describe the checkout of this package, once in a process: what is changed later is not what was imported."""
    return describe_checkout(Path(__file__).parents[1])


def describe_checkout(folder: Path) -> tuple[str | None, str]:
    """Return the commit and a patch of what differs from it, with new source files.

    Outside of git they are what the environment says, which a copy of a checkout on another machine is given along:
    DEPTHLAB_COMMIT and DEPTHLAB_DIFF; (None, "") where it says nothing.
    """
    commit = _git(folder, "rev-parse", "HEAD")
    # A virtual environment may lie inside somebody's checkout without being part of it.
    if commit is None or not _git(folder, "ls-files", "."):
        return os.environ.get("DEPTHLAB_COMMIT"), os.environ.get("DEPTHLAB_DIFF", "")
    top = Path((_git(folder, "rev-parse", "--show-toplevel") or "").strip())
    patch = [_git(top, "diff", "HEAD", "--no-color", "--no-ext-diff") or ""]
    new_files = _git(top, "ls-files", "--others", "--exclude-standard", "-z", "*.py", "*.yaml") or ""
    for name in filter(None, new_files.split("\0")):
        patch.append(_git(top, "diff", "--no-color", "--no-ext-diff", "--no-index", "/dev/null", name) or "")
    diff = "".join(patch)
    if len(diff) > _DIFF_LIMIT:
        diff = diff[:_DIFF_LIMIT] + f"\n[cut: the patch has {len(diff)} characters]\n"
    return commit.strip(), diff


def _git(folder: Path, *arguments: str) -> str | None:
    program = shutil.which("git")
    if program is None:
        return None
    # Inside a git hook these variables point to another repository than the folder's.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = [program, "-C", str(folder), *arguments]
    try:
        answer = subprocess.run(command, capture_output=True, env=environment, timeout=30, check=False)
    except subprocess.TimeoutExpired:  # training goes on with a slow disk
        return None
    # `diff --no-index` says 1 where files differ.
    allowed = (0, 1) if "--no-index" in arguments else (0,)
    return answer.stdout.decode(errors="replace") if answer.returncode in allowed else None


@functools.cache
def _installed_versions() -> dict[str, str]:
    found = {distribution.metadata["Name"]: distribution.version for distribution in distributions()}
    return dict(sorted((name, version) for name, version in found.items() if name))


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _cores() -> int:
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
