"""The verdict on degradation: every sentence follows from numbers, and none says more than they do."""

import math
import random

import pytest

from depthlab.questions.degradation.record import Condition
from depthlab.questions.degradation.trends import JONCKHEERE, WELCH, Rule
from depthlab.questions.degradation.verdict import FAMILIES, TEST, judge_condition, outcome_of
from depthlab.questions.wording import lost_runs
from depthlab.statistics import jonckheere, welch
from tests.questions.degradation.runs import answers, ref, run

DEPTHS = (20, 32, 44, 56)
DEFAULT = {
    **{"plain-20": [0.1, 0.3, 0.2], "plain-32": [1, 2, 6], "plain-44": [20, 35, 10], "plain-56": [60, 30, 55]},
    **{"resnet-20": [0, 0, 0.08], "resnet-32": [0, 0, 0], "resnet-44": [0, 0, 0.08], "resnet-56": [0.08, 0, 0]},
}
CLEAR = {
    "plain-20": [0.9, 1.1, 1.0],
    "plain-56": [8.5, 9.5, 9.3],
    "resnet-20": [0.8, 1.0, 0.9],
    "resnet-56": [0.7, 1.1, 0.8],
}


RULE = Rule({"training": 1294, "test": 359}, 90.0)


def judged(errors: dict[str, list[float]], rule: Rule = RULE) -> Condition:
    return judge_condition("held", *answers(errors), rule)


def outcomes(condition: Condition) -> list[str]:
    return [outcome_of(one, condition.ladder) for one in condition.trends]


def test_degradation_is_told_with_its_test_effect_and_probability() -> None:
    found = judged(DEFAULT)
    assert outcomes(found) == ["degradation", "equal"]
    assert found.headline == "Degradation in plain; none beyond 0.5 points in resnet."
    assert found.verdict == (
        "plain's training error rises with depth: a deeper run errs more than a shallower one with a probability of "
        "0.98 (trend test of 12 runs at 4 depths, p < 0.0001); plain-56 is 48.1 points above plain-20 (95 % interval "
        "8.2 to 88.1, 3 seeds).",
        "Shortcuts make the difference: a doubling of depth adds 30.8 points more to plain's training error than to "
        "resnet's (95 % interval 12.1 to 49.5).",
        "resnet's training error does not change by 0.5 points or more: resnet-56 less resnet-20 is 0.0 points (90 % "
        "interval -0.12 to 0.12).",
    )


def test_the_numbers_are_those_of_statistics() -> None:
    plain = judged(DEFAULT).trends[0]
    groups = [DEFAULT[f"plain-{depth}"] for depth in DEPTHS]
    assert plain.trend == jonckheere(groups)
    assert plain.effect == welch(groups[-1], groups[0], images=1294)
    assert plain.p == plain.trend.p and plain.test == JONCKHEERE


def test_slopes_are_points_for_a_doubling_of_depth() -> None:
    errors = {f"plain-{depth}": [3 * k, 3 * k + 1.0, 3 * k + 2.0] for k, depth in enumerate((8, 16, 32))}
    found = judged(errors | {name.replace("plain", "resnet"): [1.0, 1.1, 1.2] for name in errors})
    assert found.ladder is not None and found.ladder.slopes is not None
    assert found.ladder.slopes.difference == pytest.approx(3.0)


def test_the_ladder_stops_where_a_step_fails() -> None:
    flat = {f"plain-{depth}": [2.0, 1.0, 3.0] for depth in DEPTHS}
    ladder = judged(DEFAULT | flat).ladder
    assert ladder is not None
    assert [rung.reached for rung in ladder.rungs] == [True, False, False]
    assert [rung.holds for rung in ladder.rungs] == [False, True, True] or not ladder.rungs[1].holds
    assert not any(ladder.holds(number) for number in range(3))
    told = judged(DEFAULT | flat).verdict
    assert told[1].startswith("As no degradation is shown in plain, whether shortcuts prevent it is not tested")


def test_without_a_plain_series_there_is_no_ladder() -> None:
    found = judged({name: errors for name, errors in DEFAULT.items() if "resnet" in name})
    assert found.ladder is None and outcomes(found) == ["equal"]


def test_a_residual_series_that_degrades_is_told_beside_the_ladder() -> None:
    found = judged(DEFAULT | {f"resnet-{depth}": [k, k + 0.2, k + 0.4] for k, depth in enumerate(DEPTHS)})
    assert found.headline == "Degradation in plain and resnet."
    assert found.trends[1].p_corrected == pytest.approx(2 * found.trends[1].p)


def test_two_depths_and_three_seeds_are_tested_by_logits() -> None:
    ends = {name: DEFAULT[name] for name in DEFAULT if name[-2:] in ("20", "56")}
    found = judged(ends)
    assert [one.test for one in found.trends] == [WELCH, WELCH]
    assert outcomes(found) == ["degradation", "equal"]
    k = [[error / 100 * 1294 for error in ends[f"plain-{depth}"]] for depth in (56, 20)]
    logits = [[math.log((x + 0.5) / (1294 - x + 0.5)) for x in side] for side in k]
    assert found.trends[0].p == pytest.approx(welch(*logits).p, rel=0.02), "the floor hardly counts here"


