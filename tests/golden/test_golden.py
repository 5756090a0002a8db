"""What training computes, held still: a study of an earlier version is found, and is what it would be today."""

import json

import pytest

from depthlab.recipe import ARITHMETIC
from tests.golden.golden import FILE, golden_run, golden_words, identity

GOLDEN = json.loads(FILE.read_text())
RAISE = "raise ARITHMETIC in recipe/arithmetic.py, then `python -m tests.golden.golden`"
LIST = "a new key computes as before at some value: list it in LATER_KEYS; else raise ARITHMETIC"


def test_the_number_is_that_of_the_golden_runs() -> None:
    assert GOLDEN["arithmetic"] == ARITHMETIC, "after raising the number: `python -m tests.golden.golden`"
    assert list(GOLDEN["runs"]) == list(golden_words())


@pytest.mark.parametrize("name", golden_words())
def test_a_run_keeps_its_identity(name: str) -> None:
    assert identity(golden_words()[name]) == GOLDEN["runs"][name][0], LIST


@pytest.mark.slow
@pytest.mark.parametrize("name", golden_words())
def test_the_arithmetic_is_that_of_its_number(name: str) -> None:
    assert golden_run(golden_words()[name]) == pytest.approx(GOLDEN["runs"][name][1:], rel=1e-6), RAISE
