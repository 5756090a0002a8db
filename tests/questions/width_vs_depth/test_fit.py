"""The verdict on depth, width and cardinality: every sentence follows from numbers, and none says more than they do."""

import math
from dataclasses import replace

import pytest

from depthlab.questions.width_vs_depth.fit import compare_matched, find_front, fit_measured, fit_published
from depthlab.questions.width_vs_depth.published import published_networks
from depthlab.statistics import welch
from tests.questions.width_vs_depth.networks import IMAGES, NETWORKS, SEVERAL, matched
from tests.questions.width_vs_depth.records import record_of


def verdict(errors: dict[str, list[float]], match: str = "parameters") -> tuple[str, ...]:
    return record_of(errors, match=match).about.verdict


def test_what_buys_more_is_told_with_intervals() -> None:
    told = verdict(SEVERAL)
    assert told[0].startswith("At equal parameters, by test error: ")
    assert "width buys more than depth" in told[0] and "width buys more than cardinality" in told[0], told[0]
    assert [sentence.split(" takes ")[0] for sentence in told[1:4]] == [
        "A doubling of depth",
        "A doubling of width",
        "A doubling of cardinality",
    ]
    assert "times the parameters; it lowers the test error by" in told[2] and "(99.2 % interval " in told[2]
    assert any("With the parameters doubled along width the test error ends" in sentence for sentence in told)


def test_the_sentences_have_the_numbers_of_the_fit() -> None:
    _, runs = matched(SEVERAL)
    test, training = fit_measured(NETWORKS, runs, IMAGES)
    width = next(one for one in test.exchanges if one.axis == "width")
    assert (
        f"{width.cost_factor:.2f} times the parameters; it lowers the test error by {-width.points:.1f} points"
        in (verdict(SEVERAL)[2])
    )
    for one, other in zip(test.exchanges, training.exchanges, strict=True):
        assert other.points == pytest.approx(one.points / 4) and other.cost_factor == one.cost_factor


def test_what_a_doubling_is_worth_is_told() -> None:
    _, runs = matched(SEVERAL)
    (one,) = (o for o in fit_measured(NETWORKS, runs, IMAGES)[0].ratios if (o.a, o.b) == ("width", "depth"))
    assert one.doublings.value is not None and one.doublings.interval is not None
    assert one.per_cost is not None and one.per_cost.value is not None and one.per_cost.interval is not None
    told = (
        f"By the test error a doubling of width is worth {one.doublings.value:.1f} doublings of depth (95 % interval "
        f"{one.doublings.interval.low:.1f} to {one.doublings.interval.high:.1f}); a doubling of the parameters along "
        f"width is worth {one.per_cost.value:.1f} along depth (95 % interval {one.per_cost.interval.low:.1f} to "
        f"{one.per_cost.interval.high:.1f})."
    )
    assert told in verdict(SEVERAL)


def test_an_exchange_is_told_in_the_axis_that_is_clear_of_zero() -> None:
    flat = {name: errors if "width" in name else [8.0, 8.3, 8.1] for name, errors in SEVERAL.items()}
    told = [sentence for sentence in verdict(flat) if " worth " in sentence or "exchange" in sentence]
    assert told[0].startswith("By the test error a doubling of depth is worth ") and "doublings of width" in told[0]
    assert told[2] == (
        "No exchange rate can be given between cardinality and depth: neither of them is shown to change the test "
        "error."
    )
    noise = {name: [5.0, 6.0 + 0.01 * n, 5.5] for n, name in enumerate(SEVERAL)}
    assert (
        "No exchange rate can be given between width and depth, cardinality and depth, cardinality and width: none "
        "of them is shown to change the test error."
    ) in verdict(noise)
    raised = {name: [16 - error for error in errors] for name, errors in flat.items()}
    assert any(
        "A doubling of width raises the test error, and one of depth changes it by" in o for o in verdict(raised)
    )


def test_the_unit_is_that_of_the_match() -> None:
    timed = verdict(SEVERAL, "time")
    assert timed[0].startswith("At equal time of a step, ")
    assert any("with it doubled along" in sentence for sentence in timed)
    assert not any("with them doubled along" in sentence for sentence in timed)
    assert "times the multiply-adds" in verdict(SEVERAL, "multiply_adds")[1]


def test_one_seed_makes_no_claim() -> None:
    told = verdict({name: errors[:1] for name, errors in SEVERAL.items()})
    assert told[0].startswith("No claim about depth, width and cardinality")
    assert all("buys more" not in sentence and "interval " not in sentence for sentence in told)
    assert any("one seed a network" in sentence for sentence in told)


