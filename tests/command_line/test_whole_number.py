"""A number that is typed is read, or refused in a line that tells what to type."""

import pytest

from depthlab.command_line import whole_number


@pytest.mark.parametrize(("word", "least", "number"), [("1", 1, 1), ("007", 1, 7), ("0", 0, 0), ("64", 64, 64)])
def test_whole_numbers_are_read(word: str, least: int, number: int) -> None:
    assert whole_number("draws", word, least=least, example=10) == number


@pytest.mark.parametrize("word", ["0", "-1", "1.0", "1e3", "", " 2", "many", "²", "٣"])
def test_all_else_is_refused_with_what_is_least_and_an_example(word: str) -> None:
    with pytest.raises(ValueError) as refused:
        whole_number("draws", word, example=10)
    assert str(refused.value) == f"draws={word} must be a whole number of 1 or more, such as draws=10"
