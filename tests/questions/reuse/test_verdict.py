"""From maps to numbers, and from numbers to sentences."""

import math
import re
from dataclasses import replace

import pytest
from scipy import stats

from depthlab.questions.reuse.record import ReuseRun
from depthlab.questions.reuse.summary import DISTANCE, END, FROM_INPUT, SPREAD, reuse_number, summarize_reuse
from depthlab.questions.reuse.verdict import tell_reuse
from depthlab.statistics import holm
from tests.questions.reuse.runs import block_map, fading, flat, maps, reuse_runs


def test_equal_reading_is_spread_over_all_and_has_quotients_of_one() -> None:
    same = maps(flat)
    assert reuse_number(SPREAD, same) == pytest.approx(1)
    assert [reuse_number(name, same) for name in (DISTANCE, FROM_INPUT, END)] == pytest.approx([0, 0, 0])


def test_one_source_alone_is_a_spread_of_one_over_their_number() -> None:
    one = block_map(lambda source, target: float(source == target - 1), units=1)  # targets of 1 and 2 sources
    assert reuse_number(SPREAD, [one]) == pytest.approx(1 / 2)


def test_numbers_by_hand() -> None:
    """The classifier behind two units: input 1, unit 1 reads 2, unit 2 reads 6; mean 3."""
    values = {(0, 1): 1.0, (0, 2): 1.0, (1, 2): 1.0, (0, 3): 1.0, (1, 3): 2.0, (2, 3): 6.0}
    one = block_map(lambda source, target: values[source, target], block=2, units=2, last="classifier")
    assert reuse_number(DISTANCE, [one]) == pytest.approx(math.log2(2 / 6))
    assert reuse_number(END, [one]) == pytest.approx(math.log2(6 / 2))
    assert reuse_number(FROM_INPUT, [one]) == pytest.approx(math.log2((1 + 1 / 3) / (1 + 4 / 3)))
    assert reuse_number(SPREAD, [one]) == pytest.approx((1 + 81 / (3 * 41)) / 2)


def test_a_middle_unit_is_on_neither_side_and_the_end_is_a_third() -> None:
    odd = block_map(lambda source, target: 5.0 if source == 2 else 1.0, units=3)
    assert reuse_number(DISTANCE, [odd]) == pytest.approx(math.log2((3 / 7 + 1 / 2) / (15 / 7 + 1 / 2)))
    late = block_map(lambda source, target: 3.0 if source > 4 else 1.0, units=6, last="classifier")
    assert reuse_number(END, [late]) == pytest.approx(math.log2(3))
    assert reuse_number(END, [odd]) is None, "no classifier reads it"


@pytest.mark.parametrize("name", [SPREAD, DISTANCE, FROM_INPUT, END])
def test_numbers_do_not_hang_on_how_large_the_weights_of_a_target_are(name: str) -> None:
    value = fading(0.7, 0.4)
    louder = maps(lambda source, target: 10.0**target * value(source, target))
    assert reuse_number(name, louder) == pytest.approx(reuse_number(name, maps(value)))


def test_the_first_blocks_input_is_no_transitions_output() -> None:
    assert reuse_number(FROM_INPUT, maps(flat)[:1]) is None


def test_maps_that_read_nothing_have_no_numbers() -> None:
    nothing = maps(lambda source, target: 0.0)
    assert [reuse_number(name, nothing) for name in (SPREAD, DISTANCE, FROM_INPUT, END)] == [None] * 4


def told(runs: list[ReuseRun], lost: dict[str, str] | None = None) -> str:
    return " ".join(tell_reuse(runs, summarize_reuse(runs), lost or {}))


def test_what_three_seeds_agree_on_is_said_with_intervals() -> None:
    text = told(reuse_runs("densenet-40", *(fading(rate, 0.3) for rate in (0.70, 0.72, 0.74))))
    assert "nearby layers are used more" in text
    assert "the input is used less, as in Huang et al. 2017, Fig. 5" in text
    assert "final features are preferred, as in Huang et al. 2017, Fig. 5" in text
    assert "before training 100 %: training narrowed it by" in text
    assert text.count("98.8 % interval") >= 3 and text.count("3 seeds") >= 4


