"""Growth is the exponent that is there, and what is said follows from the numbers."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from depthlab.questions.anatomy.record import AnatomyRecord, PassTimes
from depthlab.questions.anatomy.verdict import judge, measure_growth, numeric_axes, tell_anatomy
from depthlab.questions.anatomy.wording import bytes_text, seconds_text
from tests.questions.anatomy.cards import card, grid
from tests.questions.anatomy.records import family_record, record_of


@pytest.mark.parametrize("make", [family_record, lambda: record_of("plain-8", "resnet-20")], ids=["family", "two"])
def test_the_verdict_follows_from_the_record_alone(make: Callable[[], AnatomyRecord]) -> None:
    record = make()
    bare = replace(record, growth=(), verdict=())
    assert judge(AnatomyRecord.from_json(bare.to_json())) == record


def test_a_doubling_multiplies_by_two_to_the_exponent() -> None:
    by_axis = {one.axis: one.factors for one in measure_growth(*grid())}
    assert by_axis["depth"] == pytest.approx(
        {"parameters": 2, "multiply_adds": 2, "kept": 2, "peak": 1, "forward": 2**0.5, "training": 2**0.5}
    )
    assert by_axis["width"]["parameters"] == pytest.approx(4)
    assert by_axis["width"]["kept"] == pytest.approx(2)


def test_axes_without_numbers_and_costs_that_are_not_known_are_left_out() -> None:
    values = {"model": "a", "width": [1], "dropout": 0}
    cards = [card(f"a-{n}", {**values, "depth": n}, kept=None) for n in (1, 2)]
    assert numeric_axes(cards) == ["depth"]
    listed = [card(f"a-{n}", {"width": [n], "dropout": n / 10}) for n in (0, 1)]
    assert numeric_axes(listed) == [], "neither lists nor a logarithm of 0"
    assert "kept" not in measure_growth(cards, ())[0].factors
    alone = [card("a", {"model": "a", "depth": 8}), card("b", {"model": "b", "depth": 16})]
    assert measure_growth(alone, ()) == (), "no two networks differ in depth alone"


def test_one_network_is_told_in_full() -> None:
    one = card("resnet-20", {}, parameters=269_722, multiply_adds=40_551_040, kept=1_519_872, field=(81, 81))
    said = " ".join(tell_anatomy([one], [PassTimes("resnet-20", (0.01, 0.02, 0.04), (1.0, 2.0, 4.0))], (), 16))
    assert "269,722 parameters and takes 40,551,040 multiply-adds" in said and "1.52 MB of features" in said
    assert "sees 81×81 pixels along the longest path, all of the image wherever the feature is" in said
    assert "A batch of 16 takes 20 ms (10 ms to 40 ms) forward, and 2 s (1 s to 4 s) forward and backward" in said
    assert "more than the image" in " ".join(tell_anatomy([card("a", {}, field=(40, 40))], (), (), 16))
    assert "not all of the image" in " ".join(tell_anatomy([card("a", {}, field=(9, 9))], (), (), 16))
    once = " ".join(tell_anatomy([one], [PassTimes("resnet-20", (0.01,), (0.03,))], (), 2))
    assert "10 ms forward, and 30 ms forward and backward in training: one round." in once


def test_two_networks_are_told_by_ratios_of_the_same_rounds() -> None:
    cards = [card("a", {}), card("b", {}, parameters=100, multiply_adds=3000)]
    times = [PassTimes("a", (1.0, 2.0, 1.0), (2.0, 4.0, 2.0)), PassTimes("b", (2.0, 4.0, 3.0), (4.0, 8.0, 8.0))]
    said = tell_anatomy(cards, times, (), 16)
    assert said[0].startswith("b has, against a: the same parameters, 3 times the multiply-adds")
    assert "2 times the forward time (2 to 3)" in said[1] and "2 times the time of a training pass (2 to 4)" in said[1]


def test_a_family_is_told_by_its_growth() -> None:
    cards, times = grid()
    said = tell_anatomy(cards, times, measure_growth(cards, times), 16)
    assert said[0].startswith("A doubling of depth multiplies parameters by 2, multiply-adds by 2,")
    words = [card(name, {"model": name}) for name in "abc"]
    assert tell_anatomy(words, (), (), 16) == ("3 networks beside each other; no axis that varies is a number.",)


def test_units() -> None:
    assert [bytes_text(number) for number in (12, 1519872, 3e9)] == ["12 bytes", "1.52 MB", "3 GB"]
    assert [seconds_text(number) for number in (0.00123, 0.9999, 12.3)] == ["1.23 ms", "1 s", "12.3 s"]
