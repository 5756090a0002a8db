"""The analysis of variance against textbooks, other programs, plain formulas, and what must hold of any."""

from collections.abc import Callable
from itertools import combinations, product

import numpy as np
import pytest
from scipy import stats

from depthlab.records import FactorialAxis
from depthlab.statistics.anova import NO_SPREAD, ONE_RUN, Factorial, analyze, change, factorial

# Life of batteries in hours by plate material and temperature (°F): Montgomery, Design and Analysis of Experiments,
# 8th edition, Table 5.1; its analysis of variance is Table 5.5
BATTERIES = {
    (1, 15): [130, 155, 74, 180],
    (1, 70): [34, 40, 80, 75],
    (1, 125): [20, 70, 82, 58],
    (2, 15): [150, 188, 159, 126],
    (2, 70): [136, 122, 106, 115],
    (2, 125): [25, 70, 58, 45],
    (3, 15): [138, 110, 168, 160],
    (3, 70): [174, 120, 150, 139],
    (3, 125): [96, 104, 82, 60],
}
# growth of teeth by supplement and dose: Crampton 1947, as R has it in `ToothGrowth`; summary(aov(len ~ supp * dose))
TEETH = {
    ("VC", 0.5): [4.2, 11.5, 7.3, 5.8, 6.4, 10, 11.2, 11.2, 5.2, 7],
    ("VC", 1.0): [16.5, 16.5, 15.2, 17.3, 22.5, 17.3, 13.6, 14.5, 18.8, 15.5],
    ("VC", 2.0): [23.6, 18.5, 33.9, 25.5, 26.4, 32.5, 26.7, 21.5, 23.3, 29.5],
    ("OJ", 0.5): [15.2, 21.5, 17.6, 9.7, 14.5, 10, 8.2, 9.4, 16.5, 9.7],
    ("OJ", 1.0): [19.7, 23.3, 23.6, 26.4, 20, 25.2, 25.8, 21.2, 14.5, 27.3],
    ("OJ", 2.0): [25.5, 26.4, 22.4, 24.5, 24.8, 30.9, 26.4, 27.3, 29.4, 23],
}


def of(cells: dict, *names: str) -> Factorial:
    axes = [
        FactorialAxis(name, tuple(dict.fromkeys(cell[place] for cell in cells))) for place, name in enumerate(names)
    ]
    rows = [(dict(zip(names, cell, strict=True)), value) for cell, values in cells.items() for value in values]
    return factorial(axes, [levels for levels, _ in rows], [value for _, value in rows])


def made(seed: int, runs: Callable[[np.random.Generator], int], effect: float = 0.0) -> Factorial:
    """Return a 2 × 2 × 3 factorial of noise, in which a changes by `effect` at the last level of c alone."""
    random = np.random.default_rng(seed)
    cells = {
        cell: list(random.normal(size=runs(random)) + (effect if (cell[0], cell[2]) == (1, 40) else 0))
        for cell in product((0, 1), (0.0, 0.3), (8, 20, 40))
    }
    return of(cells, "a", "b", "c")


def test_the_textbooks_batteries() -> None:
    found = analyze(of(BATTERIES, "material", "temperature"), "life", "hours")
    assert found.balanced and found.note == "" and (found.runs, found.cells) == (36, 9)
    told = [
        (row.axes, row.df, round(row.squares, 2), round(row.f or 0, 2), round(row.p or 0, 4)) for row in found.terms
    ]
    assert told == [
        (("material",), 2, 10683.72, 7.91, 0.0020),
        (("temperature",), 2, 39118.72, 28.97, 0.0000),
        (("material", "temperature"), 4, 9613.78, 3.56, 0.0186),
    ]
    assert (found.residual_df, round(found.residual_squares, 2)) == (27, 18230.75)
    assert round(found.total_squares, 2) == 77646.97
    assert [row.p_holm for row in found.terms] == [2 * found.terms[0].p, 3 * found.terms[1].p, found.terms[2].p]
    assert found.terms[0].eta == pytest.approx(10683.72 / (10683.72 + 18230.75), abs=1e-6)


