"""Depth, width and cardinality at equal cost: what is compared, and what is said of it."""

from collections.abc import Mapping, Sequence
from itertools import combinations

from depthlab.analyses.compared import TEST, TRAINING, VALUES, compare_networks
from depthlab.analyses.degradation import points
from depthlab.analyses.exchange import AXES, LEVEL, Point, fit_exchange
from depthlab.analyses.pareto import front_shares, pareto_front
from depthlab.records import (
    Compared,
    Exchange,
    ExchangeFit,
    FrontPoint,
    MatchedNetwork,
    MeasuredRun,
    PublishedNetwork,
    RateContrast,
    RunRef,
)

MEASURES = (TEST, TRAINING)
UNITS = {"parameters": "parameters", "multiply_adds": "multiply-adds", "time": "time a step"}
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


def tell(match: str, fits: Sequence[ExchangeFit], lost: Mapping[str, str]) -> tuple[str, ...]:
    """Return the verdict: a headline, what each doubling buys, which axis buys more, and what speaks against it."""
    unit = UNITS[match]
    sentences = [_headline(unit, fits[0])]
    sentences += [_rate_sentence(unit, axis, fits) for axis in AXES if _of(axis, fits[0]) is not None]
    sentences += [_contrast_sentence(unit, fits[0].measure, one) for one in fits[0].contrasts if one.p is not None]
    notes: dict[str, list[str]] = {}
    for fit in fits if fits[0].exchanges else ():
        for note in fit.notes:
            notes.setdefault(note, []).append(fit.measure)
    sentences += [f"{' and '.join(measures).capitalize()}: {_small(note)}" for note, measures in notes.items()]
    if lost:
        listed = "; ".join(f"{group}, {text}" for group, text in lost.items())
        sentences.append(f"Not every run came to its end: {listed}. They are in no mean and no fit.")
    return tuple(sentences)


def _headline(unit: str, fit: ExchangeFit) -> str:
    if not fit.exchanges:
        return fit.notes[0]
    if not any(one.p is not None for one in fit.exchanges):
        return "No claim on depth, width and cardinality: there are points, and nothing to tell how sure they are."
    if not fit.contrasts:
        return "One axis varies: there is nothing to exchange it for."
    shown = [one for one in fit.contrasts if _is_shown(one)]
    open_ones = [one for one in fit.contrasts if not _is_shown(one)]
    parts = [f"{_better(one)[0]} buys more than {_better(one)[1]}" for one in shown]
    if open_ones:
        listed = ", ".join(f"{one.a} and {one.b}" for one in open_ones)
        parts.append(f"no difference shown between {listed}")
    text = "; ".join(parts)
    return f"At equal {unit}, by {fit.measure}: {text}."


def _rate_sentence(unit: str, axis: str, fits: Sequence[ExchangeFit]) -> str:
    """Say what a doubling of an axis costs and buys: `A doubling of depth takes 2.1 times the parameters; it ...`."""
    found = [(fit.measure, one) for fit in fits if (one := _of(axis, fit)) is not None]
    buys = " and ".join(_change(measure, one) for measure, one in found)
    return f"A doubling of {axis} takes {found[0][1].cost_factor:.2f} times the {unit}; it {buys}."


def _change(measure: str, one: Exchange) -> str:
    if one.interval is None:
        return f"changes the {measure} by {points(one.points)} points (no interval)"
    share = f"{100 * one.interval.level:.0f} % interval"
    if one.interval.low <= 0 <= one.interval.high:
        within = f"{share} {points(one.interval.low)} to {points(one.interval.high)}"
        return f"changes the {measure} by {points(one.points)} points ({within}: no change shown)"
    verb, low, high = "raises", one.interval.low, one.interval.high
    if one.points < 0:
        verb, low, high = "lowers", -high, -low
    return f"{verb} the {measure} by {points(abs(one.points))} points ({share} {points(low)} to {points(high)})"


def _contrast_sentence(unit: str, measure: str, one: RateContrast) -> str:
    better, worse = _better(one)
    size, interval = abs(one.difference), one.interval
    assert interval is not None and one.p_holm is not None
    low, high = (-interval.high, -interval.low) if one.difference < 0 else (interval.low, interval.high)
    told = f"{100 * interval.level:.0f} % interval {points(low)} to {points(high)}, p = {one.p_holm:.2g} by Holm"
    end = f"{better} buys more" if _is_shown(one) else "no difference shown"
    return (
        f"With the {unit} doubled along {better} the {measure} ends {points(size)} points below that with them doubled "
        f"along {worse} ({told}): {end}."
    )


def _better(one: RateContrast) -> tuple[str, str]:
    return (one.a, one.b) if one.difference < 0 else (one.b, one.a)


def _is_shown(one: RateContrast) -> bool:
    return one.p_holm is not None and one.p_holm < 1 - LEVEL


def _of(axis: str, fit: ExchangeFit) -> Exchange | None:
    return next((one for one in fit.exchanges if one.axis == axis), None)


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]
