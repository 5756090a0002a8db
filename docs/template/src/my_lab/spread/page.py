"""The page, from the record alone."""

from depthlab.report import Page, PageTable, Section
from depthlab.report.question_runs import page_facts, run_section
from my_lab.spread.record import SpreadRecord


def page(record: SpreadRecord) -> Page:
    """Return the page: the verdict, a table, and what it rests on."""
    rows = tuple((one.network, one.errors.n, one.errors.mean, one.errors.std) for one in record.networks)
    table = PageTable(("network", "seeds", "test error %", "standard deviation"), rows, name="networks")
    return Page(
        "How far do seeds alone move the test error?",
        "\n".join(record.about.verdict),
        (Section("Networks", (table,)), run_section(record.about)),
        page_facts(record.about),
    )