def test_the_textbooks_teeth() -> None:
    found = analyze(of(TEETH, "supplement", "dose"), "length")
    told = [(row.df, round(row.squares, 2), round(row.f or 0, 3)) for row in found.terms]
    assert told == [(1, 205.35, 15.572), (2, 2426.43, 92.0), (2, 108.32, 4.107)]
    assert (found.residual_df, round(found.residual_squares, 2)) == (54, 712.11)
    assert found.terms[2].p == pytest.approx(0.0218603, abs=1e-6)


def test_an_unbalanced_table_is_that_of_statsmodels() -> None:
    """Numbers of anova_lm(ols("life ~ C(material, Sum) * C(temperature, Sum)"), typ=2) of statsmodels 0.15."""
    cells = BATTERIES | {(1, 15): [155, 74, 180], (2, 70): [106, 115], (3, 125): [96, 104, 82]}
    found = analyze(of(cells, "material", "temperature"), "life")
    assert not found.balanced and (found.fewest, found.most, found.empty) == (2, 4, 0)
    squares = [11074.345882740539, 32830.391337285793, 9102.701086956542]
    assert [row.squares for row in found.terms] == pytest.approx(squares)
    assert found.residual_squares == pytest.approx(16893.416666666664)
    assert [row.p for row in found.terms] == pytest.approx([0.003035200296, 0.000004057521, 0.035366716396], rel=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_one_axis_is_the_one_way_analysis_of_scipy(seed: int) -> None:
    random = np.random.default_rng(seed)
    cells = {(level,): list(random.normal(level, size=random.integers(2, 7))) for level in range(int(2 + seed))}
    (row,) = analyze(of(cells, "a"), "y").terms
    expected = stats.f_oneway(*cells.values())
    assert (row.f, row.p) == pytest.approx((expected.statistic, expected.pvalue))


@pytest.mark.parametrize("seed", range(3))
def test_a_change_of_one_axis_is_the_pooled_t_test(seed: int) -> None:
    random = np.random.default_rng(seed)
    cells = {(level,): list(random.normal(level, size=4 + level)) for level in range(2)}
    found = change(of(cells, "a"), "y", "a")
    expected = stats.ttest_ind(cells[(1,)], cells[(0,)])
    interval = expected.confidence_interval(0.95)
    assert found.difference == pytest.approx(np.mean(cells[(1,)]) - np.mean(cells[(0,)]))
    assert found.p == pytest.approx(expected.pvalue) and found.interval is not None
    assert (found.interval.low, found.interval.high) == pytest.approx((interval.low, interval.high))


@pytest.mark.parametrize("seed", range(5))
def test_sums_of_squares_are_those_of_the_models_compared(seed: int) -> None:
    """Type II by its definition, each model fitted by dummies and normal equations."""
    data = made(seed, lambda random: int(random.integers(1, 4)))
    found = analyze(data, "y")
    terms = [(0,), (1,), (2,), *combinations(range(3), 2)]
    for row, term in zip(found.terms, terms, strict=True):
        others = [other for other in terms if not set(term) <= set(other)]
        assert row.squares == pytest.approx(dummies(data, others) - dummies(data, [*others, term]), abs=1e-9)
    assert found.residual_squares == pytest.approx(dummies(data, terms))


def dummies(data: Factorial, terms: list[tuple[int, ...]]) -> float:
    """Return the squares that a model leaves, with a dummy variable for each combination of levels of each term."""
    columns = [np.ones(len(data.values))]
    for term in terms:
        rows = [tuple(row) for row in data.places[:, list(term)]]
        columns += [np.array([row == level for row in rows], dtype=float) for level in sorted(set(rows))]
    design = np.stack(columns, axis=1)
    fitted = design @ np.linalg.pinv(design.T @ design) @ design.T @ data.values
    return float(np.sum((data.values - fitted) ** 2))


@pytest.mark.parametrize("seed", range(3))
def test_in_a_balanced_table_squares_add_up(seed: int) -> None:
    found = analyze(made(seed, lambda _: 3, effect=2.0), "y")
    parts = [row.squares for row in found.terms]
    assert sum(parts) + found.residual_squares == pytest.approx(found.total_squares)
    assert sum(row.df for row in found.terms) + found.residual_df == found.runs - 1


def test_shift_and_scale_change_no_test() -> None:
    data = made(1, lambda _: 2, effect=1.0)
    moved = Factorial(data.axes, data.places, 1000 - 5 * data.values)
    for ours, theirs in zip(analyze(data, "y").terms, analyze(moved, "y").terms, strict=True):
        assert theirs.squares == pytest.approx(25 * ours.squares) and theirs.p == pytest.approx(ours.p)
    found, moved_too = change(data, "y", "a"), change(moved, "y", "a")
    assert moved_too.difference == pytest.approx(-5 * (found.difference or 0))
    assert moved_too.p == pytest.approx(found.p)


def test_in_a_balanced_factorial_changes_are_differences_of_means() -> None:
    data = made(3, lambda _: 3, effect=4.0)
    a, c = data.places[:, 0], data.places[:, 2]
    means = {(x, z): data.values[(a == x) & (c == z)].mean() for x in (0, 1) for z in range(3)}
    at = {level: means[1, place] - means[0, place] for place, level in enumerate((8, 20, 40))}
    for level, expected in at.items():
        assert change(data, "y", "a", at={"c": level}).difference == pytest.approx(expected)
    assert change(data, "y", "a").difference == pytest.approx(sum(at.values()) / 3)
    apart = change(data, "y", "a", at={"c": 40}, less={"c": 8})
    assert apart.difference == pytest.approx(at[40] - at[8]) and apart.p is not None and apart.p < 1e-4


def test_with_two_levels_the_change_is_the_table_again() -> None:
    cells = {cell: list(np.random.default_rng(sum(cell)).normal(size=3)) for cell in product((0, 1), (0, 2))}
    data = of(cells, "a", "b")
    table = {row.axes: row.p for row in analyze(data, "y").terms}
    assert change(data, "y", "a").p == pytest.approx(table[("a",)])
    assert change(data, "y", "a", at={"b": 2}, less={"b": 0}).p == pytest.approx(table[("a", "b")])


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    held = []
    for seed in range(400):
        found = change(made(seed, lambda _: 2), "y", "a", at={"c": 20}).interval
        assert found is not None
        held.append(found.low <= 0 <= found.high)
    assert 0.92 <= np.mean(held) <= 0.98


def test_one_run_a_cell_gives_changes_and_no_test() -> None:
    data = made(0, lambda _: 1)
    found = analyze(data, "y")
    assert found.note == ONE_RUN and all(row.p is None and row.f is None for row in found.terms)
    found = change(data, "y", "a")
    assert found.difference is not None and found.p is None and found.interval is None


@pytest.mark.parametrize("values", [(1.0, 2.0), (3.0, 3.0), (0.1, 0.1)])
def test_runs_that_do_not_spread_are_not_judged(values: tuple[float, float]) -> None:
    data = of({(level,): [value] * 3 for level, value in enumerate(values)}, "a")
    assert analyze(data, "y").note == NO_SPREAD
    found = change(data, "y", "a")
    assert found.difference == pytest.approx(values[1] - values[0], abs=1e-12) and found.interval is None


def test_an_empty_cell_hides_what_hangs_on_it() -> None:
    cells = {cell: [float(sum(cell)), sum(cell) + 0.3] for cell in product((0, 1), (0, 1), (0, 1))}
    cells[1, 1, 0] = cells[1, 1, 1] = []
    data = of(cells, "a", "b", "c")
    found = analyze(data, "y")
    assert (found.empty, found.balanced) == (2, False)
    rows = {row.axes: row for row in found.terms}
    assert rows["a", "b"].df == 0 and rows["a", "b"].p is None
    assert rows["a", "c"].df == 1 and rows["a", "c"].p is not None
    assert change(data, "y", "a", at={"b": 1}).difference is None
    assert change(data, "y", "a", at={"b": 0}).difference == pytest.approx(1.0)


def test_nothing_and_no_number_are_refused() -> None:
    axes = [FactorialAxis("a", (0, 1))]
    with pytest.raises(ValueError, match="has no values"):
        factorial(axes, [], [])
    with pytest.raises(ValueError, match="no finite numbers"):
        factorial(axes, [{"a": 0}], [float("nan")])
