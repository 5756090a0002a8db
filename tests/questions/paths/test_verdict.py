"""What is said of paths: claims need intervals over seeds, and one seed makes none."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from scipy import stats

from depthlab.questions.paths.comparisons import FAMILIES, average_length, compare_lengths, compare_nearby
from depthlab.questions.paths.effective_training import compare_training, pair_runs
from depthlab.questions.paths.record import EffectiveTraining, PathRun, PathsRecord
from depthlab.questions.paths.verdict import how_many, judge, percent
from depthlab.statistics import holm
from tests.questions.paths.records import foreign, one_seed, plain, record_of, residual, several, with_foreign

SEEDS = range(3)


def tell(*runs: PathRun, **others) -> str:
    record = replace(record_of(list(runs), trains=False), **{"note": "", **others})
    return "\n".join(judge(record).about.verdict)


@pytest.mark.parametrize("make", [several, one_seed, with_foreign])
def test_a_verdict_is_computed_from_the_record_alone(make: Callable[[], PathsRecord]) -> None:
    record = make()
    unjudged = replace(record, nearby=(), about=replace(record.about, verdict=()))
    assert judge(PathsRecord.from_json(unjudged.to_json())) == record
    assert judge(PathsRecord.from_json(record.to_json())) == record


def test_short_paths_are_claimed_over_seeds() -> None:
    text = tell(*(residual(56, seed) for seed in SEEDS))
    assert text.startswith("The gradient comes along paths shorter than the average in resnet-56.")
    assert "resnet-56 has 2^27 paths, of 13.5 branches on average; 96.4 % of them go through 8 to 18." in text
    assert "have 4.16 branches on average (95 % interval 3.99 to 4.33, 3 seeds); 1 to 8 branches, 2.61 % of" in text
    assert "these norms add up to" in text and "a further branch multiplies the norm along a path by 0.306 (95" in text


def test_the_test_of_one_mean_is_that_of_scipy() -> None:
    runs = [residual(56, seed) for seed in SEEDS]
    means = [run.by_length.mean_length for run in runs if run.by_length is not None]
    (found,) = compare_lengths(runs)
    expected = stats.ttest_1samp(means, 13.5)
    assert found.comparison is not None and found.comparison.p == pytest.approx(expected.pvalue)
    low, high = expected.confidence_interval()
    interval = found.comparison.interval
    assert interval is not None and (interval.low + 13.5, interval.high + 13.5) == pytest.approx((low, high))
    assert found.comparison.n == (3,) and found.p_holm == found.comparison.p
    both = compare_lengths([*runs, *(residual(20, seed) for seed in SEEDS)])
    p = [one.comparison.p for one in both if one.comparison is not None]
    assert [one.p_holm for one in both] == pytest.approx(list(holm(p)))


def test_long_paths_are_claimed_too() -> None:
    text = tell(*(residual(20, seed, factor=3.0) for seed in SEEDS))
    assert text.startswith("The gradient comes along paths longer than the average in resnet-20.")


def test_no_difference_no_claim() -> None:
    text = tell(*(residual(20, seed, factor=(1.3, 2.2, 1.7)[seed] / (1 + 0.02 * seed)) for seed in SEEDS))
    assert text.startswith("Neither shorter nor longer paths than the average shown in resnet-20.")
    assert "3 seeds tell it to within " in text and "branches; 0.5 branches take about " in text


def test_one_seed_has_no_test() -> None:
    text = tell(residual(20, 0), plain(20, 0))
    assert text.startswith("No test, one seed, of resnet-20; one path alone in plain-20.")
    assert "on average (1 seed); " in text and "With 1 seed there is no interval: type 'seed=range(3)'." in text
    assert "interval 9" not in text and "shorter" not in text


def test_a_record_from_before_parts_were_exact_is_read() -> None:
    text = tell(*(replace(residual(20, seed), by_length=None) for seed in SEEDS))
    assert text.startswith("The gradient was not computed by exact path length in resnet-20.")
    assert "of the number of paths times the norm along one" in text


def test_what_can_t_be_told_is_told() -> None:
    text = tell(*(foreign(seed) for seed in SEEDS), note="Nothing was trained.")
    assert text.startswith("No network here has several paths that could be compared.")
    assert "Net: a Net has no units of named paths" in text and "Nothing was trained." in text


def test_gradients_at_neighbors_are_compared_by_depth_and_by_series() -> None:
    runs = [kind(depth, seed) for kind in (plain, residual) for depth in (20, 56) for seed in SEEDS]
    found = compare_nearby(runs)
    pairs = [("plain-56", "plain-20"), ("resnet-56", "resnet-20"), ("resnet-56", "plain-56")]
    assert [(one.a, one.b) for one in found] == 2 * pairs
    assert [one.family for one in found] == [FAMILIES["initial"]] * 3 + [FAMILIES["final"]] * 3
    deeper = found[0]
    assert deeper.comparison is not None and deeper.comparison.difference == pytest.approx(-0.36)
    text = tell(*runs)
    assert "At the initial weights gradients at neighboring inputs have a correlation of 0.65 in resnet-56 and" in text
    assert "more alike in resnet-56" in text


def test_a_correlation_of_nothing_has_no_sign() -> None:
    def blank(run: PathRun) -> PathRun:
        assert run.initial is not None
        return replace(run, initial=replace(run.initial, correlation=(1.0, -1e-9, *run.initial.correlation[2:])))

    text = tell(*(blank(kind(56, seed)) for kind in (plain, residual) for seed in SEEDS))
    assert "have a correlation of 0.00 in resnet-56 and 0.00 in plain-56" in text and "-0.00" not in text


def trained(whole: Sequence[PathRun], extra: Sequence[float], **changes: Any) -> EffectiveTraining:
    """Train so many of the runs on some units, whose test errors are larger by `extra`."""
    alone = [
        replace(run, network="resnet-20 active_units=4", active_units=4, test_error=run.test_error + more, **changes)
        for run, more in zip(whole, extra, strict=False)
    ]
    return compare_training(pair_runs(whole, alone, {"resnet-20": 4}), images=359)[0]


def told(one: EffectiveTraining) -> str:
    return tell(*(residual(20, seed) for seed in SEEDS), training=(one,), trained={"test": 359})


def test_training_from_the_same_weights_is_compared_seed_by_seed() -> None:
    whole = [residual(20, seed) for seed in SEEDS]
    worse, same = trained(whole, [3.0, 3.1, 3.2]), trained(whole, [0.3, -0.4, 0.2])
    assert worse.compared.comparison is not None and worse.twins
    assert worse.compared.comparison.method == "paired t" and worse.active_units == 4 and worse.units == 9
    assert "in each batch has a test error of 5.70 %, trained whole 2.60 %: 3.10 points worse (95" in told(worse)
    assert "no difference shown. 3 seeds tell it to within" in told(same) and "type 'seed=range(" in told(same)
    lost = trained(whole, [3.0, 3.1]).compared.comparison
    assert lost is not None and (lost.method, lost.n) == ("paired t", (2, 2)), "a lost run does not change the test"
    (interval,) = [one.compared.comparison.interval for one in (worse,) if one.compared.comparison is not None]
    assert interval is not None and interval.high - interval.low > 1, "shares of 359 images are not so sure"
    single = told(trained(whole, [1.0]))
    assert "a side has one value" in single and "type 'seed=range(3)'" in single


@pytest.mark.parametrize("digest", ["", "others"])
def test_training_from_other_weights_is_no_pair(digest: str) -> None:
    found = trained([residual(20, seed) for seed in SEEDS], [1.0, 1.1, 1.2], initial_weights=digest)
    assert not found.twins and found.compared.comparison is not None and found.compared.comparison.method == "welch"


def test_nothing_is_paired_that_is_not_there() -> None:
    whole = [residual(20, seed) for seed in SEEDS]
    assert pair_runs(whole, [], {"resnet-20": 4}) == ()
    unknown = [replace(run, effective=None) for run in whole]
    alone = [replace(run, network="resnet-20 active_units=4") for run in whole]
    assert pair_runs(unknown, alone, {"resnet-20": 4}) == ()


def test_numbers_of_paths_in_words() -> None:
    assert [how_many(n) for n in (1, 512, 2**19, 2**54)] == ["1", "512", "524,288", "2^54"]
    assert how_many(3 * 10**400) == "3.00 · 10^400"
    assert percent(0.004537) == "0.454 %" and percent(0.99999) == "100 %" and percent(1.02) == "102 %"
    assert average_length((0, 1, 0, 3)) == 2.5
