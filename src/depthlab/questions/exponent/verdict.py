"""Is width the base, and depth the exponent? What fits of robustness and effective size say, in parts and in words.

Through n units of C groups each, with a skip beside them, there are (1 + C)^n ways. If a residual network is an
ensemble of these, robustness and effective size have to grow with depth (n), with cardinality (C), and at equal cost
more with depth: the exponent. Each of the three has to hold by both measures for the reading to be supported, so that
each is judged by its own interval; that any of them is contradicted is judged by p-values corrected for their number.
"""

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean

from depthlab.questions.exponent.fit import SIZE_UNITS, SOME_GROUPS, SOME_UNITS, VALUES, fit_all
from depthlab.questions.exponent.record import ExponentPart, ExponentRecord, ExponentRun
from depthlab.questions.wording import fit_notes, interval_text, lost_runs, lost_sentence, points, starting_small
from depthlab.records import ExchangeFit, Interval
from depthlab.statistics import LEVEL, compare, holm, is_significant

DEPTH, CARDINALITY, EXCHANGE = "depth", "cardinality", "exchange"
CLAIMS = (DEPTH, CARDINALITY, EXCHANGE)
SUPPORTED, CONTRADICTED, OPEN, POINT = "supported", "contradicted", "not decided", "point"
JUDGED = {SOME_UNITS: -1, SIZE_UNITS: 1}  # whether more of the measure is for the reading
READING = "The reading that width is the base and depth the exponent"


def judge(record: ExponentRecord) -> ExponentRecord:
    """Return the record with its fits, the parts of the reading and how each stands, and its verdict."""
    fits = fit_all(record.runs)
    parts = find_parts(fits)
    headline_and_measures = (_headline(parts), _robustness(parts, record.share), _effective_size(parts))
    left_out = {run.network: run.note for run in record.runs if run.note}
    verdict = [
        *filter(None, headline_and_measures),
        *_units_against_groups(record.runs, record.share),
        *_notes([fit for fit in fits if fit.measure in JUDGED]),
        *(f"{network} is left out: {note}." for network, note in left_out.items()),
        *lost_sentence(lost_runs(record.about.runs), "mean and no fit"),
    ]
    return replace(record, about=replace(record.about, verdict=tuple(verdict)), fits=fits, parts=parts)


def find_parts(fits: Sequence[ExchangeFit]) -> tuple[ExponentPart, ...]:
    """Return the parts of the reading that the networks at hand can tell of, and how each stands."""
    parts = [part for fit in fits if fit.measure in JUDGED for part in _parts(fit)]
    corrected = holm(part.p for part in parts)
    return tuple(_standing(replace(part, p_holm=p)) for part, p in zip(parts, corrected, strict=True))


def outcome_of(parts: Sequence[ExponentPart]) -> str:
    """Return supported, not supported or not decided."""
    standing = [part.stands for part in parts]
    if CONTRADICTED in standing:
        return "not supported"
    complete = len(parts) == len(JUDGED) * len(CLAIMS)
    return SUPPORTED if complete and set(standing) == {SUPPORTED} else OPEN


def _parts(fit: ExchangeFit) -> list[ExponentPart]:
    sign = JUDGED[fit.measure]
    slopes = {one.axis: one for one in fit.exchanges}
    found = [
        _part(fit.measure, claim, sign, slopes[claim].points, slopes[claim].interval, slopes[claim].p)
        for claim in (DEPTH, CARDINALITY)
        if claim in slopes
    ]
    for one in fit.contrasts:
        if (one.a, one.b) == (CARDINALITY, DEPTH):  # the first less the second, by a doubling of the cost
            found.append(_part(fit.measure, EXCHANGE, -sign, one.difference, one.interval, one.p))
    return found


def _part(
    measure: str, claim: str, sign: int, value: float, interval: Interval | None, p: float | None
) -> ExponentPart:
    low = high = None
    if interval is not None:
        low, high = sorted((sign * interval.low, sign * interval.high))
    return ExponentPart(measure, claim, sign * value, low, high, p, None, POINT)


def _standing(part: ExponentPart) -> ExponentPart:
    if part.low is None or part.high is None:
        return part
    if part.low > 0:
        return replace(part, stands=SUPPORTED)
    against = part.high < 0 and is_significant(part.p_holm)
    return replace(part, stands=CONTRADICTED if against else OPEN)