def test_the_opposite_is_said_as_plainly() -> None:
    text = told(reuse_runs("densenet-40", *(fading(rate, 5.0) for rate in (1.4, 1.45, 1.5))))
    assert "distant layers are used more" in text
    assert "the input is used more, other than in Huang et al. 2017, Fig. 5" in text
    assert "early features are preferred, other than in Huang et al. 2017, Fig. 5" in text


def test_seeds_that_disagree_show_nothing() -> None:
    text = told(reuse_runs("densenet-40", fading(0.8), fading(1.25), fading(1.0)))
    assert text.count("no difference shown, p = 1 after Holm's correction") == 3 and "preferred" not in text
    assert "no change by training shown" in text
    assert re.search(r"3 seeds tell it to within a factor of 9[.]\d\d; 1[.]1 takes about \d+ to \d+: type 'seed=", text)


def test_claims_are_corrected_over_all_networks_by_one_measure() -> None:
    """The change of the spread and three quotients: a p below 5 % alone is no claim where it isn't among four."""
    runs = reuse_runs("densenet-40", *(fading(rate, faint) for rate, faint in ((0.9, 1.0), (0.8, 1.1), (0.97, 0.9))))
    found = summarize_reuse(runs)
    tests = {one.name: one.change if one.name == SPREAD else one.quotient for one in found}
    values = [reuse_number(DISTANCE, run.maps) for run in runs]
    expected = stats.ttest_1samp(values, 0).pvalue
    assert tests[DISTANCE] is not None and tests[DISTANCE].p == pytest.approx(expected)
    assert [one.p_holm for one in found] == list(holm(test and test.p for test in tests.values()))
    twice = [*runs, *(replace(run, network="densenet-22") for run in runs)]
    assert [one.p_holm for one in summarize_reuse(twice)][:4] == list(holm(2 * [t and t.p for t in tests.values()]))[:4]
    weak = next(one for one in found if one.name == FROM_INPUT)
    assert weak.quotient is not None and weak.p_holm is not None and weak.quotient.p is not None
    assert weak.quotient.p < 0.05 < weak.p_holm
    assert "the input is used" not in told(runs) and f"p = {weak.p_holm:.2g} after Holm's correction" in told(runs)


def test_a_run_without_its_initial_map_is_in_no_pair_and_the_test_stays() -> None:
    runs = reuse_runs("densenet-40", *(fading(rate, 0.3) for rate in (0.70, 0.72, 0.74, 0.76)))
    lacking = [replace(runs[0], initial=()), *runs[1:]]
    before, after = (summarize_reuse(made)[0].change for made in (runs, lacking))
    assert before is not None and after is not None
    assert before.method == after.method == "paired t" and (before.n, after.n) == ((4, 4), (3, 3))


def test_one_seed_is_a_point() -> None:
    text = told(reuse_runs("densenet-40", fading(0.7, 0.3)))
    assert "One seed has no interval, and so no claim is made: type 'seed=range(3)'" in text and "95 %" not in text
    assert "preferred" not in text and "is used less" not in text


def test_another_story_of_scaled_weights_is_told() -> None:
    runs = reuse_runs("densenet-40", *(fading(rate) for rate in (0.7, 0.72, 0.74)))
    turned = [fading(rate) for rate in (1.4, 1.42, 1.44)]
    both = [
        ReuseRun(**{**vars(run), "maps": (*run.maps, *maps(value, "scaled weight"))})
        for run, value in zip(runs, turned, strict=True)
    ]
    assert "the opposite holds on the farther half" in told(both)
    assert "the opposite holds" not in told(runs)


def test_missing_runs_and_networks_without_maps_are_named() -> None:
    runs = [
        *reuse_runs("densenet-40", fading(0.7)),
        ReuseRun("x", "plain-20", 0, 9.0, (), note="its units add nothing"),
    ]
    text = told(runs, {"densenet-40": "1 of 2 runs: diverged"})
    assert "plain-20 has no map: its units add nothing." in text
    assert "densenet-40, 1 of 2 runs: diverged. They are in no mean, which flatters networks that diverge." in text
    only = [ReuseRun("x", "plain-20", 0, 9.0, (), note="its units add nothing")]
    assert told(only).startswith("There is nothing to tell")
