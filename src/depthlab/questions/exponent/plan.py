"""Which networks are taken: a base, and for each budget the nearest one along depth and along cardinality."""

from dataclasses import dataclass, replace
from typing import final

from depthlab.command_line import whole_number
from depthlab.questions.arguments import Arguments
from depthlab.questions.equal_cost.candidates import base_candidate
from depthlab.questions.equal_cost.options import fixed_overrides, read_budgets
from depthlab.questions.equal_cost.search import EqualCostSearch, show_networks, variants_of
from depthlab.questions.few_images import with_few_images
from depthlab.questions.runs import RUN, TrainedRuns, find_runs
from depthlab.recipe import read_space
from depthlab.records import MatchedNetwork
from depthlab.sweeps import settings_of

NAME = "exponent"
BUDGET = "1.35x,1.7x,2.05x,2.4x"  # what the next depths of a base of 20 layers cost
SHARE, DRAWS, IMAGES = "0.33", "16", "1000"
AXES = ("depth", "cardinality")

Plan = tuple[MatchedNetwork, ...]  # each network once; empty for runs that were named


@final
@dataclass(frozen=True)
class Options:
    """The budgets to meet, and how lesions are measured: the share deleted together, how often, on how many images."""

    budget: str
    share: float
    draws: int
    images: int


def read_options(arguments: Arguments) -> Options:
    """Return the options of this question. Raises `ValueError`."""
    options = arguments.options
    draws, images = (
        whole_number(key, options.get(key, default), example=default)
        for key, default in (("draws", DRAWS), ("images", IMAGES))
    )
    return Options(options.get("budget", BUDGET), read_share(options.get("share", SHARE)), draws, images)


def read_share(typed: str) -> float:
    """Return a number between 0 and 1. Raises `ValueError`."""
    try:
        share = float(typed)
    except ValueError:
        share = 0.0
    if not 0 < share < 1:
        raise ValueError(f"share={typed} must be between 0 and 1, such as share={SHARE}")
    return share


def find_exponent_runs(arguments: Arguments, options: Options) -> TrainedRuns[Plan] | None:
    """Return the runs that were named, or those of networks of equal cost; None after a dry run.

    Raises:
        ValueError: a person's mistake; or no run has come to its end.
    """
    named = RUN in arguments.options
    arguments = arguments if named else replace(arguments, overrides=with_few_images(arguments.overrides, NAME))
    networks = () if named else find_networks(arguments, options)
    show_networks(networks, "multiply_adds", lambda one: f"{one.axis:12}{one.network}")
    return find_runs(arguments, NAME, variants=variants_of(networks), plan=networks)


def find_networks(arguments: Arguments, options: Options) -> Plan:
    """Return the base network, and for each budget the nearest one along each axis, each network once."""
    from depthlab.sweeps import CostCounter

    space = read_space(arguments.overrides, settings_of(arguments.overrides).params)
    search = EqualCostSearch("multiply_adds", CostCounter())
    base = base_candidate(fixed_overrides(space, "deeper networks and ones with more groups"), AXES)
    cost = search.cost(base)
    budgets = read_budgets(options.budget, cost, BUDGET)
    networks = [search.matched(base, "base", cost), *search.along(dict.fromkeys(AXES, base), budgets)]
    return tuple({one.network: one for one in networks}.values())
