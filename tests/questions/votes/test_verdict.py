"""What is said of votes follows from the numbers: who errs as often as whom, what gains, and what is not shown."""

import math
import random
import re
from dataclasses import replace
from statistics import fmean, stdev

import pytest
from scipy import stats

from depthlab.models import resnet
from depthlab.questions.votes.claims import CLAIMED, contrasts
from depthlab.questions.votes.contrasts import (
    BY_GEOMETRIC,
    INDEPENDENT,
    MORE,
    TWIN,
    feature_contrasts,
    layer_mean,
    twin,
)
from depthlab.questions.votes.record import (
    DEPTH,
    DROPOUT,
    SNAPSHOTS,
    VoteContrast,
    VoteCurve,
    VotePoint,
    VoteScore,
    VotesRecord,
    VotingRun,
)
from depthlab.questions.votes.verdict import headline, judge
from depthlab.statistics import holm
from tests.questions.votes.records import CYCLIC, DEEP, DROPPING, PLAIN, record_of


@pytest.fixture(scope="module")
def record() -> VotesRecord:
    return record_of()


def of(record: VotesRecord, family: str, measure: str = "error", network: str = DROPPING) -> list[VoteContrast]:
    """Return the comparisons of a family, from few members to many."""
    found = (one for one in record.contrasts if (one.family, one.measure, one.network) == (family, measure, network))
    return sorted(found, key=lambda one: one.members)


def study(record: VotesRecord, gaps: dict[int, float], seeds: int, rng: random.Random, spread: float) -> VotesRecord:
    """Return seeds of one dropout network whose ensembles of m err `gaps[m]` points more than one pass, and noise."""
    runs = []
    for seed in range(seeds):
        whole = rng.gauss(5, 0.8)
        points = tuple(VotePoint(m, (score(whole + gap + rng.gauss(0, spread)),)) for m, gap in gaps.items())
        curve = VoteCurve(DROPOUT, "arithmetic", 100, points)
        runs.append(VotingRun(f"{seed}", "", "net", seed, {}, 1, 1, score(whole), (curve,)))
    return replace(record, measured=tuple(runs), ensembles=(), images=10_000)


def score(error: float) -> VoteScore:
    return VoteScore(error, error / 30, error, 0.0)


@pytest.mark.parametrize("seeds", [3, 5, 10])
def test_a_gap_of_the_margin_is_called_equivalent_in_one_study_of_twenty_at_most(
    record: VotesRecord, seeds: int
) -> None:
    """And one of half of it, as often as seeds allow; the number of ensembles of a size has no part in it."""
    rng = random.Random(seeds)
    called = {gap: 0 for gap in (0.5, 0.1)}
    for gap in called:
        for _ in range(400):
            made = study(record, {1: 2.0, 10: gap, 50: gap}, seeds, rng, 0.25)
            called[gap] += any(one.equivalent for one in contrasts(made))
    assert called[0.5] <= 0.075 * 400, "5 %, and two standard errors"
    assert called[0.1] >= {3: 0.3, 5: 0.85, 10: 0.99}[seeds] * 400


def test_sizes_are_equivalent_down_to_the_first_that_is_not(record: VotesRecord) -> None:
    """A small ensemble that happens to err as often is of no weight where a larger one does not."""
    for gaps, expected in (
        ({1: 2, 2: 1, 5: 0, 10: 0}, [5, 10]),
        ({1: 0, 2: 1, 5: 0, 10: 0}, [5, 10]),
        ({1: 0, 2: 0, 5: 0, 10: 1}, []),
        ({1: 0, 2: 0, 5: 0, 10: -1}, []),
    ):
        made = study(record, gaps, 5, random.Random(1), 0.05)
        assert [one.members for one in contrasts(made) if one.equivalent] == expected
        tested = [one for one in contrasts(made) if one.equivalence is not None]
        assert {one.measure for one in tested} == {"error"} and len(tested) == 4


