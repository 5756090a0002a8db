"""The verdict on depth, width and cardinality at equal cost: what the record shows, in words."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from depthlab.questions.decisive import Decisive, of_fit
from depthlab.questions.planning import networks_text
from depthlab.questions.width_vs_depth.fit import compare_matched, find_front, fit_measured, fit_published
from depthlab.questions.width_vs_depth.record import (
    FAR,
    Pair,
    WidthVsDepthRecord,
    cost_differences,
    matched_pairs,
)
from depthlab.questions.wording import (
    fit_notes,
    interval_text,
    lost_runs,
    lost_sentence,
    points,
    starting_small,
    together,
)
from depthlab.records import Exchange, ExchangeFit, Interval, MatchedNetwork, RateContrast, RateRatio
from depthlab.statistics import is_significant

UNITS = {"parameters": "parameters", "multiply_adds": "multiply-adds", "time": "time of a step"}


def judge(record: WidthVsDepthRecord) -> WidthVsDepthRecord:
    """Return the record with its comparisons, its fits and its verdict."""
    networks, refs, runs = record.networks, record.about.runs, record.measured
    fits = fit_measured(networks, runs, record.trained)
    verdict = (*_sentences(record, fits), *lost_sentence(lost_runs(refs), "mean and no fit"))
    return replace(
        record,
        about=replace(record.about, verdict=verdict),
        compared=compare_matched(networks, refs, runs, record.trained),
        fits=fits,
        front=find_front(networks, runs),
        published_fit=fit_published(record.published),
    )


def decisive(record: WidthVsDepthRecord) -> list[Decisive]:
    """Return what the verdict rests on: what the test error changes along each axis, and where it changes more."""
    fit = record.fits[0]
    slopes = {
        f"a doubling of {one.axis}": (fit.estimate(one.points, one.interval, one.p), one.p_holm)
        for one in fit.exchanges
    }
    apart = {
        f"a doubling of the cost, {one.a} less {one.b}": (
            fit.estimate(one.difference, one.interval, one.p),
            one.p_holm,
        )
        for one in fit.contrasts
    }
    return of_fit(fit, list(dict.fromkeys(run.network for run in record.measured)), slopes | apart)


def _sentences(record: WidthVsDepthRecord, fits: Sequence[ExchangeFit]) -> list[str]:
    """Return a headline, what each doubling buys and is worth in others, and what speaks against it."""
    unit, fit = UNITS[record.match], fits[0]
    sentences = [_headline(unit, fit)]
    sentences += [_rate_sentence(unit, fit.measure, one) for one in fit.exchanges]
    if fit.df:
        sentences += _worth_sentences(unit, fit)
        pairs = matched_pairs(record.networks)
        sentences += [_contrast_sentence(unit, fit.measure, one, pairs) for one in fit.contrasts]
        sentences += _enough_sentence(fit, record.networks)
    notes = fit_notes(fits) if fit.exchanges else {}
    return [*sentences, *(f"{measures}: {starting_small(note)}" for note, measures in notes.items())]


def _headline(unit: str, fit: ExchangeFit) -> str:
    if not fit.exchanges:
        return fit.notes[0]
    if not fit.df:
        return "No claim about depth, width and cardinality: nothing tells how certain the numbers are."
    if not fit.contrasts:
        return "One axis varies: there is nothing to exchange it for."
    shown = [_by_gain(one) for one in fit.contrasts if is_significant(one.p_holm)]
    parts = [f"{better} buys more than {worse}" for better, worse in shown]
    if not_shown := [f"{one.a} and {one.b}" for one in fit.contrasts if not is_significant(one.p_holm)]:
        parts.append(f"no difference shown between {', '.join(not_shown)}")
    return f"At equal {unit}, by {fit.measure}: {'; '.join(parts)}."


def _rate_sentence(unit: str, measure: str, one: Exchange) -> str:
    """Say what a doubling of an axis costs and buys: `A doubling of depth takes 2.1 times the parameters; it ...`."""
    takes = f"A doubling of {one.axis} takes {one.cost_factor:.2f} times the {unit}"
    if one.interval is None or one.p_holm is None:
        return f"{takes}; it changes the {measure} by {points(one.points)} points (no interval)."
    p = f"p = {one.p_holm:.2g} by Holm"
    if not is_significant(one.p_holm):
        interval = interval_text(one.interval, p)
        return f"{takes}; it changes the {measure} by {points(one.points)} points ({interval}: no change shown)."
    verb = "raises" if one.points > 0 else "lowers"
    interval = _size_interval(one.interval, one.points, p)
    return f"{takes}; it {verb} the {measure} by {points(abs(one.points))} points ({interval})."


def _worth_sentences(unit: str, fit: ExchangeFit) -> list[str]:
    """Say what each two axes are worth in each other, in doublings of one that is shown to change the error."""
    shown = [one.axis for one in fit.exchanges if is_significant(one.p_holm)]
    sentences, unknown = [], []
    for earlier, later in combinations([one.axis for one in fit.exchanges], 2):
        if earlier in shown or later in shown:
            a, b = (later, earlier) if earlier in shown else (earlier, later)
            sentences.append(_worth_sentence(unit, fit, next(one for one in fit.ratios if (one.a, one.b) == (a, b))))
        else:
            unknown.append(f"{later} and {earlier}")
    if unknown:
        of_them = "neither" if len(unknown) == 1 else "none"
        sentences.append(
            f"No exchange rate can be given between {', '.join(unknown)}: {of_them} of them is shown to change the "
            f"{fit.measure}."
        )
    return sentences


def _worth_sentence(unit: str, fit: ExchangeFit, one: RateRatio) -> str:
    """Say how many doublings of one axis another's is worth."""
    worth, cost, measure = one.doublings, one.per_cost, fit.measure
    below = next(other for other in fit.exchanges if other.axis == one.b)
    assert worth.value is not None
    if below.points > 0:  # then nothing is worth any number of its doublings
        return (
            f"A doubling of {one.b} raises the {measure}, and one of {one.a} changes it by {points(worth.value)} times "
            f"as much ({interval_text(worth.interval)})."
        )
    text = (
        f"By the {measure} a doubling of {one.a} is worth {points(worth.value)} doublings of {one.b} "
        f"({interval_text(worth.interval)})"
    )
    if cost is not None and cost.value is not None:
        text += (
            f"; a doubling of the {unit} along {one.a} is worth {points(cost.value)} along {one.b} "
            f"({interval_text(cost.interval)})"
        )
    return f"{text}."


