"""Repeat a run from its manifest, and say whether the result is identical"""

import sys
from pathlib import Path

from depthlab.command_line import key_values
from depthlab.invocation import RunOutcome, called, report

REQUIRED = {"run": "MLflow's id of the run, its folder's name, or the beginning of either"}
OPTIONAL = {
    "folder": "the folder of all runs, the new one included [mlruns/runs]",
    "trust": "true: run the code that a run from elsewhere names, a network that is not of depthlab",
    "tracking": "none: show the new run in no MLflow store",
    "tracking.uri": "the MLflow store of the new run [the old one's]; a run that has no folder here is fetched from it",
    "data.folder": "where downloads and decoded images are kept [as it was then]",
}


def main() -> None:
    """Read the command line, train, compare; exit code 0 if the runs are identical, 1 if not."""
    typed = key_values(called()[2:], required=REQUIRED, optional=OPTIONAL, first="run", about=__doc__ or "")
    if typed.get("trust", "true") != "true":
        raise ValueError(f"trust={typed['trust']}: type trust=true, or leave it out")
    if typed.get("tracking", "none") != "none":
        raise ValueError(f"tracking={typed['tracking']}: type tracking=none, or leave it out")
    changes = {group: _typed_for(group, typed) for group in ("tracking", "data")}
    if "tracking" in typed:
        changes["tracking"]["enabled"] = False

    from depthlab.run import rerun as repeat
    from depthlab.run import verdict
    from depthlab.tracking import RUNS_ROOT, find_or_fetch
    from depthlab.training import Interrupted

    def tell(line: str) -> None:
        print(line, file=sys.stderr)

    root = Path(typed.get("folder", RUNS_ROOT))
    then = find_or_fetch(root, typed["run"], typed.get("tracking.uri"), trust="trust" in typed)
    try:
        now, comparison = repeat(then, root, tell=tell, changes=changes)
    except Interrupted as interrupted:
        tell(f"stopped by {interrupted}; the same command begins anew")
        raise SystemExit(128 + interrupted.signum) from None
    report(
        exit_code=0 if comparison.identical else 1,
        verdict=tuple(verdict(comparison)),
        runs=tuple(RunOutcome.of(one.record, one.path) for one in (then, now) if one.record is not None),
        details={"identical": comparison.identical},
    )
    print(f"then  {then.path}\nnow   {now.path}", *verdict(comparison), sep="\n")
    raise SystemExit(0 if comparison.identical else 1)


def _typed_for(group: str, typed: dict[str, str]) -> dict[str, object]:
    return {key.partition(".")[2]: value for key, value in typed.items() if key.startswith(f"{group}.")}