def test_equivalence_is_two_one_sided_tests_over_seeds(record: VotesRecord) -> None:
    one = of(record, DROPOUT)[-1]
    runs = [run for run in record.measured if run.network == DROPPING]
    differences = [fmean(s.error for s in run.curves[0].points[-1].scores) - run.whole.error for run in runs]
    floor = (100 / 1437) ** 2 * 1.5
    error = math.sqrt(max(stdev(differences) ** 2, 2 * floor) / 4)
    expected = stats.t.sf(min(0.5 - fmean(differences), 0.5 + fmean(differences)) / error, 3)
    assert one.equivalence is not None and one.equivalence.p == pytest.approx(expected)
    assert one.comparison.method == "paired t" and one.comparison.n == (4, 4)


def test_the_level_is_shared_by_the_networks_of_one_method(record: VotesRecord) -> None:
    other = [
        replace(run, network="net", settings=run.settings | {"dropout": 0.5})
        for run in record.measured
        if run.network == DROPPING
    ]
    both = judge(replace(record, measured=(*record.measured, *other)))
    for made, level in ((record, 0.9), (both, 0.95)):
        for one in of(made, DROPOUT):
            assert one.equivalence is not None and one.equivalence.interval is not None
            assert one.equivalence.interval.level == pytest.approx(level)


def test_claims_are_made_at_one_size_and_corrected_over_their_family(record: VotesRecord) -> None:
    for family, measures in CLAIMED.items():
        claims = [one for one in record.contrasts if one.family == family and one.p_holm is not None]
        assert {one.measure for one in claims} == set(measures)
        assert len({(one.network, one.b, one.measure) for one in claims}) == len(claims), "one size each"
        assert tuple(one.p_holm for one in claims) == holm(one.comparison.p for one in claims)
    assert {one.members for one in record.contrasts if one.family == INDEPENDENT and one.p_holm is not None} == {2}
    assert len([one for one in record.contrasts if one.family == INDEPENDENT and one.p_holm is not None]) == 4
    assert tuple(one.p_holm for one in record.features) == holm(one.comparison.p for one in record.features)


def test_what_is_not_significant_after_correction_is_not_claimed() -> None:
    """One of four comparisons with p = 0.03 is no claim, and the page says so where its interval excludes 0."""
    record = record_of()
    weak = [
        replace(one, p_holm=0.12) if one.family == INDEPENDENT and one.p_holm is not None else one
        for one in record.contrasts
    ]
    assert "gain" not in headline(weak) and "less than one" not in headline(weak)
    assert "independent networks" in headline(record.contrasts)


def test_a_lost_run_leaves_the_test_as_it_is(record: VotesRecord) -> None:
    """Twins are paired by the seeds that both have: without one of them the test has a pair less, not another form."""
    fewer = replace(record, measured=tuple(run for run in record.measured if (run.network, run.seed) != (PLAIN, 0)))
    for family, network in ((TWIN, CYCLIC), (DROPOUT, DROPPING)):
        before, after = (of(made, family, network=network)[0].comparison for made in (record, judge(fewer)))
        assert before.method == after.method == "paired t"
        assert (before.n, after.n) == ((4, 4), (3, 3) if family == TWIN else (4, 4))
    assert feature_contrasts(fewer.measured)[0].comparison.n == (3, 3)
    apart = [replace(run, seed=run.seed + 10) if run.network == PLAIN else run for run in record.measured]
    found = next(one for one in contrasts(replace(record, measured=tuple(apart), ensembles=())) if one.family == TWIN)
    assert found.comparison.method == "none" and "no seed is on both sides" in found.comparison.note


def test_twins_share_their_initial_weights() -> None:
    import torch

    made = []
    for dropout in (0.0, 0.3):
        torch.manual_seed(3)
        made.append(resnet(depth=8, num_classes=4, dropout=dropout))
    first, second = (list(net.parameters()) for net in made)
    assert len(first) == len(second) and all(map(torch.equal, first, second))


def test_few_images_can_not_show_equivalence_and_it_is_said(record: VotesRecord) -> None:
    few = judge(replace(record, images=100))
    assert not any(one.equivalent for one in few.contrasts)
    text = " ".join(few.about.verdict)
    assert "can't be shown by 4 seeds on 100 test images, which leave an interval of ± " in text
    assert "it takes more seeds or images, or a larger margin=" in text