def _notes(fits: Sequence[ExchangeFit]) -> list[str]:
    return [f"{measures}: {starting_small(note)}" for note, measures in fit_notes(fits).items()]


def _headline(parts: Sequence[ExponentPart]) -> str:
    if not parts:
        return f"{READING} is not decided: the networks here differ neither in depth nor in cardinality."
    claims = {part.claim for part in parts}
    if missing := [claim for claim in (DEPTH, CARDINALITY) if claim not in claims]:
        return f"{READING} is not decided: no two networks here differ in {' or in '.join(missing)} alone."
    if all(part.stands == POINT for part in parts):
        return f"{READING} is not decided: there are points, and nothing to tell how sure they are."
    counts = [(sum(part.stands == stands for part in parts), stands) for stands in (SUPPORTED, CONTRADICTED, OPEN)]
    listed = ", ".join(f"{count} {stands}" for count, stands in counts if count)
    return f"{READING} is {outcome_of(parts)}: of its {len(parts)} parts {listed}."


def _robustness(parts: Sequence[ExponentPart], share: float) -> str:
    """Say how the rise of the error goes with depth, with cardinality, and at equal cost."""
    by_claim = {part.claim: part for part in parts if part.measure == SOME_UNITS}
    if not by_claim:
        return ""
    heads = {
        DEPTH: f"after deleting {100 * share:.0f} % of the units the error rises, with each doubling of the units, by",
        CARDINALITY: "with each doubling of the cardinality by",
        EXCHANGE: "and with the multiply-adds doubled along depth instead of along cardinality by",
    }
    texts = []
    for claim, head in heads.items():
        if (part := by_claim.get(claim)) is not None:
            less = "less" if part.value >= 0 else "more"
            texts.append(f"{head} {points(abs(part.value))} points {less} ({_within(part, 1)}: {part.stands})")
    return f"Robustness: {'; '.join(texts)}."


def _effective_size(parts: Sequence[ExponentPart]) -> str:
    by_claim = {part.claim: part for part in parts if part.measure == SIZE_UNITS}
    if not by_claim:
        return ""
    heads = {
        DEPTH: "the number of equal votes goes with the units to the power",
        CARDINALITY: "with the cardinality to the power",
        EXCHANGE: "and by a doubling of the multiply-adds the power along depth exceeds that along cardinality by",
    }
    texts = [
        f"{head} {part.value:.2f} ({_within(part, 2)}: {part.stands})"
        for claim, head in heads.items()
        if (part := by_claim.get(claim)) is not None
    ]
    return f"Effective size: {'; '.join(texts)}."


def _within(part: ExponentPart, digits: int) -> str:
    if part.low is None or part.high is None:
        return "no interval"
    low, high = part.low, part.high
    if part.measure == SOME_UNITS and part.value < 0:  # the sentence says: so many points more
        low, high = -part.high, -part.low
    return interval_text(Interval(low, high, LEVEL), number=lambda value: f"{value:.{digits}f}")


def _units_against_groups(runs: Sequence[ExponentRun], share: float) -> list[str]:
    """Compare what the same share of all units and of all groups costs, network by network and seed by seed."""
    units, groups = (
        {(run.network, run.seed): value for run in runs if (value := VALUES[measure](run)) is not None}
        for measure in (SOME_UNITS, SOME_GROUPS)
    )
    both = units.keys() & groups.keys()
    if not both:
        return []
    units, groups = {key: units[key] for key in both}, {key: groups[key] for key in both}
    found = compare(units, groups, LEVEL)
    text = (
        f"Units against groups: without {100 * share:.0f} % of its units a network's error rises by "
        f"{points(fmean(units.values()))} points, without as many of its groups by {points(fmean(groups.values()))}"
    )
    if found.interval is None:
        return [f"{text}: a point, no claim."]
    low, high = found.interval.low, found.interval.high
    outcome = "no difference shown" if low <= 0 <= high else f"{'units' if low > 0 else 'groups'} are missed more"
    interval = interval_text(found.interval, f"{len(both)} trained networks")
    return [f"{text} (difference {points(found.difference)}, {interval}): {outcome}."]
