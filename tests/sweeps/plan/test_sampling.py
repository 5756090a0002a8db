"""Random samples: pure functions of seed and place, even over choices, intervals and their logarithms."""

import itertools
import math
from collections import Counter

import pytest

from depthlab.recipe import SearchInterval
from depthlab.sweeps.plan.sampling import between, random_combinations
from tests.sweeps.planned import space


def draws(number: int, *words: str, seed: int = 0) -> list[tuple[str, ...]]:
    return list(itertools.islice(random_combinations(space(*words), seed), number))


WORDS = ("model=plain,resnet", "learning_rate=tag(log,interval(1e-4,1e-1))", "depth=int(interval(8,11))")


def test_more_samples_extend_the_same_list() -> None:
    assert draws(20, *WORDS)[:5] == draws(5, *WORDS)


def test_another_seed_gives_another_list() -> None:
    assert draws(5, *WORDS) != draws(5, *WORDS, seed=1)
    assert not set(draws(50, *WORDS)) & set(draws(50, *WORDS, seed=1)), "lists of near seeds don't overlap"


def test_samples_have_the_words_that_are_held_and_one_for_each_axis() -> None:
    for words in draws(5, "epochs=2", *WORDS):
        assert "epochs=2" in words
        assert [word.partition("=")[0] for word in words[-3:]] == ["model", "learning_rate", "depth"]


def test_choices_and_whole_numbers_are_equally_likely_with_both_ends() -> None:
    drawn = draws(4000, *WORDS)
    models = Counter(words[-3] for words in drawn)
    depths = Counter(words[-1] for words in drawn)
    assert set(depths) == {f"depth={depth}" for depth in (8, 9, 10, 11)}
    assert all(abs(count - 2000) < 200 for count in models.values())
    assert all(abs(count - 1000) < 150 for count in depths.values())


def test_log_intervals_are_uniform_in_the_logarithm() -> None:
    rates = [float(words[-2].partition("=")[2]) for words in draws(3000, *WORDS)]
    assert all(1e-4 <= rate <= 1e-1 for rate in rates)
    decades = Counter(math.floor(math.log10(rate)) for rate in rates)
    assert all(abs(decades[decade] - 1000) < 120 for decade in (-4, -3, -2))


@pytest.mark.parametrize(
    "interval",
    [
        SearchInterval(0.1, 0.5, log=False, whole=False),
        SearchInterval(1e-5, 1e-3, log=True, whole=False),
        SearchInterval(8, 20, log=False, whole=True),
        SearchInterval(1, 64, log=True, whole=True),
        SearchInterval(-3, 3, log=False, whole=True),
        SearchInterval(0.12345649, 0.65432149, log=False, whole=False),  # six digits would leave the interval
        SearchInterval(0.12345649, 0.65432151, log=True, whole=False),
        SearchInterval(0.1234561, 0.1234562, log=False, whole=False),
    ],
)
def test_both_ends_are_in_an_interval_and_nothing_beyond(interval: SearchInterval) -> None:
    assert float(between(interval, 0.0)) == pytest.approx(interval.low, rel=1e-5)
    assert float(between(interval, 1.0)) == pytest.approx(interval.high, rel=1e-5)
    values = [float(between(interval, share / 97)) for share in range(98)]
    assert values == sorted(values)
    assert all(interval.low <= value <= interval.high for value in values)


def test_whole_values_are_written_as_whole_numbers() -> None:
    assert between(SearchInterval(8, 20, log=False, whole=True), 0.5) == "14"
    assert between(SearchInterval(1, 10**7, log=False, whole=True), 1.0) == "10000000"
