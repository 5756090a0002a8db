"""Is width the base, and depth the exponent? What fits of robustness and effective size say, in parts and in words.

Through n units of C groups each, with a skip beside them, there are (1 + C)^n ways. If a residual network is an
ensemble of these, robustness and effective size have to grow with depth (n), with cardinality (C), and at equal cost
more with depth: the exponent. Each of the three has to hold by both measures for the reading to be supported, and any
that is contradicted speaks against it. All of them, and units against groups, are one family of tests (Holm).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from depthlab.questions.decisive import Decisive, of_fit
from depthlab.questions.exponent.fit import SIZE_UNITS, SOME_UNITS, compare_pieces, fit_all
from depthlab.questions.exponent.record import GROUPS, UNITS, ExponentPart, ExponentRecord, ExponentRun
from depthlab.questions.planning import networks_text
from depthlab.questions.wording import fit_notes, interval_text, lost_runs, lost_sentence, points, starting_small
from depthlab.records import Compared, Comparison, ExchangeFit, Interval
from depthlab.statistics import corrected, is_significant

DEPTH, CARDINALITY, EXCHANGE = "depth", "cardinality", "exchange"
CLAIMS = (DEPTH, CARDINALITY, EXCHANGE)
SUPPORTED, CONTRADICTED, OPEN, UNTESTED = "supported", "contradicted", "not decided", "not tested"
JUDGED = {SOME_UNITS: -1, SIZE_UNITS: 1}  # whether more of the measure is for the reading
WANTED = {SOME_UNITS: (5.0, "points"), SIZE_UNITS: (0.25, "in the power")}  # half-widths that would tell something
NAMES = {SOME_UNITS: "Robustness", SIZE_UNITS: "Effective size"}
READING = "The reading that width is the base and depth the exponent"


def judge(record: ExponentRecord) -> ExponentRecord:
    """Return the record with its fits, the parts of the reading and how each stands, and its verdict."""
    fits, against = fit_all(record.runs), compare_pieces(record.runs)
    parts, against = correct(_all_parts(fits), against)
    deleted = _deleted(record.runs, record.share, UNITS)
    left_out = {run.network: run.note for run in record.runs if run.note}
    judged = [fit for fit in fits if fit.measure in JUDGED]
    verdict = [
        *filter(None, (_headline(parts), _robustness(parts, deleted), _effective_size(parts))),
        *([] if against is None else [_tell_against(against, deleted, _deleted(record.runs, record.share, GROUPS))]),
        *_enough(judged, parts, record),
        *(f"{measures}: {starting_small(note)}" for note, measures in fit_notes(judged).items()),
        *(f"{network} is left out: {note}." for network, note in left_out.items()),
        *lost_sentence(lost_runs(record.about.runs), "mean and no fit"),
    ]
    about = replace(record.about, verdict=tuple(verdict))
    return replace(record, about=about, fits=fits, parts=parts, units_against_groups=against)


def decisive(record: ExponentRecord) -> list[Decisive]:
    """Return what the verdict rests on: the slopes and contrasts that are the parts of the reading."""
    found = []
    for fit in record.fits:
        effects = {
            f"{NAMES[fit.measure]}, {part.claim}": (part.comparison, part.p_holm)
            for part in record.parts
            if part.measure == fit.measure and part.comparison is not None
        }
        if effects:
            wanted, unit = WANTED[fit.measure]
            networks = list(dict.fromkeys(run.network for run in record.runs if run.pieces))
            found += of_fit(fit, networks, effects, wanted / WANTED[SOME_UNITS][0], unit)
    return found


def find_parts(fits: Sequence[ExchangeFit]) -> tuple[ExponentPart, ...]:
    """Return the parts of the reading that the networks at hand can tell of, and how each stands."""
    return correct(_all_parts(fits))[0]


def correct(
    parts: Sequence[ExponentPart], against: Compared | None = None
) -> tuple[tuple[ExponentPart, ...], Compared | None]:
    """Correct the p-values of all parts and of units against groups together (Holm), and say how each part stands."""
    beside = None if against is None else against.comparison
    *told, (last, last_p) = corrected([*(part.comparison for part in parts), beside])
    judged = tuple(_standing(_told(part, *one)) for part, one in zip(parts, told, strict=True))
    return judged, None if against is None else replace(against, comparison=last, p_holm=last_p)


def _told(part: ExponentPart, tested: Comparison | None, p_holm: float | None) -> ExponentPart:
    if tested is None or tested.interval is None:
        return part
    interval = tested.interval
    return replace(part, low=interval.low, high=interval.high, level=interval.level, p_holm=p_holm)


def outcome_of(parts: Sequence[ExponentPart]) -> str:
    """Return supported, not supported or not decided."""
    standing = [part.stands for part in parts]
    if CONTRADICTED in standing:
        return "not supported"
    complete = len(parts) == len(JUDGED) * len(CLAIMS)
    return SUPPORTED if complete and set(standing) == {SUPPORTED} else OPEN


def _all_parts(fits: Sequence[ExchangeFit]) -> list[ExponentPart]:
    return [part for fit in fits if fit.measure in JUDGED for part in _parts(fit)]


def _parts(fit: ExchangeFit) -> list[ExponentPart]:
    sign = JUDGED[fit.measure]
    slopes = {one.axis: one for one in fit.exchanges}
    found = [
        _part(fit, claim, sign, slopes[claim].points, slopes[claim].interval, slopes[claim].p)
        for claim in (DEPTH, CARDINALITY)
        if claim in slopes
    ]
    for one in fit.contrasts:
        if (one.a, one.b) == (CARDINALITY, DEPTH):  # the first less the second, by a doubling of the cost
            found.append(_part(fit, EXCHANGE, -sign, one.difference, one.interval, one.p))
    return found


def _part(
    fit: ExchangeFit, claim: str, sign: int, value: float, interval: Interval | None, p: float | None
) -> ExponentPart:
    part = ExponentPart(fit.measure, claim, sign * value, None, None, p, None, UNTESTED, df=fit.df)
    if interval is None:
        return part
    low, high = sorted((sign * interval.low, sign * interval.high))
    return replace(part, low=low, high=high, level=interval.level)


def _standing(part: ExponentPart) -> ExponentPart:
    if part.p_holm is None:
        return part
    if not is_significant(part.p_holm):
        return replace(part, stands=OPEN)
    return replace(part, stands=SUPPORTED if part.value > 0 else CONTRADICTED)


def _deleted(runs: Sequence[ExponentRun], share: float, kind: str) -> str:
    """Say what was deleted together, and which share of all it is: transitions are never deleted together."""
    found = [100 * pieces.share_of_all for run in runs if (pieces := run.set_of(kind)) is not None]
    low, high = (f"{end:.0f}" for end in (min(found, default=0), max(found, default=0)))
    of_all = low if low == high else f"{low} to {high}"
    if kind == UNITS:
        return f"{100 * share:.0f} % of the units that keep the shape ({of_all} % of all units)"
    return f"{100 * share:.0f} % of the groups of such units ({of_all} % of all groups)"


def _headline(parts: Sequence[ExponentPart]) -> str:
    if not parts:
        return f"{READING} is not decided: the networks here differ neither in depth nor in cardinality."
    claims = {part.claim for part in parts}
    if missing := [claim for claim in (DEPTH, CARDINALITY) if claim not in claims]:
        return f"{READING} is not decided: no two networks here differ in {' or in '.join(missing)} alone."
    if all(part.stands == UNTESTED for part in parts):
        return f"{READING} is not decided: nothing tells how sure the numbers are."
    counts = [(sum(part.stands == stands for part in parts), stands) for stands in (SUPPORTED, CONTRADICTED, OPEN)]
    listed = ", ".join(f"{count} {stands}" for count, stands in counts if count)
    return f"{READING} is {outcome_of(parts)}: of its {len(parts)} parts {listed}."


def _robustness(parts: Sequence[ExponentPart], deleted: str) -> str:
    """Say how the rise of the error goes with depth, with cardinality, and at equal cost."""
    heads = {
        DEPTH: f"after deleting {deleted} the error rises, with each doubling of the units, by",
        CARDINALITY: "with each doubling of the cardinality by",
        EXCHANGE: "and with the multiply-adds doubled along depth instead of along cardinality by",
    }

    def value(part: ExponentPart) -> str:
        return f"{points(abs(part.value))} points {'less' if part.value >= 0 else 'more'} ({_within(part, 1)}"

    return _tell(SOME_UNITS, parts, heads, value)


def _effective_size(parts: Sequence[ExponentPart]) -> str:
    heads = {
        DEPTH: "the number of equal votes goes with the units to the power",
        CARDINALITY: "with the cardinality to the power",
        EXCHANGE: "and by a doubling of the multiply-adds the power along depth exceeds that along cardinality by",
    }
    return _tell(SIZE_UNITS, parts, heads, lambda part: f"{part.value:.2f} ({_within(part, 2)}")


def _tell(
    measure: str, parts: Sequence[ExponentPart], heads: dict[str, str], value: Callable[[ExponentPart], str]
) -> str:
    by_claim = {part.claim: part for part in parts if part.measure == measure}
    there = {claim: by_claim[claim] for claim in heads if claim in by_claim}
    texts = [f"{heads[claim]} {value(part)}: {part.stands})" for claim, part in there.items()]
    return f"{NAMES[measure]}: {'; '.join(texts)}." if texts else ""


def _within(part: ExponentPart, digits: int) -> str:
    if part.low is None or part.high is None:
        return "no interval"
    low, high = part.low, part.high
    if part.measure == SOME_UNITS and part.value < 0:  # the sentence says: so many points more
        low, high = -part.high, -part.low
    interval = Interval(low, high, part.level)
    return interval_text(interval, f"p = {part.p_holm:.2g} by Holm", number=lambda value: f"{value:.{digits}f}")


def _tell_against(against: Compared, units: str, groups: str) -> str:
    """Say what the same share of units and of groups costs, over networks."""
    found = against.comparison
    assert found is not None and against.mean_a is not None and against.mean_b is not None
    text = (
        f"Units against groups: without {units} a network's error rises by {points(against.mean_a)} points, without "
        f"{groups} by {points(against.mean_b)}"
    )
    if found.interval is None or against.p_holm is None:
        return f"{text}; nothing tells how sure that is."
    more = "units" if found.difference > 0 else "groups"
    outcome = f"{more} are missed more" if is_significant(against.p_holm) else "no difference shown"
    interval = interval_text(found.interval, f"{found.n[0]} networks, p = {against.p_holm:.2g} by Holm")
    return f"{text} (difference {points(found.difference)}, {interval}): {outcome}."


def _enough(fits: Sequence[ExchangeFit], parts: Sequence[ExponentPart], record: ExponentRecord) -> list[str]:
    """Say for each measure how far the networks tell the part that is least decided, and what to type."""
    sentences = []
    for fit in fits:
        undecided = [one for one in parts if one.measure == fit.measure and one.stands == OPEN]
        widths = [one.high - one.low for one in undecided if one.high is not None and one.low is not None]
        if not widths:
            continue
        part = undecided[widths.index(max(widths))]
        assert part.comparison is not None
        told = replace(part.comparison, n=(fit.networks,))
        text = networks_text(fit, told, record.networks, *WANTED[fit.measure])
        sentences.append(f"{NAMES[fit.measure]}, {part.claim}: {text}")
    return sentences
