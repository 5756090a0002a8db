"""The verdict on depth, width and cardinality at equal cost: what the record shows, in words."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from depthlab.questions.width_vs_depth.fit import compare_matched, find_front, fit_measured, fit_published
from depthlab.questions.width_vs_depth.record import WidthVsDepthRecord
from depthlab.questions.wording import fit_notes, interval_text, lost_runs, lost_sentence, points, starting_small
from depthlab.records import Exchange, ExchangeFit, Interval, RateContrast, RateRatio, Ratio
from depthlab.statistics import is_significant
from depthlab.statistics.exchange import AXES
from depthlab.statistics.exchange_ratios import clearest

UNITS = {"parameters": "parameters", "multiply_adds": "multiply-adds", "time": "time of a step"}


def judge(record: WidthVsDepthRecord) -> WidthVsDepthRecord:
    """Return the record with its comparisons, its fits and its verdict."""
    networks, refs, runs = record.networks, record.about.runs, record.measured
    fits = fit_measured(networks, runs)
    verdict = (*_sentences(UNITS[record.match], fits), *lost_sentence(lost_runs(refs), "mean and no fit"))
    return replace(
        record,
        about=replace(record.about, verdict=verdict),
        compared=compare_matched(networks, refs, runs),
        fits=fits,
        front=find_front(networks, runs),
        published_fit=fit_published(record.published),
    )


def _sentences(unit: str, fits: Sequence[ExchangeFit]) -> list[str]:
    """Return a headline, what each doubling buys and is worth in others, and what speaks against it."""
    sentences = [_headline(unit, fits[0])]
    sentences += [_rate_sentence(unit, axis, fits) for axis in AXES if _exchange_of(axis, fits[0]) is not None]
    sentences += _worth_sentences(unit, fits[0])
    sentences += [_contrast_sentence(unit, fits[0].measure, one) for one in fits[0].contrasts if one.p is not None]
    notes = fit_notes(fits) if fits[0].exchanges else {}
    return [*sentences, *(f"{measures}: {starting_small(note)}" for note, measures in notes.items())]


def _headline(unit: str, fit: ExchangeFit) -> str:
    if not fit.exchanges:
        return fit.notes[0]
    if not any(one.p is not None for one in fit.exchanges):
        return "No claim on depth, width and cardinality: there are points, and nothing to tell how sure they are."
    if not fit.contrasts:
        return "One axis varies: there is nothing to exchange it for."
    shown = [_by_gain(one) for one in fit.contrasts if is_significant(one.p_holm)]
    parts = [f"{better} buys more than {worse}" for better, worse in shown]
    if not_shown := [f"{one.a} and {one.b}" for one in fit.contrasts if not is_significant(one.p_holm)]:
        parts.append(f"no difference shown between {', '.join(not_shown)}")
    return f"At equal {unit}, by {fit.measure}: {'; '.join(parts)}."


def _rate_sentence(unit: str, axis: str, fits: Sequence[ExchangeFit]) -> str:
    """Say what a doubling of an axis costs and buys: `A doubling of depth takes 2.1 times the parameters; it ...`."""
    exchanges = [(fit.measure, one) for fit in fits if (one := _exchange_of(axis, fit)) is not None]
    buys = " and ".join(_change(measure, one) for measure, one in exchanges)
    return f"A doubling of {axis} takes {exchanges[0][1].cost_factor:.2f} times the {unit}; it {buys}."


def _change(measure: str, one: Exchange) -> str:
    interval = one.interval
    if interval is None:
        return f"changes the {measure} by {points(one.points)} points (no interval)"
    if interval.low <= 0 <= interval.high:
        return f"changes the {measure} by {points(one.points)} points ({interval_text(interval)}: no change shown)"
    verb = "raises" if one.points > 0 else "lowers"
    return f"{verb} the {measure} by {points(abs(one.points))} points ({_size_interval(interval, one.points)})"


def _worth_sentences(unit: str, fit: ExchangeFit) -> list[str]:
    """Say what each two axes are worth in each other, later axes in doublings of earlier ones where that is clear."""
    pairs = combinations([one.axis for one in fit.exchanges], 2)
    worths = [clearest(fit.ratios, later, earlier) for earlier, later in pairs] if fit.ratios else []
    known = [one for one in worths if one.doublings.value is not None and one.doublings.clear is not False]
    sentences = [_worth_sentence(unit, fit, one) for one in known]
    if unknown := [f"{one.a} and {one.b}" for one in worths if one not in known]:
        of_them = "neither" if len(unknown) == 1 else "none"
        sentences.append(
            f"No rate of exchange can be told between {', '.join(unknown)}: {of_them} of them is shown to change the "
            f"{fit.measure}."
        )
    return sentences


def _worth_sentence(unit: str, fit: ExchangeFit, one: RateRatio) -> str:
    """Say how many doublings of one axis another's is worth."""
    worth, cost, measure, below = one.doublings, one.per_cost, fit.measure, _exchange_of(one.b, fit)
    assert worth.value is not None and below is not None
    if below.points > 0:  # then nothing is worth any number of its doublings
        return (
            f"A doubling of {one.b} raises the {measure}, and one of {one.a} changes it by {points(worth.value)} times "
            f"as much ({_ratio_interval(worth)})."
        )
    text = (
        f"By the {measure} a doubling of {one.a} is worth {points(worth.value)} doublings of {one.b} "
        f"({_ratio_interval(worth)})"
    )
    if cost is not None and cost.value is not None:
        text += (
            f"; a doubling of the {unit} along {one.a} is worth {points(cost.value)} along {one.b} "
            f"({_ratio_interval(cost)})"
        )
    return f"{text}."


def _contrast_sentence(unit: str, measure: str, one: RateContrast) -> str:
    better, worse = _by_gain(one)
    assert one.interval is not None and one.p_holm is not None
    interval = _size_interval(one.interval, one.difference, f"p = {one.p_holm:.2g} by Holm")
    outcome = f"{better} buys more" if is_significant(one.p_holm) else "no difference shown"
    pronoun = "it" if unit == UNITS["time"] else "them"
    return (
        f"With the {unit} doubled along {better} the {measure} ends {points(abs(one.difference))} points below that "
        f"with {pronoun} doubled along {worse} ({interval}): {outcome}."
    )


def _size_interval(interval: Interval, value: float, also: str = "") -> str:
    """Write the interval of a change whose size is written without its sign."""
    if value < 0:
        interval = replace(interval, low=-interval.high, high=-interval.low)
    return interval_text(interval, also)


def _ratio_interval(ratio: Ratio) -> str:
    return interval_text(ratio.interval, "" if ratio.interval else "no interval")


def _by_gain(one: RateContrast) -> tuple[str, str]:
    """Return the axis that buys more, and the other one."""
    return (one.a, one.b) if one.difference < 0 else (one.b, one.a)


def _exchange_of(axis: str, fit: ExchangeFit) -> Exchange | None:
    return next((one for one in fit.exchanges if one.axis == axis), None)
