"""Tables as they are read: digits, columns that are left out, and the same for a paper."""

import csv
import io
import math
import random
import re

import pytest

from depthlab.records import Compared, Comparison, Interval
from depthlab.report import Estimate, PageTable
from depthlab.report.cells import interval_cell
from depthlab.report.comparison_table import comparison_table
from depthlab.report.digits import image_decimals, p_text
from depthlab.report.latex import escape, to_latex
from depthlab.report.table_text import cell, shown_table
from tests.report.pages import ROWS


def kinds(head: tuple[str, ...], *rows: tuple[object, ...]) -> list[str]:
    return [column.kind for column in shown_table(PageTable(head, rows)).columns]


def texts(head: str, *values: object, images: int = 0) -> tuple[str, ...]:
    table = PageTable(
        ("name", head), tuple((f"row {place}", value) for place, value in enumerate(values)), images=images
    )
    return shown_table(table).columns[1].texts


def test_columns_know_what_they_hold():
    assert kinds(("network", "depth", "error", "gap", "date", "fault"), *ROWS) == [
        *("words", "number", "number", "number", "words", "text")
    ]
    assert kinds(("a", "b"), (None, True), ("", False)) == ["words", "words"]
    assert kinds(("a", "b")) == ["words", "words"]
    for text in ("1e-05", "-3", "±0.5", "12 ms", "1,024", "32×32", "[3,3,3]", "≥ 26", "5 of 6"):
        assert kinds(("a",), (text,)) == ["number"], text
    for text in ("resnet-20", "3aafd7e2", "e", "of", "2026-11-01", "12 runs", "nan"):
        assert kinds(("a",), (text,)) == ["words"], text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        *((None, "–"), ("", "–"), (0, "0"), (0.123456, "0.1235"), (True, "true"), ([1, 2], "[1,2]"), ("a<b", "a<b")),
        *((9216, "9216"), (-12345, "-12,345"), (54968960, "54,968,960"), (269722.0, "269,722"), (12345.6, "1.235e+04")),
        (2**55 + 1, "36,028,797,018,963,969"),
        *((1e30, "1e+30"), (float("nan"), "nan"), (float("inf"), "inf")),
    ],
)
def test_cells(value: object, shown: str):
    assert cell(value) == shown


@pytest.mark.parametrize("images", [7, 144, 360, 1437, 5000, 10_000, 60_000])
def test_an_error_has_the_digits_that_tell_one_image_from_none_and_no_more(images: int):
    decimals = image_decimals(images)
    assert round(100 / images, decimals) > 0
    assert decimals == 0 or round(100 / images, decimals - 1) < 100 / images * 1.5
    one_of = 100 / images + 2e-7  # as single precision has it
    assert texts("error (%)", one_of, 50.0, images=images)[0] == f"{100 / images:.{decimals}f}"


def test_what_rounding_leaves_of_zero_is_zero():
    assert texts("difference (points)", 2.98e-06, -1.5, images=144) == ("0.0", "-1.5")
    assert texts("difference (points)", -2.98e-06, 22.1) == ("0.0", "22.1")
    assert texts("difference (points)", 2.98e-06, 0.0) == ("0", "0")
    assert texts("seconds", 2.5e-06, 0.5) == ("2.5e-06", "0.5")  # there it is something


def test_numbers_of_a_column_stand_below_each_other():
    drawn = random.Random(0)
    for scale in (0.01, 1.0, 300.0):
        shown = texts("value", *(scale * (0.5 + drawn.random()) for _ in range(20)))
        assert len({len(text.partition(".")[2]) for text in shown}) == 1
    assert texts("value", 1e-9, 0.5, 7e5) == ("1e-09", "0.5", "700,000")  # they span too much


def test_an_estimate_shows_two_digits_of_its_least_spread_and_says_what_it_is():
    table = PageTable(
        ("network", "error (%)"), (("a", Estimate(24.3251, 0.4217)), ("b", Estimate(51.0, 3.21)), ("c", Estimate(7.0)))
    )
    shown = shown_table(table)
    assert shown.columns[1].texts == ("24.33 ± 0.42", "51.00 ± 3.21", "7.00")
    assert shown.columns[1].kind == "number"
    assert shown.caption == "± is one standard deviation over seeds."
    assert Estimate.of([1.0, 3.0]) == Estimate(2.0, math.sqrt(2))
    assert (Estimate.of([1.0]), Estimate.of([])) == (Estimate(1.0), None)


