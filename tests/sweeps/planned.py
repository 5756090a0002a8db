"""Settings and plans for tests: composed and checked for real, on tiny made-up images, and nothing runs."""

from functools import cache
from typing import Any

from depthlab.recipe import Space, read_space
from depthlab.sweeps.plan.plan import SweepPlan, make_plan
from depthlab.sweeps.plan.recipe_checker import RecipeChecker
from depthlab.sweeps.plan.settings import Settings

TINY = ("data=synthetic", "data.image_size=8", "data.train_size=200", "data.test_size=40", "batch_size=32")

_DEFAULTS: dict[str, Any] = {
    "search": "grid",
    "scheduler": "none",
    "samples": None,
    "metric": "val/accuracy",
    "seed": 0,
    "grace_epochs": 1,
    "reduction": 3,
    "name": None,
    "params": {},
    "storage": None,
    "cpu": 1.0,
    "gpu": "auto",
    "concurrent": None,
    "minutes": None,
    "trial_minutes": None,
    "attempts": 3,
    "impossible": "refuse",
    "dry_run": False,
    "address": None,
    "fresh": False,
}


def settings(**changed: Any) -> Settings:
    """Return the defaults, some of them changed."""
    return Settings(**_DEFAULTS | changed)


def plan(*words: str, **changed: Any) -> SweepPlan:
    """Return the plan of a sweep on tiny images."""
    return make_plan([*TINY, *words], settings(**changed), checker())


def space(*words: str) -> Space:
    return read_space([*TINY, *words])


@cache
def checker() -> RecipeChecker:
    """Return one that remembers the images that it has seen."""
    return RecipeChecker()
