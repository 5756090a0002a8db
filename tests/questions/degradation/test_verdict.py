"""The verdict on degradation: every sentence follows from numbers, and none says more than they do."""

import math
import random

import pytest

from depthlab.questions.compared import correct
from depthlab.questions.degradation.record import Condition
from depthlab.questions.degradation.verdict import FAMILIES, TEST, TRAINING, judge_condition, outcome_of
from depthlab.questions.wording import lost_runs
from depthlab.statistics import compare, detectable_difference, holm
from tests.questions.degradation.runs import answers, ref, run

CLEAR = {
    "plain-20": [0.9, 1.1, 1.0],
    "plain-56": [8.5, 9.5, 9.3],
    "resnet-20": [0.8, 1.0, 0.9],
    "resnet-56": [0.7, 1.1, 0.8],
}


def judged(errors: dict[str, list[float]]) -> Condition:
    return judge_condition("held", *answers(errors))


def outcomes(condition: Condition) -> list[str]:
    return [outcome_of(one) for one in condition.compared if one.family == TRAINING]


def test_degradation_is_told_with_its_interval_and_seeds() -> None:
    found = judged(CLEAR)
    assert outcomes(found) == ["degradation", "open"]
    assert found.headline == "Degradation in plain; not shown in resnet."
    assert found.verdict[0] == (
        "plain-56's training error exceeds plain-20's by 8.1 points (95 % interval 7.0 to 9.2, 3 seeds): degradation."
    )
    assert found.verdict[1].startswith("resnet-56's training error differs from resnet-20's by -0.033 points (95 % ")
    assert (
        "3 seeds, p = 0.67 by Holm): no claim; with this spread 3 seeds show differences from 0.53" in found.verdict[1]
    )
    assert len(found.verdict) == 2


def test_the_numbers_are_those_of_statistics() -> None:
    found = judged(CLEAR)
    family = [one for one in found.compared if one.family == TRAINING]
    expected = [
        compare(dict(enumerate(CLEAR[f"{series}-56"])), dict(enumerate(CLEAR[f"{series}-20"])))
        for series in ("plain", "resnet")
    ]
    assert [one.comparison for one in family] == expected
    assert [one.p_holm for one in family] == list(holm([one.p for one in expected]))
    differences = [a - b for a, b in zip(CLEAR["plain-56"], CLEAR["plain-20"], strict=True)]
    mean = sum(differences) / 3
    std = math.sqrt(sum((x - mean) ** 2 for x in differences) / 2)
    assert family[0].std == pytest.approx(std)
    assert family[0].detectable == pytest.approx(detectable_difference(3, std, level=1 - 0.05 / 2, paired=True))


def test_what_seeds_could_have_shown_stands_the_first_step_of_holm() -> None:
    alone = judged({name: CLEAR[name] for name in ("plain-20", "plain-56")}).compared[0]
    one_of_two = judged(CLEAR).compared[0]
    assert (alone.family, alone.a, alone.std) == (one_of_two.family, one_of_two.a, one_of_two.std)
    assert alone.std is not None and alone.detectable is not None and one_of_two.detectable is not None
    assert alone.detectable == pytest.approx(detectable_difference(3, alone.std, paired=True))
    assert one_of_two.detectable > 1.2 * alone.detectable, "two comparisons ask for more"
    many = correct([alone] * 501)
    assert {one.detectable for one in many} == {None}


def test_families_are_training_test_and_the_deepest_networks() -> None:
    found = judged(CLEAR)
    assert [(one.family, one.a, one.b) for one in found.compared] == [
        (TRAINING, "plain-56", "plain-20"),
        (TRAINING, "resnet-56", "resnet-20"),
        (TEST, "plain-56", "plain-20"),
        (TEST, "resnet-56", "resnet-20"),
        (FAMILIES, "plain-56", "resnet-56"),
    ]


def test_one_seed_is_a_point_and_no_claim() -> None:
    found = judged({name: errors[:1] for name, errors in CLEAR.items()})
    assert outcomes(found) == ["point", "point"]
    assert found.headline == "No claim on plain and resnet."
    assert found.verdict[0] == "plain-56's training error is 7.6 points above plain-20's (1 seed): a point, no claim."
    assert found.verdict[-1] == "One value a side gives a point: it takes more seeds to make a claim."
    equal = judged({"vgg-11": [5.0], "vgg-13": [5.0]}).verdict[0]
    assert equal == "vgg-13's training error equals vgg-11's (1 seed): a point, no claim."
    assert all("degradation" not in sentence for sentence in found.verdict)