def test_one_seed_at_two_depths_is_no_claim_and_says_what_to_type() -> None:
    found = judged({name: DEFAULT[name][:1] for name in DEFAULT if name[-2:] in ("20", "56")})
    assert outcomes(found) == ["untested", "untested"]
    assert found.headline == "No claim about plain and resnet."
    assert found.verdict[0] == (
        "plain's training error: plain-56 is 59.9 points above plain-20 (1 seed). 2 runs at 2 depths are too few for a "
        "test. With 1 seed there is no interval: type 'seed=range(3)'."
    )
    assert not any("rises" in sentence for sentence in found.verdict)


def test_enough_depths_decide_with_one_seed_each() -> None:
    found = judged({f"plain-{depth}": [float(depth)] for depth in (8, 14, 20, 26, 32)})
    assert outcomes(found) == ["degradation"]
    assert found.trends[0].p == pytest.approx(2 / 120)


def test_a_falling_error_is_no_degradation() -> None:
    found = judged({"resnet-20": [9.0, 9.2, 9.1, 9.3], "resnet-56": [1.0, 1.1, 1.2, 1.3]})
    assert outcomes(found) == ["gain"]
    assert found.headline == "Lower training error with depth in resnet."
    assert "errs less than a shallower one with a probability of 1.00" in found.verdict[0]


def test_networks_that_fit_everything_are_equal_within_what_images_can_tell() -> None:
    found = judged({"resnet-20": [0.0] * 3, "resnet-56": [0.0] * 3})
    assert outcomes(found) == ["equal"]
    few = judged({"resnet-20": [0.0] * 3, "resnet-56": [0.0] * 3}, Rule({"training": 100}))
    assert outcomes(few) == ["open"], "on a hundred images half a point can't be told"


def test_what_is_open_says_how_many_seeds_it_takes() -> None:
    found = judged({"resnet-20": [9.0, 9.2, 9.1, 9.0], "resnet-56": [9.3, 8.1, 9.2, 9.0]})
    assert outcomes(found) == ["open"]
    assert "4 seeds tell it to within 0.86 points; 0.5 points take about 8 to 20: type 'seed=range(20)'." in str(found)
    assert "which includes 0" in found.verdict[0]


def test_a_margin_that_is_typed_decides_what_is_equal() -> None:
    errors = {"resnet-20": [1.0, 1.1, 1.2, 1.1], "resnet-56": [1.6, 1.7, 1.7, 1.5]}
    assert outcomes(judged(errors, Rule({"training": 1294}))) == ["degradation"]
    assert outcomes(judged(errors, Rule({"training": 1294}, margin=1.0))) == ["equal"]


def test_what_diverged_ranks_worst_and_counts_as_chance() -> None:
    found = judged(DEFAULT | {"plain-56": [60.0, math.nan, math.nan]})
    plain = found.trends[0]
    assert plain.diverged == 2 and plain.runs == 12
    assert plain.effect is not None and plain.effect.difference == pytest.approx((60 + 90 + 90) / 3 - 0.2)
    assert "2 runs diverged: each ranks worst, and counts as guessing, 90 %, in means." in found.verdict[0]
    assert outcomes(found)[0] == "degradation"


def test_a_lost_run_never_makes_a_claim_surer() -> None:
    for name, errors in DEFAULT.items():
        for place in range(3):
            fewer = DEFAULT | {name: [error for k, error in enumerate(errors) if k != place]}
            plain, whole = judged(fewer).trends[0], judged(DEFAULT).trends[0]
            assert plain.p is not None and whole.p is not None
            assert plain.p >= whole.p * 0.5


def test_a_network_without_any_run_is_told() -> None:
    refs = [ref("plain", depth, seed, **({"state": "failed", "fault": "timeout"} if depth == 56 else {}))
            for depth in (20, 56) for seed in range(3)]  # fmt: skip
    found = judge_condition("held", refs, [run(one, 1.0) for one in refs if one.fault is None], RULE)
    assert found.verdict[0] == "plain's training error can't be compared over depths: 1 network of it has a run."
    assert "plain-56, 3 of 3 runs: timeout" in found.verdict[-1]


def test_families_beside_are_test_errors_and_the_deepest_networks() -> None:
    assert [(one.family, one.a, one.b) for one in judged(CLEAR).compared] == [
        (TEST, "plain-56", "plain-20"),
        (TEST, "resnet-56", "resnet-20"),
        (FAMILIES, "plain-56", "resnet-56"),
    ]


def test_many_series_are_told_as_a_list() -> None:
    names = ("plain", "resnet", "vgg")
    found = judged({f"{name}-{depth}": [1.0 * depth] for name in names for depth in (20, 56)})
    assert found.headline == "No claim about plain, resnet and vgg."


def test_runs_of_another_condition_are_left_aside() -> None:
    refs, runs = answers(CLEAR)
    others, more = answers({"plain-56": [90.0] * 3}, learning_rate=9)
    assert judge_condition("held", refs, [*runs, *more], RULE) == judge_condition("held", refs, runs, RULE)
    assert judge_condition("tuned", others, [*runs, *more], RULE).compared == ()


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
    before, after = judge_condition("held", refs, runs, RULE), judge_condition("held", refs, shifted, RULE)
    for one, other in zip(before.compared, after.compared, strict=True):
        assert one.comparison is not None and other.comparison is not None
        assert other.comparison.difference == pytest.approx(one.comparison.difference)
        assert other.p_holm == pytest.approx(one.p_holm)
