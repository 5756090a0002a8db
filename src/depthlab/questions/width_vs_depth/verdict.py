"""The verdict on depth, width and cardinality at equal cost, in words."""

from collections.abc import Mapping, Sequence
from itertools import combinations

from depthlab.questions.wording import points
from depthlab.records import Exchange, ExchangeFit, RateContrast, RateRatio, Ratio
from depthlab.statistics.exchange import AXES, LEVEL
from depthlab.statistics.exchange_ratios import clearest

UNITS = {"parameters": "parameters", "multiply_adds": "multiply-adds", "time": "time of a step"}


def tell(match: str, fits: Sequence[ExchangeFit], lost: Mapping[str, str]) -> tuple[str, ...]:
    """Return the verdict: a headline, what each doubling buys and is worth in others, and what speaks against it."""
    unit = UNITS[match]
    sentences = [_headline(unit, fits[0])]
    sentences += [_rate_sentence(unit, axis, fits) for axis in AXES if _of(axis, fits[0]) is not None]
    sentences += _worth_sentences(unit, fits[0])
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


def _worth_sentences(unit: str, fit: ExchangeFit) -> list[str]:
    """Tell the exchange of each two axes once, later axes in doublings of earlier ones where that can be told."""
    pairs = combinations([one.axis for one in fit.exchanges], 2)
    worths = [clearest(fit.ratios, later, earlier) for earlier, later in pairs] if fit.ratios else []
    told = [one for one in worths if one.doublings.value is not None and one.doublings.clear is not False]
    sentences = [_worth_sentence(unit, fit, one) for one in told]
    if open_ones := [one for one in worths if one not in told]:
        listed = ", ".join(f"{one.a} and {one.b}" for one in open_ones)
        of_them = "neither" if len(open_ones) == 1 else "none"
        sentences.append(
            f"No rate of exchange can be told between {listed}: {of_them} of them is shown to change the {fit.measure}."
        )
    return sentences


def _worth_sentence(unit: str, fit: ExchangeFit, one: RateRatio) -> str:
    """Say how many doublings of one axis another's is worth."""
    worth, cost, measure, below = one.doublings, one.per_cost, fit.measure, _of(one.b, fit)
    assert worth.value is not None and below is not None
    if below.points > 0:  # then nothing is worth any number of its doublings
        return (
            f"A doubling of {one.b} raises the {measure}, and one of {one.a} changes it by {points(worth.value)} times "
            f"as much{_within(worth)}."
        )
    text = f"By the {measure} a doubling of {one.a} is worth {points(worth.value)} doublings of {one.b}{_within(worth)}"
    if cost is not None and cost.value is not None:
        there = f"{points(cost.value)} along {one.b}{_within(cost)}"
        text += f"; a doubling of the {unit} along {one.a} is worth {there}"
    return f"{text}."


def _within(ratio: Ratio) -> str:
    if ratio.interval is None:
        return " (no interval)"
    low, high = points(ratio.interval.low), points(ratio.interval.high)
    return f" ({100 * ratio.interval.level:.0f} % interval {low} to {high})"


def _contrast_sentence(unit: str, measure: str, one: RateContrast) -> str:
    better, worse = _better(one)
    size, interval = abs(one.difference), one.interval
    assert interval is not None and one.p_holm is not None
    low, high = (-interval.high, -interval.low) if one.difference < 0 else (interval.low, interval.high)
    told = f"{100 * interval.level:.0f} % interval {points(low)} to {points(high)}, p = {one.p_holm:.2g} by Holm"
    end = f"{better} buys more" if _is_shown(one) else "no difference shown"
    again = "it" if unit == UNITS["time"] else "them"
    return (
        f"With the {unit} doubled along {better} the {measure} ends {points(size)} points below that with {again} "
        f"doubled along {worse} ({told}): {end}."
    )


def _better(one: RateContrast) -> tuple[str, str]:
    return (one.a, one.b) if one.difference < 0 else (one.b, one.a)


def _is_shown(one: RateContrast) -> bool:
    return one.p_holm is not None and one.p_holm < 1 - LEVEL


def _of(axis: str, fit: ExchangeFit) -> Exchange | None:
    return next((one for one in fit.exchanges if one.axis == axis), None)


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]