def test_noise_alone_shows_no_difference() -> None:
    told = verdict({name: [5.0, 6.0 + 0.01 * n, 5.5] for n, name in enumerate(SEVERAL)})
    assert told[0].startswith("At equal parameters, by test error: no difference shown between width and depth")
    assert any("no change shown" in sentence for sentence in told)


def test_too_few_networks_and_lost_runs_are_told() -> None:
    told = verdict({"resnet-14": [8.0, 8.1]})
    assert told == ("No axis varies among the networks with a result: there is nothing to fit.",)
    told = verdict(SEVERAL | {"resnet-26": [math.nan, 7.9, 8.0]})
    assert told[-1] == (
        "Not every run came to its end: resnet-26, 1 of 3 runs: diverged. They are in no mean and no fit, "
        "which flatters networks that diverge."
    )


def test_networks_of_one_budget_are_compared() -> None:
    refs, runs = matched(SEVERAL)
    found = [one for one in compare_matched(NETWORKS, refs, runs, IMAGES) if one.family == "test error"]
    assert [(one.a, one.b) for one in found] == [
        ("resnet-14 width 1.5", "resnet-26"),
        ("resnext-11 27x4d", "resnet-26"),
        ("resnext-11 27x4d", "resnet-14 width 1.5"),
        ("resnet-14 width 2", "resnet-44"),
        ("resnext-11 58x4d", "resnet-44"),
        ("resnext-11 58x4d", "resnet-14 width 2"),
    ]
    assert found[0].comparison == welch(SEVERAL["resnet-14 width 1.5"], SEVERAL["resnet-26"], 1 - 0.05 / 6, images=360)


def test_costs_that_differ_are_told_with_the_comparison() -> None:
    (told,) = (line for line in verdict(SEVERAL) if "doubled along depth" in line and "doubled along width" in line)
    assert told.endswith(
        "width buys more. But not all costs are equal: resnet-14 width 2 takes 18 % fewer multiply-adds than resnet-44."
    )
    (told,) = (line for line in verdict(SEVERAL) if "along width" in line and "along cardinality (9" in line)
    assert "costs" not in told, "these two differ by less than 5 % in everything"
    timed = tuple(replace(one, step_seconds=9e-3 if one.axis == "width" else 5e-3) for one in NETWORKS)
    told = next(line for line in record_of(SEVERAL, networks=timed).about.verdict if "costs are equal" in line)
    assert "takes 80 % more time of a step than resnet-26" in told


def test_what_is_not_shown_comes_with_what_it_takes() -> None:
    noise = record_of({name: [5.0, 6.0 + 0.01 * n, 5.5] for n, name in enumerate(SEVERAL)})
    widest = max(one.interval.high - one.difference for one in noise.fits[0].contrasts if one.interval)
    (told,) = (line for line in noise.about.verdict if "tell the difference" in line)
    assert f"8 networks tell the difference to within {widest:.2g} points; 0.5 points take about " in told
    assert told.endswith("Seeds are most of the spread: type 'seed=range(6)'.")
    apart = [5.0, 9.0, 7.0, 5.0, 9.0, 8.0, 6.0, 5.0]
    record = record_of({name: [one, one + 0.1] for name, one in zip(SEVERAL, apart, strict=True)})
    (told,) = (line for line in record.about.verdict if "tell the difference" in line)
    assert told.endswith("Type budget=2x,4x,6x,8x.")
    assert not any("tell the difference" in line for line in verdict(SEVERAL)), "all of it is shown"


def test_the_front_is_told_for_both_errors() -> None:
    _, runs = matched(SEVERAL)
    found = [one for one in find_front(NETWORKS, runs) if one.measure == "test error"]
    assert [one.network for one in found if one.on_front] == [
        *("resnext-11 11x4d", "resnext-11 27x4d", "resnet-14 width 1.5", "resnet-14 width 2")
    ]
    assert all(one.share > 0.5 for one in found if one.on_front) and len(find_front(NETWORKS, runs)) == 16


def test_the_published_table_has_a_rate_and_no_interval() -> None:
    published = published_networks()
    assert {one.family for one in published} == {"resnet", "wide_resnet", "resnext"}
    assert {one.figure.error for one in published if one.figure.network == "resnext-29 16x64d"} == {3.58}
    fit = fit_published(published)
    assert fit is not None and fit.networks == 10
    depth, width = fit.exchanges
    assert width.points < depth.points < 0 and width.interval is depth.interval is None
    assert depth.cost_factor == pytest.approx(2.2, abs=0.3) and width.cost_factor == pytest.approx(4, abs=0.1)
    assert fit_published(published, "nowhere") is None
