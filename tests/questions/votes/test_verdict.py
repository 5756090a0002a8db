"""What is said of votes follows from the numbers: where averages meet, what gains, and what is a point."""

import math
import re
from dataclasses import replace
from statistics import fmean, stdev

import pytest
from scipy import stats

from depthlab.questions.votes.contrasts import INDEPENDENT, MORE, TWIN, contrasts, feature_contrasts, layer_mean, twin
from depthlab.questions.votes.meeting import meeting_size
from depthlab.questions.votes.record import DEPTH, DROPOUT, SNAPSHOTS, VoteContrast, VotesRecord
from depthlab.questions.votes.verdict import headline, tell
from depthlab.records import Comparison, Interval
from tests.questions.votes.records import CYCLIC, DEEP, DROPPING, PLAIN, record_of


@pytest.fixture(scope="module")
def record() -> VotesRecord:
    return record_of()


def contrast(members: int, low: float | None, high: float = 0.0) -> VoteContrast:
    """Return a contrast of an ensemble of so many, with its interval."""
    interval = None if low is None else Interval(low, high)
    found = Comparison(0.0 if low is None else (low + high) / 2, (5, 5), "paired t", interval)
    return VoteContrast(DROPOUT, "net", "", "weight scaling", members, "error", "seeds", 1.0, 1.0, found)


@pytest.mark.parametrize(
    ("intervals", "met"),
    [
        ([(1, 2), (0.5, 1), (-0.1, 0.3), (-0.2, 0.1)], 5),
        ([(1, 2), (0.5, 1), (0.3, 0.6), (0.1, 0.2)], None),
        ([(-1, 2), (-0.5, 1), (-0.3, 0.6), (-0.2, 0.2)], 1),
        ([(1, 2), (-0.5, 1), (0.3, 0.6), (-0.2, 0.2)], 10),
        ([(1, 2), (0.5, 1), (-3, -2), (-4, -3)], 5),
        ([(1, 2), (0.5, 1), (-0.2, 0.2), (None, 0)], 5),
        ([(None, 0), (None, 0), (None, 0), (None, 0)], None),
    ],
    ids=["at 5", "never", "at once", "for good", "beyond", "no interval at the end", "no interval"],
)
def test_they_meet_from_where_on_none_is_shown_to_be_worse(
    intervals: list[tuple[float | None, float]], met: int | None
) -> None:
    found = [contrast(size, *ends) for size, ends in zip((1, 2, 5, 10), intervals, strict=True)]
    assert meeting_size(found) == met
    assert meeting_size(reversed(found)) == met
    few = [replace(one, comparison=replace(one.comparison, n=(2, 2))) for one in found]
    assert meeting_size(few) is None, "the interval of two seeds holds whatever one likes"


def test_a_contrast_is_the_paired_comparison_over_seeds(record: VotesRecord) -> None:
    one = next(one for one in record.contrasts if (one.family, one.members, one.measure) == (DROPOUT, 5, "error"))
    runs = [run for run in record.measured if run.network == DROPPING]
    differences = []
    for run in runs:
        point = next(point for point in run.curves[0].points if point.members == 5)
        differences.append(fmean(score.error for score in point.scores) - run.whole.error)
    half = stats.t.isf(0.025, len(runs) - 1) * stdev(differences) / math.sqrt(len(runs))
    assert one.comparison.difference == pytest.approx(fmean(differences))
    assert one.comparison.interval is not None
    assert one.comparison.interval.high - one.comparison.interval.low == pytest.approx(2 * half)
    assert one.over == "seeds" and one.mean_a - one.mean_b == pytest.approx(one.comparison.difference)


def test_of_one_training_the_interval_is_over_draws() -> None:
    record = record_of(1, (DROPPING,))
    curve = record.measured[0].curves[0]
    for one in record.contrasts:
        point = next(point for point in curve.points if point.members == one.members)
        assert one.over == "ensembles" and one.comparison.n == (len(point.scores),) * 2
        assert (one.comparison.interval is None) == (len(point.scores) == 1)
    assert "10 ensembles" in "".join(record.about.verdict)
    assert "nothing is claimed of other trainings" in record.about.verdict[-1]


