"""Depth, width and cardinality at equal cost: what is compared, and what is fitted."""

from collections.abc import Sequence
from itertools import combinations

from depthlab.questions.compared import TEST, TRAINING, VALUES, compare_networks
from depthlab.questions.width_vs_depth.pareto import front_shares, pareto_front
from depthlab.questions.width_vs_depth.record import FrontPoint, PublishedNetwork
from depthlab.records import Compared, ExchangeFit, MatchedNetwork, MeasuredRun, RunRef
from depthlab.statistics.exchange import AXES, LEVEL, fit_exchange
from depthlab.statistics.exchange_spread import Point

MEASURES = (TEST, TRAINING)
_FEWEST_LEFT = 2  # published networks beside coefficients, for a fit that is worth showing


def compare_matched(
    networks: Sequence[MatchedNetwork], refs: Sequence[RunRef], runs: Sequence[MeasuredRun]
) -> tuple[Compared, ...]:
    """Compare the networks that were found for the same budget along different axes, by test and training error."""
    stands = {ref.group: ref for ref in refs}
    budgets = dict.fromkeys(one.budget for one in networks if one.axis in AXES)
    pairs = []
    for budget in budgets:
        there = [one.network for one in networks if one.budget == budget and one.axis in AXES]
        names = [name for name in dict.fromkeys(there) if name in stands]
        pairs += [(stands[later], stands[earlier]) for earlier, later in combinations(names, 2)]
    return tuple(one for measure in MEASURES for one in compare_networks(measure, measure, pairs, runs))


def fit_measured(
    networks: Sequence[MatchedNetwork], runs: Sequence[MeasuredRun], *, level: float = LEVEL
) -> tuple[ExchangeFit, ...]:
    """Fit the exchange rates of test and training error over all networks with a result."""
    distinct = {one.network: one for one in networks}
    return tuple(
        fit_exchange(
            measure,
            [
                Point(
                    one.family,
                    one.values,
                    one.cost,
                    tuple(VALUES[measure](run) for run in runs if run.network == one.network),
                )
                for one in distinct.values()
            ],
            level=level,
        )
        for measure in MEASURES
    )


def fit_published(published: Sequence[PublishedNetwork], where: str) -> ExchangeFit | None:
    """Fit the same to the networks of one published table; None where it has too few."""
    rows = [one for one in published if one.figure.where == where and one.figure.relation == "="]
    fit = fit_exchange(
        TEST, [Point(one.family, one.values, one.parameters, (one.figure.error,)) for one in rows], level=LEVEL
    )
    enough = fit.networks >= len(fit.exchanges) + len(fit.levels) + _FEWEST_LEFT
    return fit if fit.exchanges and enough else None


def stand(networks: Sequence[MatchedNetwork], runs: Sequence[MeasuredRun]) -> tuple[FrontPoint, ...]:
    """Return cost and mean error of each network with a result, and whether any other beats it in both."""
    found = []
    costs = {one.network: one.cost for one in networks if any(run.network == one.network for run in runs)}
    for measure in MEASURES:
        errors = {name: [VALUES[measure](run) for run in runs if run.network == name] for name in costs}
        means = {name: sum(values) / len(values) for name, values in errors.items()}
        front = {list(costs)[place] for place in pareto_front(list(costs.values()), list(means.values()))}
        shares = front_shares(costs, errors)
        found += [
            FrontPoint(name, measure, costs[name], means[name], name in front, shares[name])
            for name in sorted(costs, key=lambda name: (costs[name], name))
        ]
    return tuple(found)