def test_of_one_training_nothing_is_claimed() -> None:
    record = record_of(1, (DROPPING,))
    assert {one.comparison.method for one in record.contrasts} == {"none"}
    assert record.about.verdict[-1].endswith("and so no claim: type 'seed=range(5)'.")
    assert "is not shown" in record.about.verdict[0]


def test_every_way_is_compared(record: VotesRecord) -> None:
    there = {(one.family, one.network) for one in record.contrasts}
    assert {(DROPOUT, DROPPING), (DEPTH, DEEP), (SNAPSHOTS, CYCLIC), (TWIN, CYCLIC), (BY_GEOMETRIC, DROPPING)} <= there
    assert {(INDEPENDENT, network) for network in (PLAIN, DROPPING, DEEP, CYCLIC)} <= there
    assert {network for family, network in there if family == MORE} == {DROPPING, DEEP}
    twins = [one for one in record.contrasts if one.family == TWIN]
    assert {one.b for one in twins} == {PLAIN}, "trained as long by the other schedule"


def test_calibration_is_compared_beyond_chance(record: VotesRecord) -> None:
    one, raw = of(record, DROPOUT, "calibration")[-1], record_of(networks=(DROPPING,))
    lucky = [replace(run, whole=replace(run.whole, chance=0.2)) for run in raw.measured]
    other = of(judge(replace(raw, measured=tuple(lucky))), DROPOUT, "calibration")[-1]
    assert other.mean_b == pytest.approx(of(raw, DROPOUT, "calibration")[-1].mean_b + 0.3)
    assert one.mean_a == pytest.approx(
        fmean(run.curves[0].points[-1].mean("calibration") for run in record.measured if run.network == DROPPING)
    )


def test_all_networks_together_are_one_ensemble(record: VotesRecord) -> None:
    own = of(record, INDEPENDENT, network=PLAIN)
    assert [(one.members, one.comparison.interval is None) for one in own] == [(2, False), (3, False), (4, True)]
    assert f"{PLAIN}: all 4 together have an error of" in " ".join(record.about.verdict)


def test_the_verdict_tells_what_was_put_in(record: VotesRecord) -> None:
    text = " ".join(record.about.verdict)
    alike = "as often as weight scaling, to within 0.5 points, from m = "
    assert f"{DROPPING}: the average of sampled networks errs {alike}" in text
    assert (
        f"{DEEP}: 50 sampled sub-networks together err 3.4 points more than the whole network (98.3 % interval" in text
    )
    assert f"{PLAIN}: 2 independent networks err 0.5" in text
    assert f"{CYCLIC}: the last 5 snapshots together err 1.0 points less than the last one alone" in text
    assert "two sampled networks of one training on 4.0 %, two independent networks on 3.0 %." in text
    assert re.search(f"{DROPPING}: the mean absolute correlation of two units is 0[.](19|20)., and 0[.](29|30).", text)
    assert f"{DROPPING}: the share of zeros among activations is" in text and "no difference shown" in text
    assert record.about.verdict[0] == headline(record.contrasts)
    assert f"Sampled networks of {DROPPING} together err {alike}" in text
    assert f"50 sampled sub-networks of {DEEP} together err 3.4 points more than the whole network;" in text


def test_what_is_not_shown_tells_how_many_seeds_it_takes() -> None:
    made = judge(study(record_of(), {1: 1.0, 50: 0.3}, 4, random.Random(4), 1.0))
    text = " ".join(made.about.verdict)
    assert "That sampled networks of net together err as often as weight scaling is not shown." in text
    expected = r"4 seeds tell it to within [\d.]+ points; [\d.]+ points take about \d+ to \d+: type 'seed=range"
    assert re.search(expected, text)


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
    nothing = record_of(0)
    assert nothing.contrasts == () and nothing.about.verdict == (headline([]),)
    assert "nothing to vote" in headline([])


def test_a_record_from_before_ensembles_were_called_so_is_read() -> None:
    record = record_of(3)
    text = record.to_json()
    before = text.replace('"ensembles":', '"committees":')
    before = re.sub(r'"method": ("dropout"|"stochastic depth"|"snapshots")', r'"voter": \1', before)
    assert '"voter"' in before and '"ensembles":' not in before
    assert VotesRecord.from_json(before) == record
