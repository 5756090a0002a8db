"""Look whether a store of runs is whole; --repair mends what can be mended"""

from pathlib import Path

from depthlab.command_line import key_values
from depthlab.invocation import called, report

_REPAIR = "--repair"
OPTIONAL = {"folder": "the folder of all runs [mlruns/runs]; the sweeps and the store beside it are looked at too"}


def main() -> None:
    """Read the command line, walk the store, print a line for each finding; exit code 1 if some are not mended."""
    words = [word for word in called()[2:] if word != _REPAIR]
    repair = len(words) < len(called()[2:])
    typed = key_values(words, required={}, optional=OPTIONAL, about=__doc__ or "")

    from depthlab.run import inspect_store
    from depthlab.tracking import RUNS_ROOT, find_folders, synchronize

    root = Path(typed.get("folder", RUNS_ROOT)).absolute()
    if not root.is_dir():
        raise ValueError(f"folder={root}: there is no such folder")
    found = 0
    for line in inspect_store(root, repair=repair):
        found += 1
        print(line)
    unsent = [run for run in synchronize(root) if run.warning] if repair else []
    for run in unsent:
        print(f"{run.folder}: not sent: {run.warning}")
    state = f"{found} things are not whole" if found else "all whole"
    advice = "" if not found else "; mended" if repair else "; --repair mends them"
    print(f"{len(find_folders(root))} runs in {root}: {state}{advice}")
    code = 1 if unsent or (found and not repair) else 0
    report(exit_code=code, details={"found": found, "mended": repair and not code})
    raise SystemExit(code)
