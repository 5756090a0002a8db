"""Which networks are compared: a base, and for each budget the nearest one along depth, width and cardinality."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import final

from depthlab.questions.arguments import Arguments
from depthlab.questions.equal_cost.candidates import Candidate, base_candidate, candidate_name
from depthlab.questions.equal_cost.options import fixed_overrides, read_budgets, read_match
from depthlab.questions.equal_cost.search import EqualCostSearch, show_networks, variants_of
from depthlab.questions.equal_cost.step_times import StepTimes
from depthlab.questions.few_images import with_few_images
from depthlab.questions.runs import TrainedRuns, find_runs
from depthlab.recipe import Override, compose, override_values, override_words, read_space
from depthlab.records import MatchedNetwork, RunRef
from depthlab.sweeps import settings_of

NAME = "width_vs_depth"
MATCHES = ("parameters", "multiply_adds", "time")
BUDGET = "2.3x,3.6x,4.9x"  # what the next depths of a base of 8 layers cost
RESNEXT = "depth=11 width=0.25 model.group_width=16"
NETWORK_KEYS = ("model", "depth", "width")


@final
@dataclass(frozen=True)
class Options:
    """What is to be equal, the budgets to meet, and the ResNeXt whose cardinality grows, None by default."""

    match: str
    budget: str
    resnext: str | None


@final
@dataclass(frozen=True)
class MatchedPlan:
    """The networks that were found, and the hardware that their steps were timed on, "" where none were."""

    networks: tuple[MatchedNetwork, ...]
    timed_on: str


def read_options(arguments: Arguments) -> Options:
    """Return the options of this question. Raises `ValueError`."""
    options = arguments.options
    return Options(read_match(options, MATCHES), options.get("budget", BUDGET), options.get("resnext"))


def find_matched_runs(arguments: Arguments, options: Options) -> TrainedRuns[MatchedPlan] | None:
    """Return the runs of networks of equal cost, trained where they are missing; None after a dry run.

    Raises:
        ValueError: a person's mistake; or no run has come to its end.
    """
    arguments = replace(arguments, overrides=with_few_images(arguments.overrides, NAME))
    plan = find_networks(arguments, options)
    show_networks(plan.networks, options.match, lambda one: f"{one.axis:12}{one.network}")
    runs = find_runs(arguments, NAME, variants=variants_of(plan.networks), plan=plan)
    return None if runs is None else _renamed(runs)


def find_networks(arguments: Arguments, options: Options) -> MatchedPlan:
    """Return the base networks, and for each budget the nearest network along each axis. Raises `ValueError`."""
    from depthlab.sweeps import CostCounter

    settings, measuring = settings_of(arguments.overrides), CostCounter()
    fixed = fixed_overrides(read_space(arguments.overrides, settings.params), "deeper and wider networks")
    base = base_candidate(fixed, ("depth", "width"))
    times = None
    if options.match == "time" or not settings.dry_run:
        facts, threads = measuring.facts(base.recipe), math.ceil(settings.cpu)
        times = StepTimes(arguments.output / "step_times.json", base.recipe, facts, threads=threads)
    search = EqualCostSearch(options.match, measuring, times)
    cost = search.cost(base)
    cardinal = _cardinal_base(base, fixed, options.resnext, search)
    budgets = read_budgets(options.budget, cost, BUDGET)
    bases = {one.name: one for one in (base, cardinal)}.values()
    networks = (
        *(search.matched(one, "base", cost) for one in bases),
        *search.along({"depth": base, "width": base, "cardinality": cardinal}, budgets),
    )
    return MatchedPlan(networks, "" if times is None else times.hardware)


def _cardinal_base(base: Candidate, fixed: Sequence[str], resnext: str | None, search: EqualCostSearch) -> Candidate:
    """Return the base itself if it has cardinality, else the ResNeXt whose cost is nearest to the base's."""
    if "cardinality" in base.values:
        if resnext is not None:
            raise ValueError(f"resnext={resnext!r} does nothing: {base.name} has a cardinality of its own to vary")
        return base
    overrides = {"model": "resnext"} | read_resnext(resnext or RESNEXT) | {"model.cardinality": "1"}
    held = [word for word in fixed if not _is_network(Override.parse(word))]
    first = Candidate(compose([*held, *override_words(overrides)]), overrides)
    return search.nearest(search.axis(first, "cardinality"), search.cost(base))


def read_resnext(typed: str) -> dict[str, str]:
    """Return the overrides that choose the ResNeXt, by key. Raises `ValueError`."""
    words = typed.split()
    for word in words:
        one = Override.parse(word)
        if one.value is None or not _is_network(one) or one.key in ("model", "model.cardinality"):
            raise ValueError(f"resnext={typed!r}: {word!r} can't stand there; type words such as resnext='{RESNEXT}'")
    return override_values(words)


def _is_network(override: Override) -> bool:
    """Whether an override chooses the network, and not how it is trained."""
    return not override.prefix and (override.key in NETWORK_KEYS or override.key.startswith("model."))


def _renamed(runs: TrainedRuns[MatchedPlan]) -> TrainedRuns[MatchedPlan]:
    """Return the runs under the names that networks have on the page, in series by family, placed by cost."""
    costs = {one.network: one.cost for one in runs.plan.networks}
    names = {trial.fingerprint: candidate_name(runs.sweep.recipes[trial.index]) for trial in runs.sweep.trials}

    def rename(ref: RunRef) -> RunRef:
        name = names[ref.fingerprint]
        return replace(ref, group=name, series=str(ref.values["model"]), place=costs[name])

    return runs.renamed(rename)
