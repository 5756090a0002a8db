"""A sweep from words to its last line: plan, look at what is there, compute the rest, tell."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from depthlab.records import SweepManifest
from depthlab.runs import runs_root
from depthlab.sweeps.carry_out import CarryingOut
from depthlab.sweeps.folder import SweepFolder
from depthlab.sweeps.outcome import tell_outcome
from depthlab.sweeps.plan import Examiner, Plan, identity_of, make_plan
from depthlab.sweeps.preview import preview
from depthlab.sweeps.settings import Settings


def run_sweep(words: Sequence[str], settings: Settings) -> None:
    """Compute every trial that the words ask for and that has not finished.

    Raises:
        ValueError: a person's mistake, told before anything runs.
        Interrupted: Ctrl-C or SIGTERM; what was computed is kept.
        SystemExit: with 3 if trials are missing in the end.
    """
    examiner = Examiner()
    plan = make_plan(words, settings, examiner)
    root = runs_root(plan.trials[0].recipe).absolute()
    if settings.dry_run:
        preview(plan, settings, examiner, SweepFolder.find(sweeps_root(root), identity_of(plan.space, settings)), root)
        return
    folder = open_folder(plan, settings, root)
    with folder.locked():
        work = CarryingOut(plan, settings, examiner, folder, root)
        record = work.run()
    tell_outcome(record, folder.path, asked=work.standing.entries)


def sweeps_root(runs: Path) -> Path:
    """Return the folder that holds the folders of sweeps, beside that of runs."""
    return runs.parent / "sweeps"


def open_folder(plan: Plan, settings: Settings, root: Path) -> SweepFolder:
    """Return the sweep's folder, made where the question is new or everything is to be done anew."""
    identity = identity_of(plan.space, settings)
    found = None if settings.fresh else SweepFolder.find(sweeps_root(root), identity)
    if found is not None:
        return found
    now = datetime.now(UTC).isoformat(timespec="seconds")
    manifest = SweepManifest(
        name=settings.name or plan.name,
        identity=identity,
        axes=plan.space.keys,
        held=plan.space.science_words,
        search=settings.search,
        started=now,
        since=now if settings.fresh else "",
    )
    return SweepFolder.create(sweeps_root(root), manifest)