def test_a_lower_error_is_no_degradation() -> None:
    found = judged({"resnet-20": [9.0, 9.2, 9.1], "resnet-56": [1.0, 1.1, 1.2]})
    assert outcomes(found) == ["gain"]
    assert "is below resnet-20's by 8.0 points" in found.verdict[0] and found.verdict[0].endswith(": no degradation.")


def test_networks_that_fit_everything_show_none() -> None:
    found = judged({"resnet-20": [0.0, 0.0], "resnet-56": [0.0, 0.0]})
    assert found.verdict == (
        "resnet-56 and resnet-20 both fit every training image (2 seeds): no degradation to be seen.",
    )


def test_many_series_are_told_as_a_list() -> None:
    names = ("plain", "resnet", "vgg")
    found = judged({f"{name}-{depth}": [1.0 * depth] for name in names for depth in (20, 56)})
    assert found.headline == "No claim on plain, resnet and vgg."


def test_seeds_that_agree_by_chance_make_no_claim() -> None:
    found = judged({"plain-20": [1.0, 1.0], "plain-56": [3.0, 3.0]})
    assert outcomes(found) == ["point"]
    assert "2.0 points above plain-20's (2 seeds): no side spreads" in found.verdict[0]


def test_what_diverged_is_counted_and_in_no_mean() -> None:
    found = judged(CLEAR | {"plain-56": [8.5, math.nan, 9.3]})
    assert found.compared[0].mean_a == pytest.approx(8.9)
    assert found.compared[0].comparison is not None and found.compared[0].comparison.method == "welch"
    assert "2 and 3 seeds" in found.verdict[0]
    lost = (
        "Not every run came to its end: plain-56, 1 of 3 runs: diverged. They are in no mean, which flatters networks"
    )
    assert found.verdict[-1] == f"{lost} that diverge."
    assert len(found.members) == 12, "it was asked for"


def test_a_side_without_any_run_is_told() -> None:
    found = judged(CLEAR | {"plain-56": [math.nan] * 3})
    assert found.verdict[0] == "plain-56 can't be compared with plain-20: no run of plain-56 came to its end."
    assert outcomes(found) == ["nothing", "open"]
    assert found.headline == "Not shown in resnet; nothing to compare in plain."
    assert [one.p_holm for one in found.compared if one.family == FAMILIES] == [None]


def test_the_deepest_is_compared_with_the_shallowest_whatever_lies_between() -> None:
    found = judged(CLEAR | {"plain-110": [50.0, 52.0, 51.0], "plain-8": [3.0, 3.1, 3.2]})
    assert [(one.a, one.b) for one in found.compared if one.family == TRAINING] == [
        ("plain-110", "plain-8"),
        ("resnet-56", "resnet-20"),
    ]
    assert not [one for one in found.compared if one.family == FAMILIES], "the deepest are not equally deep"


def test_runs_of_another_condition_are_left_aside() -> None:
    refs, runs = answers(CLEAR)
    others, more = answers({"plain-56": [90.0] * 3}, learning_rate=9)
    assert judge_condition("held", refs, [*runs, *more]) == judge_condition("held", refs, runs)
    assert judge_condition("tuned", others, [*runs, *more]).compared == ()


def test_a_verdict_follows_from_what_was_written_down() -> None:
    found = judged(CLEAR)
    assert Condition.from_json(found.to_json()) == found


def test_corrections_are_never_to_the_advantage_of_a_claim() -> None:
    chance = random.Random(0)
    for _ in range(30):
        errors = {name: [chance.gauss(5, 1) for _ in range(4)] for name in CLEAR}
        for one in judged(errors).compared:
            assert one.comparison is not None and one.comparison.p is not None and one.p_holm is not None
            assert one.p_holm >= one.comparison.p


def test_lost_runs_are_told_by_kind() -> None:
    refs = [ref("plain", 56, 0, state="failed", fault="diverged"), ref("plain", 56, 1, state="cut off")]
    assert lost_runs(refs) == {"plain-56": "1 of 2 runs: diverged, 1 of 2 runs: cut off"}
    assert lost_runs([ref("plain", 20, 0)]) == {}


def test_a_shift_of_all_errors_changes_no_difference() -> None:
    refs, runs = answers(CLEAR)
    shifted = [run(one, found.train_error + 10) for one, found in zip(refs, runs, strict=True)]
    before, after = judge_condition("held", refs, runs), judge_condition("held", refs, shifted)
    for one, other in zip(before.compared, after.compared, strict=True):
        assert one.comparison is not None and other.comparison is not None
        assert other.comparison.difference == pytest.approx(one.comparison.difference)
        assert other.p_holm == pytest.approx(one.p_holm)
