"""The page, from the record alone."""

from depthlab.report import Page, PageTable, Section
from depthlab.report.question_runs import page_facts, run_section
from my_lab.spread.record import SpreadRecord


def page(record: SpreadRecord) -> Page:
    """Return the page: the verdict, a table, and what it rests on."""
    rows = tuple((one.network, one.errors.n, one.errors.mean, one.errors.std) for one in record.networks)
    caption = "Mean and standard deviation of the test error over seeds, which alone tell the runs of a network apart."
    table = PageTable(("network", "seeds", "test error %", "standard deviation"), rows, caption, "networks")
    return Page(
        "How far do seeds alone move the test error?",
        "\n".join(record.about.verdict),
        (Section("Networks", (table,)), run_section(record.about)),
        page_facts(record.about),
    )
