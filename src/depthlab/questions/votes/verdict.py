"""Is dropout a vote, is stochastic depth one? Told in sentences, each of which rests on an interval.

Intervals are over seeds where there are several trainings, else over ensembles of draws from the one network.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from depthlab.questions.votes.contrasts import (
    BY_GEOMETRIC,
    CORRELATION,
    ERROR,
    INDEPENDENT,
    LOSS,
    MEAN,
    MEMBERS,
    MORE,
    TWIN,
    WHOLE,
    ZEROS,
    by_network,
    contrasts,
    curve_of,
    feature_contrasts,
)
from depthlab.questions.votes.meeting import meeting_place, meeting_sentences
from depthlab.questions.votes.record import (
    DEPTH,
    DROPOUT,
    SNAPSHOTS,
    Ensemble,
    FeatureContrast,
    VoteContrast,
    VotesRecord,
    VotingRun,
)
from depthlab.questions.votes.wording import LOSS_NAME, POINT, bracketed, claimed, outcome_text, points
from depthlab.questions.wording import lost_runs, lost_sentence
from depthlab.records import RunRef


def judge(record: VotesRecord) -> VotesRecord:
    """Return the record with its comparisons and its verdict."""
    compared, features = contrasts(record.measured, record.ensembles), feature_contrasts(record.measured)
    verdict = tell(record.measured, record.ensembles, compared, features, record.about.runs)
    return replace(record, about=replace(record.about, verdict=verdict), contrasts=compared, features=features)


def tell(
    runs: Sequence[VotingRun],
    ensembles: Sequence[Ensemble],
    compared: Sequence[VoteContrast],
    features: Sequence[FeatureContrast],
    refs: Sequence[RunRef],
) -> tuple[str, ...]:
    """Return the verdict: the headline, then a sentence for each thing that was compared, then what is missing."""
    sentences = [headline(compared)]
    for network, same in by_network(runs).items():
        for method in (DROPOUT, DEPTH):
            sentences += meeting_sentences(_of(compared, method, network))
        sentences += _geometric(compared, network)
        sentences += _snapshots(compared, network)
        sentences += _independent(compared, network)
        sentences += _disagreements(network, same, ensembles)
    sentences += [_feature(one) for one in features]
    if compared and all(len(same) == 1 for same in by_network(runs).values()):
        sentences.append("One training of each network: nothing is claimed of other trainings. It takes more seeds.")
    return (*sentences, *lost_sentence(lost_runs(refs)))


def headline(compared: Sequence[VoteContrast]) -> str:
    """Return the answer in a few words."""
    parts = []
    for method in (DROPOUT, DEPTH):
        for network in dict.fromkeys(one.network for one in compared if one.family == method):
            error, loss = (meeting_place(_of(compared, method, network, measure)) for measure in (ERROR, LOSS))
            who = f"{MEMBERS[method]} of {network} together"
            if error is None or loss is None:
                parts.append(f"where {who} come up to {WHOLE[method]} can't be told from so few trainings")
            else:
                parts.append(f"{who} come up to {WHOLE[method]} in error {error}, in {LOSS_NAME} {loss}")
    gains = [one for one in compared if one.family == INDEPENDENT and one.measure == ERROR and claimed(one)]
    if gains:
        best = min(gains, key=lambda one: one.comparison.difference)
        if best.comparison.difference < 0:
            parts.append(f"{best.a} of {best.network} gain {points(-best.comparison.difference)} points on one")
    nothing = "there is nothing to vote: no network drops anything, and none was trained twice"
    text = "; ".join(parts) or ("that networks gain by a vote is not shown" if compared else nothing)
    return f"{text[:1].upper()}{text[1:]}."


def _of(compared: Iterable[VoteContrast], family: str, network: str, measure: str | None = None) -> list[VoteContrast]:
    return [
        one
        for one in compared
        if one.family == family and one.network == network and (measure is None or one.measure == measure)
    ]


def _geometric(compared: Sequence[VoteContrast], network: str) -> list[str]:
    """Say how far both means are from weight scaling, which approximates the geometric one."""
    told = []
    for one in _of(compared, BY_GEOMETRIC, network, LOSS):
        same = (other for other in _of(compared, DROPOUT, network, LOSS) if other.members == one.members)
        arithmetic = next(same, None)
        if arithmetic is not None:
            told.append(
                f"{network}: at m = {one.members} the {LOSS_NAME} of the geometric mean differs from weight scaling's "
                f"by {bracketed(one)}, that of the arithmetic mean by {bracketed(arithmetic)}."
            )
    return told


def _snapshots(compared: Sequence[VoteContrast], network: str) -> list[str]:
    told = []
    own = _of(compared, SNAPSHOTS, network, ERROR)
    for one in [max(own, key=lambda one: one.members)] if own else []:
        told.append(f"{network}: {one.a} together {outcome_text(one, 'the last one alone')}.")
    for one in _of(compared, TWIN, network, ERROR):
        told.append(f"{network}: {one.a} of one training {outcome_text(one, f'{one.b}, trained as long')}.")
    return told


def _independent(compared: Sequence[VoteContrast], network: str) -> list[str]:
    """Tell of the largest ensemble over which there is an interval, and of all networks together as a point."""
    told = []
    for family in (INDEPENDENT, MORE):
        own = sorted(_of(compared, family, network, ERROR), key=lambda one: one.members)
        for b in dict.fromkeys(one.b for one in own):
            same = [one for one in own if one.b == b]
            known = [one for one in same if one.comparison.interval is not None]
            one = (known or same)[-1]
            told.append(f"{network}: {one.a} {outcome_text(one, one.b)}.")
            if family == INDEPENDENT and known and (largest := same[-1]).comparison.interval is None:
                told.append(
                    f"{network}: all {largest.members} together have an error of {largest.mean_a:.3g} %, one has "
                    f"{largest.mean_b:.3g} %: {POINT}."
                )
    return told


def _disagreements(network: str, runs: Sequence[VotingRun], ensembles: Sequence[Ensemble]) -> list[str]:
    """Say how often two members differ, of each kind that the network has."""
    parts = []
    for method in (DROPOUT, DEPTH, SNAPSHOTS):
        values = [
            curve.disagreement
            for run in runs
            if (curve := curve_of(run, method)) is not None and curve.disagreement is not None
        ]
        if values:
            parts.append(f"two {MEMBERS[method]} of one training on {points(sum(values) / len(values))} %")
    for one in ensembles:
        if one.network == network and one.mean == "arithmetic" and one.disagreement is not None:
            parts.append(f"two independent networks on {points(one.disagreement)} %")
    return [f"{network}: how many images two members differ on: {', '.join(parts)}."] if parts else []


def _feature(one: FeatureContrast) -> str:
    names: dict[str, tuple[str, Callable[[float], str]]] = {
        CORRELATION: ("the mean absolute correlation of two units", lambda value: f"{value:.3f}"),
        ZEROS: ("the share of zeros among activations", lambda value: f"{100 * value:.1f} %"),
        MEAN: ("the mean activation", lambda value: f"{value:.3f}"),
    }
    name, show = names[one.measure]
    found = one.comparison
    text = f"{one.network}: {name} is {show(one.mean_a)} against {show(one.mean_b)} of {one.other}"
    if found.interval is None:
        return f"{text}: {found.note or POINT}."
    sure = (
        f"{100 * found.interval.level:.0f} % interval of the difference {show(found.interval.low)} to "
        f"{show(found.interval.high)}, {min(found.n)} seeds"
    )
    claimed = found.interval.low > 0 or found.interval.high < 0
    return f"{text} ({sure})" + ("." if claimed else ": no change shown.")
