"""What a trial takes, and how many fit."""

from typing import Any

import pytest

from depthlab.recipe import Recipe
from depthlab.sweeps.plan.resources import check_processes, concurrent_trials, resources_of
from depthlab.sweeps.workers.cluster import Cluster
from depthlab.sweeps.workers.task import Resources
from tests.sweeps.planned import settings


def cluster(cpus: float = 8, gpus: float = 0) -> Cluster:
    return Cluster(nodes=1, cpus=cpus, gpus=gpus, hosts=frozenset({"127.0.0.1"}), own=True)


def recipe(device: str = "auto", workers: int = 1) -> Recipe:
    return Recipe({"trainer": {"device": device, "workers": workers}}, {}, ())


@pytest.mark.parametrize(
    ("there", "device", "changed", "expected"),
    [
        (cluster(), "auto", {}, Resources(1.0, 0.0, 1)),
        (cluster(gpus=2), "auto", {}, Resources(1.0, 1.0, 1)),
        (cluster(gpus=2), "cuda", {}, Resources(1.0, 1.0, 1)),
        (cluster(gpus=2), "cpu", {}, Resources(1.0, 0.0, 1)),
        (cluster(gpus=1), "auto", {"gpu": 0.25}, Resources(1.0, 0.25, 1)),
        (cluster(gpus=1), "auto", {"gpu": 0.0, "cpu": 4.0}, Resources(4.0, 0.0, 1)),
        (cluster(cpus=1), "auto", {"cpu": 0.5}, Resources(0.5, 0.0, 1)),
    ],
)
def test_what_a_trial_takes(there: Cluster, device: str, changed: dict[str, Any], expected: Resources) -> None:
    assert resources_of(recipe(device), settings(**changed), there) == expected


@pytest.mark.parametrize(
    ("there", "workers", "changed", "said"),
    [
        (cluster(cpus=2), 1, {"cpu": 4.0}, "asks for 4 cpus, and the cluster has 2: type sweep.cpu=2 or less"),
        (cluster(cpus=2), 4, {}, "asks for 4 cpus, .*trainer.workers=1"),
        (cluster(), 1, {"gpu": 1.0}, "asks for 1 gpus, and the cluster has 0: type sweep.gpu=0"),
    ],
)
def test_what_the_cluster_has_not_is_told(there: Cluster, workers: int, changed: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said) as raised:
        resources_of(recipe(workers=workers), settings(**changed), there)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("resources", "there", "concurrent", "expected"),
    [
        (Resources(1, 0, 1), cluster(cpus=8), None, 8),
        (Resources(1, 0, 1), cluster(cpus=8), 3, 3),
        (Resources(1, 0, 1), cluster(cpus=2), 100, 2),
        (Resources(2, 0, 2), cluster(cpus=8), None, 2),
        (Resources(0.1, 0, 1), cluster(cpus=3), None, 30),
        (Resources(1, 0.25, 1), cluster(cpus=8, gpus=1), None, 4),
        (Resources(1, 0.1, 1), cluster(cpus=80, gpus=0.3), None, 3),
        (Resources(3, 1, 1), cluster(cpus=8, gpus=8), None, 2),
    ],
)
def test_how_many_fit(resources: Resources, there: Cluster, concurrent: int | None, expected: int) -> None:
    assert concurrent_trials(resources, settings(concurrent=concurrent), there) == expected


@pytest.mark.parametrize(
    ("workers", "gpu", "said"),
    [
        ([1], 2.0, "sweep.gpu=2 gives a trial more GPUs than .*: add trainer.workers=2, or type sweep.gpu=1"),
        ([2, 2], 3.0, "add trainer.workers=3, or type sweep.gpu=2"),
        ([2, 1, 2], "auto", "trainer.workers=1,2: all trials of a sweep have as many processes"),
    ],
)
def test_processes_that_do_not_fit_are_told_before_anything_starts(workers: list[int], gpu: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check_processes([recipe(workers=number) for number in workers], settings(gpu=gpu))


@pytest.mark.parametrize(
    ("workers", "gpu"), [([1, 1], "auto"), ([1], 1.0), ([1], 0.25), ([2], 2.0), ([4], 2.0), ([], 2.0)]
)
def test_processes_may_share_a_gpu_or_have_one_each(workers: list[int], gpu: Any) -> None:
    check_processes([recipe(workers=number) for number in workers], settings(gpu=gpu))
