"""Depth, width and cardinality at equal cost: what is compared, and what is fitted."""

from collections.abc import Mapping, Sequence
from statistics import fmean

from depthlab.questions.compared import SPLITS, TEST, TRAINING, VALUES, compare_networks
from depthlab.questions.grouping import grouped
from depthlab.questions.width_vs_depth.pareto import front_shares, pareto_front
from depthlab.questions.width_vs_depth.published import WIDE_TABLE
from depthlab.questions.width_vs_depth.record import FrontPoint, PublishedNetwork, matched_pairs
from depthlab.records import Compared, ExchangeFit, MatchedNetwork, MeasuredRun, RunRef
from depthlab.statistics.exchange import fit_exchange
from depthlab.statistics.exchange_spread import Point

MEASURES = (TEST, TRAINING)
_FEWEST_LEFT = 2  # published networks beside coefficients, for a fit that is worth showing


def compare_matched(
    networks: Sequence[MatchedNetwork],
    refs: Sequence[RunRef],
    runs: Sequence[MeasuredRun],
    images: Mapping[str, int],
) -> tuple[Compared, ...]:
    """Compare the networks that were found for the same budget along different axes, by test and training error."""
    ref_of = {ref.group: ref for ref in refs}
    names = [(later.network, earlier.network) for later, earlier in matched_pairs(networks)]
    pairs = [(ref_of[a], ref_of[b]) for a, b in names if a in ref_of and b in ref_of]
    return tuple(one for measure in MEASURES for one in compare_networks(measure, measure, pairs, runs, images))


def fit_measured(
    networks: Sequence[MatchedNetwork], runs: Sequence[MeasuredRun], images: Mapping[str, int]
) -> tuple[ExchangeFit, ...]:
    """Fit the exchange rates of test and training error over all networks with a result.

    Args:
        networks: As they were found.
        runs: What the finished ones found.
        images: Split -> how many images its errors are shares of.
    """
    distinct = {one.network: one for one in networks}.values()

    def point(one: MatchedNetwork, measure: str) -> Point:
        errors = tuple(VALUES[measure](run) for run in runs if run.network == one.network)
        return Point(one.family, one.values, one.cost, errors, images.get(SPLITS[measure], 0))

    return tuple(fit_exchange(measure, [point(one, measure) for one in distinct]) for measure in MEASURES)


def fit_published(published: Sequence[PublishedNetwork], where: str = WIDE_TABLE) -> ExchangeFit | None:
    """Fit the same to the networks of one published table; None where it has too few."""
    rows = [one for one in published if one.figure.where == where and one.figure.relation == "="]
    fit = fit_exchange(TEST, [Point(one.family, one.values, one.parameters, (one.figure.error,)) for one in rows])
    enough = fit.networks >= len(fit.exchanges) + len(fit.levels) + _FEWEST_LEFT
    return fit if fit.exchanges and enough else None


def find_front(networks: Sequence[MatchedNetwork], runs: Sequence[MeasuredRun]) -> tuple[FrontPoint, ...]:
    """Return cost and mean error of each network with a result, and whether any other beats it in both."""
    found: list[FrontPoint] = []
    for measure in MEASURES:
        by_network = grouped(runs, lambda run: run.network)
        errors = {name: [VALUES[measure](run) for run in same] for name, same in by_network.items()}
        costs = {one.network: one.cost for one in networks if one.network in errors}
        names = sorted(costs, key=lambda name: (costs[name], name))
        means = [fmean(errors[name]) for name in names]
        front, shares = pareto_front([costs[name] for name in names], means), front_shares(costs, errors)
        found += [
            FrontPoint(name, measure, costs[name], mean, place in front, shares[name])
            for place, (name, mean) in enumerate(zip(names, means, strict=True))
        ]
    return tuple(found)