def test_every_way_is_compared(record: VotesRecord) -> None:
    there = {(one.family, one.network) for one in record.contrasts}
    assert {(DROPOUT, DROPPING), (DEPTH, DEEP), (SNAPSHOTS, CYCLIC), (TWIN, CYCLIC)} <= there
    assert {(INDEPENDENT, network) for network in (PLAIN, DROPPING, DEEP, CYCLIC)} <= there
    assert {network for family, network in there if family == MORE} == {DROPPING, DEEP}
    twins = [one for one in record.contrasts if one.family == TWIN]
    assert {one.b for one in twins} == {PLAIN}, "trained as long by the other schedule"


def test_all_networks_together_are_a_point(record: VotesRecord) -> None:
    own = [one for one in record.contrasts if (one.family, one.network, one.measure) == (INDEPENDENT, PLAIN, "error")]
    assert [(one.members, one.comparison.interval is None) for one in own] == [(2, False), (3, False), (4, True)]
    assert f"{PLAIN}: all 4 together have an error of" in " ".join(record.about.verdict)


def test_the_verdict_tells_what_was_put_in(record: VotesRecord) -> None:
    text = " ".join(record.about.verdict)
    assert f"{DROPPING}: in error the average of sampled networks meets weight scaling at m = " in text
    assert f"{DEEP}: in error the average of sampled sub-networks does not meet the whole network up to m = 100" in text
    assert f"{PLAIN}: 3 independent networks err 0.6" in text
    assert f"{CYCLIC}: the last 5 snapshots together err 1.0 points less than the last one alone" in text
    assert "two sampled networks of one training on 4.0 %, two independent networks on 3.0 %." in text
    assert f"{DROPPING}: the mean absolute correlation of two units is 0.2" in text
    assert f"{DROPPING}: the share of zeros among activations is" in text and "no change shown" in text
    assert record.about.verdict[0] == headline(record.contrasts)
    assert f"Sampled networks of {DROPPING} together come up to weight scaling in error from m = " in text
    assert f"{DEEP} together come up to the whole network in error nowhere up to m = 100" in text


def test_features_are_compared_with_the_twin_without_dropout(record: VotesRecord) -> None:
    assert {(one.network, one.other) for one in record.features} == {(DROPPING, PLAIN)}
    correlation = next(one for one in record.features if one.measure == "correlation")
    groups = [[run for run in record.measured if run.network == name] for name in (DROPPING, PLAIN)]
    with_it, without = (fmean(layer_mean(run, "correlation") or 0.0 for run in runs) for runs in groups)
    assert correlation.comparison.difference == pytest.approx(with_it - without)
    assert correlation.comparison.interval is not None and correlation.comparison.interval.high < 0
    wider = [replace(run, settings=run.settings | {"width": 2}) for run in groups[0]]
    assert feature_contrasts([*wider, *groups[1]]) == (), "they differ in more"


def test_a_twin_differs_in_what_is_named_alone(record: VotesRecord) -> None:
    groups = {name: [run for run in record.measured if run.network == name] for name in (PLAIN, DROPPING, CYCLIC)}
    assert twin(groups[DROPPING][0], groups, ("dropout",)) == PLAIN
    assert twin(groups[CYCLIC][0], groups, ("schedule",)) == PLAIN
    assert twin(groups[CYCLIC][0], groups, ("dropout",)) is None


def test_without_runs_there_is_nothing_to_say() -> None:
    assert contrasts([], []) == ()
    assert tell([], [], [], [], []) == (headline([]),)
    assert "nothing to vote" in headline([])


def test_independent_networks_that_are_a_point_are_something_to_vote(record: VotesRecord) -> None:
    points = [one for one in record.contrasts if one.family == INDEPENDENT and one.comparison.interval is None]
    assert points and headline(points) == "That networks gain by a vote is not shown."


def test_a_record_from_before_ensembles_were_called_so_is_read() -> None:
    record = record_of(3)
    text = record.to_json()
    before = text.replace('"ensembles":', '"committees":')
    before = re.sub(r'"method": ("dropout"|"stochastic depth"|"snapshots")', r'"voter": \1', before)
    assert '"voter"' in before and '"ensembles":' not in before
    assert VotesRecord.from_json(before) == record
