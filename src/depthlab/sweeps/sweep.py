"""A sweep from its overrides to its last line: plan, look at what is there, compute the rest, tell.

What imports torch or matplotlib is imported inside of functions, when the cluster has its head start.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from depthlab.invocation import report
from depthlab.records import SweepManifest
from depthlab.run import runs_root
from depthlab.sweeps.plan.plan import SweepPlan, Variant, identity_of, make_plan
from depthlab.sweeps.plan.recipe_checker import RecipeChecker
from depthlab.sweeps.plan.settings import Settings
from depthlab.sweeps.plan.trial import Trial
from depthlab.sweeps.result import SweepResult
from depthlab.sweeps.state.folder import SweepFolder, sweeps_root
from depthlab.sweeps.workers.cluster_warmup import ClusterWarmup
from depthlab.tracking import resolve_uri

TrialFilter = Callable[[Trial], bool]


def run_sweep(overrides: Sequence[str], settings: Settings) -> None:
    """Compute every trial that the overrides ask for and that has not finished; or print what that would be.

    Raises:
        ValueError: a mistake of the user, reported before anything runs.
        Interrupted: Ctrl-C or SIGTERM; what was computed is kept.
        SystemExit: with 3 if trials are missing in the end.
    """
    if settings.dry_run:
        preview_sweep(overrides, settings)
        return
    result = ensure_sweep(overrides, settings)
    from depthlab.sweeps.outcome import sweep_outcome  # imports matplotlib

    report(**sweep_outcome(result))
    result.show()
    result.end()


def ensure_sweep(
    overrides: Sequence[str], settings: Settings, *, only: TrialFilter | None = None, variants: Sequence[Variant] = ()
) -> SweepResult:
    """Compute every trial that the overrides ask for and that has not finished, and return how all stand.

    `only` leaves out trials of the grid for which it is false, so that one sweep can hold what is not a full grid.
    `variants` are sets of overrides, such as networks of several families; each is combined with the whole grid.

    Raises:
        ValueError: a mistake of the user, reported before anything runs.
        Interrupted: Ctrl-C or SIGTERM; what was computed is kept.
    """
    assert not settings.dry_run, "a dry run computes nothing"
    checker = RecipeChecker()
    with ClusterWarmup(overrides, settings) as warmup:
        plan = _plan(overrides, settings, checker, only, variants)
        root = runs_root(plan.trials[0].recipe).absolute()
        folder = open_folder(plan, settings, root)
        from depthlab.sweeps.job import SweepJob
        from depthlab.sweeps.runner import SweepRunner

        with folder.locked():
            runner = SweepRunner.open(SweepJob.begin(plan, settings, folder, root), checker)
            record = runner.run(warmup)
    tracking = plan.trials[0].recipe.config["tracking"]
    return SweepResult(
        record=record,
        folder=folder.path,
        runs=root,
        recipes={index: entry.trial.recipe for index, entry in runner.sweep_state.entries.items()},
        store=(resolve_uri(tracking["uri"]), tracking["experiment"]) if tracking["enabled"] else None,
        skipped=tuple(f"{' '.join(one.overrides)}: {one.reason}" for one in plan.skipped),
    )


def preview_sweep(
    overrides: Sequence[str], settings: Settings, *, only: TrialFilter | None = None, variants: Sequence[Variant] = ()
) -> None:
    """Print the trials that `ensure_sweep` would compute, what each costs, and how long all would take.

    Raises:
        ValueError: a mistake of the user.
    """
    from depthlab.sweeps.preview import preview

    checker = RecipeChecker()
    plan = _plan(overrides, settings, checker, only, variants)
    root = runs_root(plan.trials[0].recipe).absolute()
    folder = SweepFolder.find(sweeps_root(root), identity_of(plan.space, settings))
    preview(plan, settings, checker, folder, root)


def open_folder(plan: SweepPlan, settings: Settings, root: Path) -> SweepFolder:
    """Return the sweep's folder, made where the question is new or everything is to be done anew."""
    identity = identity_of(plan.space, settings)
    found = None if settings.fresh else SweepFolder.find(sweeps_root(root), identity)
    if found is not None:
        return found
    now = datetime.now(UTC).isoformat(timespec="seconds")
    manifest = SweepManifest(
        name=settings.name or plan.name,
        identity=identity,
        axes=plan.space.axes,
        held=plan.space.science_words,
        search=settings.search,
        started=now,
        since=now if settings.fresh else "",
    )
    return SweepFolder.create(sweeps_root(root), manifest)


def _plan(
    overrides: Sequence[str],
    settings: Settings,
    checker: RecipeChecker,
    only: TrialFilter | None,
    variants: Sequence[Variant],
) -> SweepPlan:
    plan = make_plan(overrides, settings, checker, variants)
    if only is not None:
        plan.trials = [trial for trial in plan.trials if only(trial)]
        assert plan.trials, "nothing of the grid is wanted"
    return plan
