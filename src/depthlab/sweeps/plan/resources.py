"""What one trial takes of the cluster, and how many trials fit into it at once."""

import math
from collections.abc import Sequence
from typing import Literal

from depthlab.recipe import Recipe
from depthlab.sweeps.plan.settings import Settings
from depthlab.sweeps.workers.cluster import Cluster
from depthlab.sweeps.workers.task import Resources


def resources_of(recipe: Recipe, settings: Settings, cluster: Cluster) -> Resources:
    """Return what a trial takes.

    Raises:
        ValueError: the cluster as a whole has less.
    """
    workers = int(recipe.config["trainer"]["workers"])
    gpu = _gpu(settings.gpu, recipe, cluster) / (workers if settings.gpu != "auto" else 1)
    needs = {"cpu": (settings.cpu * workers, cluster.cpus), "gpu": (gpu * workers, cluster.gpus)}
    for kind, (need, there) in needs.items():
        if need > there:
            raise ValueError(
                f"a trial asks for {need:g} {kind}s, and the cluster has {there:g}: type sweep.{kind}="
                f"{math.floor(there) if kind == 'cpu' else 0} or less, or trainer.workers=1"
            )
    return Resources(settings.cpu, gpu, workers)


def check_processes(recipes: Sequence[Recipe], settings: Settings) -> None:
    """See that all trials have as many processes, and each process at most one GPU.

    Raises:
        ValueError: they have not; a trial with more GPUs needs more processes.
    """
    numbers = sorted({int(recipe.config["trainer"]["workers"]) for recipe in recipes})
    if len(numbers) > 1:
        raise ValueError(
            f"trainer.workers={','.join(map(str, numbers))}: all trials of a sweep have as many processes; type one "
            "number, and another sweep for the others"
        )
    if settings.gpu != "auto" and numbers and settings.gpu > numbers[0]:
        raise ValueError(
            f"sweep.gpu={settings.gpu:g} gives a trial more GPUs than it has processes, of which each uses one: "
            f"add trainer.workers={settings.gpu:g}, or type sweep.gpu={numbers[0]}"
        )


def concurrent_trials(resources: Resources, settings: Settings, cluster: Cluster) -> int:
    """Return how many trials are computed at once."""
    fit = math.floor(cluster.cpus / (resources.cpu * resources.workers) + 1e-9)
    if resources.gpu:
        fit = min(fit, math.floor(cluster.gpus / (resources.gpu * resources.workers) + 1e-9))
    return max(1, fit if settings.concurrent is None else min(fit, settings.concurrent))


def _gpu(wanted: float | Literal["auto"], recipe: Recipe, cluster: Cluster) -> float:
    if wanted != "auto":
        return wanted
    return 1.0 if cluster.gpus and recipe.config["trainer"]["device"] in ("auto", "cuda") else 0.0
