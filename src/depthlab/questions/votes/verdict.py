"""Is dropout a vote, is stochastic depth one? Told in sentences, each of which rests on a test over seeds."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from statistics import fmean

from depthlab.questions.decisive import Decisive
from depthlab.questions.grouping import grouped
from depthlab.questions.planning import enough_text, more_seeds_text
from depthlab.questions.votes.claims import claims_of, contrasts, least_half_width
from depthlab.questions.votes.contrasts import BY_GEOMETRIC, INDEPENDENT, MORE, TWIN, by_network, feature_contrasts
from depthlab.questions.votes.record import (
    ARITHMETIC,
    CORRELATION,
    DEPTH,
    DROPOUT,
    ERROR,
    LOSS,
    MEAN,
    MEMBERS,
    SNAPSHOTS,
    WHOLE,
    ZEROS,
    FeatureContrast,
    VoteContrast,
    VotesRecord,
)
from depthlab.questions.votes.wording import (
    NAMES,
    NO_TEST,
    difference_text,
    equivalence_text,
    outcome_text,
    points,
    unshown_text,
)
from depthlab.questions.wording import counted, interval_text, lost_runs, lost_sentence
from depthlab.statistics import is_significant


def judge(record: VotesRecord) -> VotesRecord:
    """Return the record with its comparisons and its verdict."""
    judged = replace(record, contrasts=contrasts(record), features=feature_contrasts(record.measured))
    return replace(judged, about=replace(record.about, verdict=tell(judged)))


def decisive(record: VotesRecord) -> list[Decisive]:
    """Return what the verdict rests on: the differences in error that claims are made of."""
    families = grouped(record.contrasts, lambda one: one.family).values()
    claims = [one for family in families for one in claims_of(family) if one.measure == ERROR]
    return [
        Decisive(
            f"{one.network}: {one.a} less {one.b}",
            one.comparison,
            ((one.network, one.b),),
            measure=one.measure,
            p=one.p_holm,
            equal=None if one.equivalence is None else one.equivalent,
        )
        for one in claims
    ]


def tell(record: VotesRecord) -> tuple[str, ...]:
    """Return the verdict: the headline, then a sentence for each claim or what is missing to make it."""
    compared = record.contrasts
    sentences = [headline(compared)]
    groups = by_network(record.measured)
    for network in groups:
        for method in (DROPOUT, DEPTH):
            sentences += _sampled(_of(compared, method, network), record)
        sentences += [_geometric(one) for one in claims_of(_of(compared, BY_GEOMETRIC, network))]
        sentences += _snapshots(compared, network)
        sentences += _independent(compared, network)
        sentences += _disagreements(record, network)
    sentences += [_feature(one) for one in record.features]
    if compared and all(len(same) == 1 for same in groups.values()):
        sentences.append(f"There is one training of each network, and so no claim: {more_seeds_text(5)}.")
    return (*sentences, *lost_sentence(lost_runs(record.about.runs)))


def headline(compared: Sequence[VoteContrast]) -> str:
    """Return the answer in a few words."""
    parts = [
        _sampled_headline(_of(compared, method, network, ERROR))
        for method in (DROPOUT, DEPTH)
        for network in dict.fromkeys(one.network for one in compared if one.family == method)
    ]
    gains = [one for one in compared if one.family == INDEPENDENT and is_significant(one.p_holm)]
    gains = [one for one in gains if one.comparison.difference < 0]
    if gains:
        best = min(gains, key=lambda one: one.comparison.difference)
        parts.append(f"{best.a} of {best.network} err {points(-best.comparison.difference)} points less than one")
    nothing = "there is nothing to vote: no network drops anything, and none was trained twice"
    text = "; ".join(parts) or ("that networks gain by a vote is not shown" if compared else nothing)
    return f"{text[:1].upper()}{text[1:]}."


def _sampled_headline(same: Sequence[VoteContrast]) -> str:
    last, sizes = same[-1], _equivalent_sizes(same)
    who, whole = f"{MEMBERS[last.family]} of {last.network} together", WHOLE[last.family]
    if sizes:
        return f"{who} err as often as {whole}, {sizes}"
    if is_significant(last.p_holm):
        side = "less" if last.comparison.difference < 0 else "more"
        return f"{last.members} {who} err {points(abs(last.comparison.difference))} points {side} than {whole}"
    return f"that {who} err as often as {whole} is not shown"


def _equivalent_sizes(same: Sequence[VoteContrast]) -> str:
    """Return `to within 0.5 points, from m = 10 to 50`; nothing where no size is shown to be equivalent."""
    sizes = [one for one in same if one.equivalent]
    if not sizes or sizes[0].equivalence is None:
        return ""
    first, last = sizes[0].members, sizes[-1].members
    span = f"from m = {first} to {last}" if first < last else f"at m = {last}"
    return f"to within {sizes[0].equivalence.margin:g} points, {span}"


def _sampled(same: Sequence[VoteContrast], record: VotesRecord) -> list[str]:
    """Say at which sizes the average errs as often as the one pass, and how far it is from it otherwise."""
    errors = [one for one in same if one.measure == ERROR]
    if not errors:
        return []
    last, sizes = errors[-1], _equivalent_sizes(errors)
    if sizes:
        first = next(one for one in errors if one.equivalent)
        ends = "; ".join(map(equivalence_text, dict.fromkeys((first, last))))
        what = f"the average of {MEMBERS[last.family]} errs as often as {WHOLE[last.family]}, {sizes}"
        told = [f"{last.network}: {what} ({ends}, {counted(min(last.comparison.n), 'seed')})."]
    else:
        told = [f"{last.network}: {last.a} together {outcome_text(last, WHOLE[last.family])}."]
        told += [] if is_significant(last.p_holm) else _unshown(last, record.images)
    others = [one for one in same if one.measure != ERROR and one.members == last.members]
    what = f"{last.network}: their"
    return told + [f"{what} {NAMES[one.measure]} at m = {one.members} {difference_text(one)}." for one in others]


def _unshown(last: VoteContrast, images: int) -> list[str]:
    """Say why it is not shown that both err alike, and what it takes."""
    test = last.equivalence
    if test is None or test.interval is None:
        return []
    seeds, who = min(last.comparison.n), f"{last.network}: that both err alike, to within {test.margin:g} points,"
    least = least_half_width(last, images, test.interval.level)
    if least >= test.margin:
        return [
            f"{who} can't be shown by {counted(seeds, 'seed')} on {images:,} test images, which leave an interval of "
            f"± {points(least)} points at best: it takes more seeds or images, or a larger margin=."
        ]
    room = test.margin - abs(last.comparison.difference)  # for the half-width, if the difference is as it was seen
    enough = enough_text(last.comparison, room if room > 0 else test.margin)
    return [f"{who} is not shown: {equivalence_text(last)}. {enough}"]


def _geometric(one: VoteContrast) -> str:
    means = f"the geometric mean of {one.members}, which {WHOLE[DROPOUT]} approximates,"
    return f"{one.network}: the {NAMES[LOSS]} of {means} {difference_text(one)}."


def _snapshots(compared: Sequence[VoteContrast], network: str) -> list[str]:
    own, twins = (claims_of(_of(compared, family, network)) for family in (SNAPSHOTS, TWIN))
    told = [_outcome(one, f"{one.a} together", "the last one alone") for one in own]
    return told + [_outcome(one, f"{one.a} of one training", f"{one.b}, trained as long,") for one in twins]


def _independent(compared: Sequence[VoteContrast], network: str) -> list[str]:
    """Tell of the ensembles that claims are made of, and of all networks together, of which there is one ensemble."""
    claims = [one for family in (INDEPENDENT, MORE) for one in claims_of(_of(compared, family, network))]
    told = [_outcome(one, one.a, one.b) for one in claims]
    largest = max(_of(compared, INDEPENDENT, network, ERROR), key=lambda one: one.members, default=None)
    if largest is not None and largest.members > 2:
        told.append(
            f"{network}: all {largest.members} together have an error of {largest.mean_a:.3g} %, one has "
            f"{largest.mean_b:.3g} %: there is one such ensemble, so {NO_TEST}."
        )
    return told


def _outcome(one: VoteContrast, who: str, other: str) -> str:
    """Say who errs less, or that it is not shown and how many seeds it takes."""
    text = f"{one.network}: {who} {outcome_text(one, other)}."
    unshown = one.comparison.interval is not None and not is_significant(one.p_holm)
    return f"{text} {enough_text(one.comparison)}" if unshown else text


def _disagreements(record: VotesRecord, network: str) -> list[str]:
    """Say how often two members differ, of each kind that the network has."""
    runs = [run for run in record.measured if run.network == network]
    parts = []
    for method in (DROPOUT, DEPTH, SNAPSHOTS):
        curves = [curve for run in runs if (curve := run.curve(method)) is not None]
        known = [curve.disagreement for curve in curves if curve.disagreement is not None]
        if known:
            parts.append(f"two {MEMBERS[method]} of one training on {points(fmean(known))} %")
    for one in record.ensembles:
        if (one.network, one.mean) == (network, ARITHMETIC) and one.disagreement is not None:
            parts.append(f"two independent networks on {points(one.disagreement)} %")
    return [f"{network}: share of images on which two members differ: {', '.join(parts)}."] if parts else []


def _feature(one: FeatureContrast) -> str:
    names = {
        CORRELATION: "the mean absolute correlation of two units",
        ZEROS: "the share of zeros among activations",
        MEAN: "the mean activation",
    }

    def show(value: float, unit: str = " %") -> str:
        return f"{100 * value:.1f}{unit}" if one.measure == ZEROS else f"{value:.3f}"

    found = one.comparison
    text = f"{one.network}: {names[one.measure]} is {show(one.mean_a)}, and {show(one.mean_b)} in {one.other}"
    if found.interval is None:
        return f"{text}: {found.note or NO_TEST}."
    sure = interval_text(found.interval, counted(min(found.n), "seed"), lambda value: show(value, ""))
    shown = "" if is_significant(one.p_holm) else f": {unshown_text(one.p_holm)}"
    return f"{text} (difference {show(found.difference, ' points')}, {sure}){shown}."


def _of(compared: Iterable[VoteContrast], family: str, network: str, measure: str | None = None) -> list[VoteContrast]:
    """Return the comparisons of a family and network, by one measure or all, from few members to many."""
    found = [one for one in compared if (one.family, one.network) == (family, network)]
    return sorted((one for one in found if measure in (None, one.measure)), key=lambda one: one.members)
