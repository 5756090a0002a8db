"""What `--dry-run` shows: the trials as they stand, what each would cost, and how long all would take."""

import math
import os
from pathlib import Path

from depthlab.sweeps.display.dry_run import show_plan
from depthlab.sweeps.plan.costs import CostCounter, measure_costs, measure_steps
from depthlab.sweeps.plan.estimate import Workload
from depthlab.sweeps.plan.plan import SweepPlan
from depthlab.sweeps.plan.recipe_checker import RecipeChecker
from depthlab.sweeps.plan.settings import Settings
from depthlab.sweeps.state.folder import SweepFolder
from depthlab.sweeps.state.trial_ledger import TrialLedger, load_state


def preview(
    plan: SweepPlan, settings: Settings, checker: RecipeChecker, folder: SweepFolder | None, root: Path
) -> None:
    """Print what the sweep would do; nothing is started, and nothing is written."""
    trials = TrialLedger.read(folder).number(plan.trials, note=False)
    since = folder.manifest.since if folder is not None and not settings.fresh else ""
    scheduled = settings.scheduler != "none"
    sweep_state = load_state(trials, root, metric=settings.metric, since=since, pruned_counts=scheduled)
    counter = CostCounter(checker.facts)
    costs = measure_costs(trials, counter)
    recipes = [entry.trial.recipe for entry in sweep_state.missing]
    measured = measure_steps(recipes, counter=counter, root=root, threads=math.ceil(settings.cpu))
    cores = len(os.sched_getaffinity(0))
    concurrent = max(1, math.floor(cores / settings.cpu))
    concurrent = concurrent if settings.concurrent is None else min(concurrent, settings.concurrent)
    expected = (settings.samples or 0) if settings.search == "optuna" else 0
    skipped = [(" ".join(one.overrides), one.reason) for one in plan.skipped]
    name = plan.name if plan.space.axes else ""
    show_plan(Workload(sweep_state, costs, concurrent, measured, expected), name=name, skipped=skipped)
