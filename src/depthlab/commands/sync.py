"""Send MLflow what it does not have of runs and sweeps, and end runs whose process died"""

import sys
from pathlib import Path

from depthlab.command_line import key_values
from depthlab.invocation import called, report

OPTIONAL = {
    "folder": "the folder of all runs [mlruns/runs]",
    "tracking.uri": "send to this MLflow store [each run to the one that it was begun for]",
}


def main() -> None:
    """Read the command line, synchronize, print a line per run; exit code 1 if something could not be sent."""
    typed = key_values(called()[2:], required={}, optional=OPTIONAL, about=__doc__ or "")

    from depthlab.tracking import RUNS_ROOT, Synchronized, find_folders, synchronize

    def show(run: Synchronized) -> None:
        died = "its process had died: it counts as killed now; " if run.reaped else ""
        if run.warning is not None:
            print(f"{run.folder}: {died}not sent: {run.warning}", file=sys.stderr)
        elif run.run_id is not None:
            print(f"{run.folder}: {died}{run.status}, MLflow has all of it as run {run.run_id}")
        else:
            print(f"{run.folder}: {died}it is in no MLflow store")

    root = Path(typed.get("folder", RUNS_ROOT))
    if "folder" in typed and not root.is_dir():
        raise ValueError(f"folder={root}: there is no such folder")
    changed = synchronize(root, typed.get("tracking.uri"), report=show)
    unsent = sum(run.warning is not None for run in changed)
    done = f"{len(changed) - unsent} brought up to date, {unsent} not sent" if changed else "nothing to do"
    found = len(find_folders(root))
    print(f"{found} runs in {root}: {done}")
    # After the runs, which sweeps show as theirs.
    unsent += sync_sweeps(root.parent / "sweeps", typed.get("tracking.uri"))
    report(details={"runs": found, "changed": len(changed), "unsent": unsent})
    raise SystemExit(1 if unsent else 0)


def sync_sweeps(root: Path, uri: str | None) -> int:
    """Bring the runs of sweeps up to date, print a line for each that was not; return how many could not be."""
    if not root.is_dir():
        return 0

    from depthlab.sweeps.mlflow.synchronize import SynchronizedSweep, synchronize_sweeps

    def show(sweep: SynchronizedSweep) -> None:
        if sweep.warning is None:
            print(f"sweep {sweep.folder}: MLflow has all of it as run {sweep.run_id}")
        else:
            print(f"sweep {sweep.folder}: not sent: {sweep.warning}", file=sys.stderr)

    return sum(sweep.warning is not None for sweep in synchronize_sweeps(root, uri, report=show))