def test_p_values_and_intervals():
    assert texts("p by Holm", 0.0123, 1e-7, 1.0) == ("0.012", "< 0.0001", "1")
    assert p_text(0.5) == "= 0.5"
    assert str(interval_cell(Interval(-2.512, -0.012))) == "-2.512 to -0.012"  # clear of zero, and seen to be
    assert str(interval_cell(Interval(-2.512, 0.012))) == "-2.5 to 0.0"
    assert str(interval_cell(Interval(27.94, 35.98))) == "27.9 to 36.0"
    assert str(interval_cell(Interval(0.0, 0.0))) == "0 to 0"


def test_what_all_rows_share_is_said_once_and_kept_in_the_file():
    rows = (("a", "cifar10", 0.5, None, 3), ("b", "cifar10", 0.5, None, 4))
    table = PageTable(("network", "data", "error (%)", "fault", "runs"), rows, "Runs.")
    shown = shown_table(table)
    assert [column.head for column in shown.columns] == ["network", "error (%)", "runs"]  # results stay
    assert shown.caption == "Runs. The same in every row: data cifar10. Left out, as no row has any: fault."
    assert next(csv.reader(io.StringIO(table.to_csv()))) == list(table.head)


def test_a_file_has_every_number_exactly():
    drawn = random.Random(1)
    rows = tuple((f"net {place}", Estimate(drawn.random(), drawn.random()), drawn.gauss()) for place in range(20))
    read = list(csv.reader(io.StringIO(PageTable(("network", "error", "gap"), rows).to_csv())))
    assert read[0] == ["network", "error", "error, std", "gap"]
    assert [tuple(map(float, row[1:])) for row in read[1:]] == [(one.mean, one.std, gap) for _, one, gap in rows]


def test_a_file_has_each_number_of_a_comparison_in_a_column_of_its_own():
    interval = Interval(5.4321, 53.0679, 0.975)
    found = Comparison(29.25, (3, 2), "welch", interval, p=0.01, effect=4.9, effect_kind="Hedges' g")
    row = Compared("errors", "test error", "plain", "plain-56", "plain-20", 34.125, 4.875, found, p_holm=0.02)
    table = comparison_table([row], "comparisons")
    [read] = csv.DictReader(io.StringIO(table.to_csv()))
    exact = {"means (%), first": 34.125, "means (%), second": 4.875, "difference (points)": 29.25, "effect": 4.9}
    exact |= {"interval, low": 5.4321, "interval, high": 53.0679, "interval, level": 0.975, "p": 0.01}
    assert {name: float(read[name]) for name in exact} == exact
    assert (read["effect, kind"], read["seeds, first"], read["seeds, second"]) == ("Hedges' g", "3", "2")
    shown = dict(zip(table.head, shown_table(table).rows[0], strict=True))
    assert [shown[head] for head in table.head[2:5]] == ["34.1 and 4.9", "29.2", "5.4 to 53.1 (97.5 %)"]


def test_columns_have_names_of_their_own():
    with pytest.raises(AssertionError, match="twice"):
        PageTable(("p", "p "), ())


SPECIAL = "50 % of a_b & c#d, ${x}$, ~^ \\\\ −3 ± 2 × 4 ≤ 5 <b> | `parts.pool` -1.5 resnet-20"


def test_latex_prints_what_it_is_given():
    text = escape(SPECIAL)
    assert r"50 \% of a\_b \& c\#d, \$\{x\}\$" in text
    assert r"$-$3 $\pm$ 2 $\times$ 4 $\leq$ 5 $<$b$>$ \textbar{} \texttt{parts.pool} $-$1.5 resnet-20" in text
    assert not re.search(r"(?<!\\)[%#&_]", text)  # none is left to do something


def test_a_table_for_a_paper_has_the_rows_of_the_page():
    table = PageTable(("a", "b_c"), (("[x]", 1.5), ("50 %", 2.25)), "Two.", "two")
    text = to_latex(table)
    assert text.count(r"\begin{") == text.count(r"\end{") == 2
    assert [text.count(rule) for rule in (r"\toprule", r"\midrule", r"\bottomrule")] == [1, 1, 1]
    assert "{[x]} & 1.50 \\\\\n50 \\% & 2.25 \\\\" in text and r"\begin{tabular}{lr}" in text
    assert text.isascii()
