"""What can be typed about networks of equal cost; what can not is a line."""

import pytest

from depthlab.questions.equal_cost.options import fixed_overrides, read_budgets, read_match
from depthlab.recipe import read_space


def test_budgets_are_multiples_and_amounts_in_order_each_once() -> None:
    assert read_budgets("4x,350, 2x,400", 100.0, "2x") == [200.0, 350.0, 400.0]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("lots", "budget=lots is not an amount: type multiples of the base such as 2x,4x, or numbers"),
        ("2y", "budget=2y is not an amount"),
        ("1x", "budget=1x is not above the cost of the base network, 100: type one such as 2x"),
        ("2x,90", "budget=90 is not above"),
        ("nanx", "budget=nanx is not above"),
        (",", "budget= has no value"),
    ],
)
def test_what_is_no_budget_is_a_line(typed: str, said: str) -> None:
    with pytest.raises(ValueError, match="^" + said):
        read_budgets(typed, 100.0, "2x,4x")


def test_seeds_alone_may_vary() -> None:
    assert fixed_overrides(read_space(["depth=8", "seed=0,1"], {}), "deeper networks") == ("depth=8",)
    with pytest.raises(ValueError, match=r"^depth has several values: type one, from which deeper networks are found"):
        fixed_overrides(read_space(["depth=8,14", "seed=0,1"], {}), "deeper networks")


@pytest.mark.parametrize("options", [{}, {"match": "time"}])
def test_what_is_to_be_equal_is_one_of_those_that_a_question_knows(options: dict[str, str]) -> None:
    assert read_match(options, ("parameters", "time")) == options.get("match", "parameters")
    with pytest.raises(ValueError, match=r"^match=flops: networks are matched by parameters, multiply_adds or time$"):
        read_match({"match": "flops"}, ("parameters", "multiply_adds", "time"))