def _contrast_sentence(unit: str, measure: str, one: RateContrast, pairs: Sequence[Pair]) -> str:
    better, worse = _by_gain(one)
    assert one.interval is not None and one.p_holm is not None
    interval = _size_interval(one.interval, one.difference, f"p = {one.p_holm:.2g} by Holm")
    outcome = f"{better} buys more" if is_significant(one.p_holm) else "no difference shown"
    pronoun = "it" if unit == UNITS["time"] else "them"
    return (
        f"With the {unit} doubled along {better} the {measure} ends {points(abs(one.difference))} points below that "
        f"with {pronoun} doubled along {worse} ({interval}): {outcome}.{_cost_clause(one, pairs)}"
    )


def _cost_clause(one: RateContrast, pairs: Sequence[Pair]) -> str:
    """Say in which units the matched networks of two axes don't cost the same, by the two that are furthest apart."""
    of_axes = [pair for pair in pairs if (pair[0].axis, pair[1].axis) == (one.a, one.b)]
    apart = [(pair, cost_differences(pair)) for pair in of_axes]
    if not apart:
        return ""
    (ours, theirs), costs = max(apart, key=lambda pair: max(map(abs, pair[1].values())))
    fewer = {cost: "less" if cost == UNITS["time"] else "fewer" for cost in costs}
    far = {cost: value for cost, value in costs.items() if abs(value) > FAR}
    listed = [f"{_percent(value)} % {'more' if value > 0 else fewer[cost]} {cost}" for cost, value in far.items()]
    told = f" But not all costs are equal: {ours.network} takes {together(listed)} than {theirs.network}."
    return told if far else ""


def _percent(value: float) -> str:
    return f"{abs(value):.0f}" if abs(value) >= 10 else f"{abs(value):.1f}"


def _enough_sentence(fit: ExchangeFit, networks: Sequence[MatchedNetwork]) -> list[str]:
    """Say how far the networks tell what is not shown, by the widest interval, and what to type."""
    unclear = [one for one in fit.contrasts if one.interval is not None and not is_significant(one.p_holm)]
    if not unclear:
        return []
    one = max(unclear, key=lambda one: one.interval.high - one.interval.low if one.interval else 0.0)
    told = fit.estimate(one.difference, one.interval, one.p)
    return [f"Between {one.a} and {one.b}, {networks_text(fit, told, networks)}"]


def _size_interval(interval: Interval, value: float, also: str = "") -> str:
    """Write the interval of a change whose size is written without its sign."""
    if value < 0:
        interval = replace(interval, low=-interval.high, high=-interval.low)
    return interval_text(interval, also)


def _by_gain(one: RateContrast) -> tuple[str, str]:
    """Return the axis that buys more, and the other one."""
    return (one.a, one.b) if one.difference < 0 else (one.b, one.a)
