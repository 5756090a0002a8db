"""What a sweep's trials cost, counted; and the time of their steps, remembered or tried."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from depthlab.recipe import Recipe
from depthlab.records import Damaged, read_sealed
from depthlab.run import ImageFacts, count_all_steps, look_at_images, measure, runs_root
from depthlab.sweeps.plan.estimate import TrialCost
from depthlab.sweeps.plan.trial import Trial
from depthlab.tracking import capture_environment, find_folders


@final
class CostCounter:
    """Costs of many recipes: images are looked at once, and a network is counted once, however many ask for it."""

    def __init__(self, look: Callable[[Recipe], ImageFacts] = look_at_images) -> None:
        self._look = look
        self._facts: dict[str, ImageFacts] = {}
        self._networks: dict[str, tuple[int, int]] = {}

    def facts(self, recipe: Recipe) -> ImageFacts:
        """Return what is known of the recipe's images."""
        key = _key(recipe.config["data"])
        if key not in self._facts:
            self._facts[key] = self._look(recipe)
        return self._facts[key]

    def cost(self, recipe: Recipe) -> TrialCost:
        """Count what a recipe has to compute; raises `ValueError` where its network can't be built."""
        facts, config = self.facts(recipe), recipe.config
        key = _key([config["model"], facts.num_classes, facts.channels, facts.image_size])
        if key not in self._networks:
            cost = measure(recipe, facts)
            self._networks[key] = (cost.parameters, cost.multiply_adds)
        return TrialCost(*self._networks[key], count_all_steps(recipe, facts), config["batch_size"])


def measure_costs(
    trials: Sequence[Trial], counter: CostCounter, *, enabled: bool | None = None
) -> dict[int, TrialCost]:
    """Count what each trial has to compute, by its place in the sweep; a bar is shown where there is a terminal."""
    costs = {}
    with _progress(enabled) as progress:
        for trial in progress.track(trials, description="counting multiply-adds"):
            costs[trial.index] = counter.cost(trial.recipe)
    return costs


def measure_steps(
    recipes: Sequence[Recipe],
    *,
    counter: CostCounter | None = None,
    root: Path | None = None,
    threads: int = 1,
    seconds: float = 10.0,
    enabled: bool | None = None,
) -> list[tuple[TrialCost, float]]:
    """Return costs with the seconds of one step, from which those of all recipes can be estimated.

    Earlier runs on this hardware tell theirs; of the cheapest and the dearest recipe some steps are trained, for about
    so many seconds in all, where no earlier run shows it. Nothing is recorded.

    Args:
        recipes: Those of the sweep.
        counter: What has counted them already.
        root: The folder of earlier runs; by default the one that the recipes name.
        threads: Of each trial.
        seconds: That trying may take in all.
        enabled: Whether progress is shown; by default it is at a terminal.
    """
    from depthlab.run import time_step  # imports Lightning

    if not recipes:
        return []
    counter = counter or CostCounter()
    costs = {counter.cost(recipe): recipe for recipe in recipes}
    known = recorded_steps(root or runs_root(recipes[0]), recipes, counter, threads=threads)
    told = {cost.kind for cost, _ in known}
    cheapest, dearest = min(costs, key=_work), max(costs, key=_work)
    untold = [cost for cost in dict.fromkeys((cheapest, dearest)) if cost.kind not in told]
    with _progress(enabled) as progress:
        for cost in progress.track(untold, description="timing some steps"):
            known.append((cost, time_step(costs[cost], threads=threads, seconds=seconds / len(untold))))
    return known


def recorded_steps(
    root: Path, recipes: Iterable[Recipe], counter: CostCounter, *, threads: int
) -> list[tuple[TrialCost, float]]:
    """Return what finished runs under `root` tell, if they were of the same images on the same hardware."""
    from depthlab.run import expected_hardware  # imports Lightning

    files = [file for folder in find_folders(root) if (file := folder.path / "record.json").is_file()]
    if not files:
        return []
    processor = capture_environment().cpu
    # one of each image set: the trainer's settings are taken to be those of all
    ones = {recipe.choices["data"]: recipe for recipe in recipes}
    wanted = {
        (data, expected_hardware(recipe, counter.facts(recipe), processor=processor, threads=threads))
        for data, recipe in ones.items()
    }
    return [step for file in files if (step := _step(_values(file), wanted)) is not None]


def _values(file: Path) -> dict[str, Any]:
    """Return a record as plain JSON, as what an older version wrote is no obstacle to an estimate, nor is damage."""
    try:
        return read_sealed(file)
    except Damaged:
        return {}


def _step(record: Mapping[str, Any], wanted: set[tuple[str, str]]) -> tuple[TrialCost, float] | None:
    axes, metrics = record.get("axes", {}), record.get("metrics", {})
    speed = metrics.get("throughput/images_per_second", 0.0)
    names = ("model/parameters", "model/multiply_adds")
    if (axes.get("data"), record.get("hardware")) not in wanted or not speed > 0 or not set(names) <= set(metrics):
        return None
    batch_size = int(axes["batch_size"])
    parameters, multiply_adds = (int(metrics[name]) for name in names)
    return TrialCost(parameters, multiply_adds, steps=0, batch_size=batch_size), batch_size / speed


def _work(cost: TrialCost) -> int:
    return cost.work


def _key(parts: Any) -> str:
    return json.dumps(parts, sort_keys=True)


def _progress(enabled: bool | None) -> Progress:
    console = Console(file=sys.stderr)
    shown = console.is_terminal if enabled is None else enabled
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True, disable=not shown)
