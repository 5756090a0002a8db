"""The page that compares kinds of convolution, pooling, activation and normalization at equal cost."""

import statistics
from collections import Counter

from depthlab.questions.kernels.figures import kind_differences
from depthlab.questions.kernels.record import KernelsRecord
from depthlab.report.blocks import Block, Notice, Page, PageTable, Picture, Section
from depthlab.report.cells import ERRORS, error_cells
from depthlab.report.comparison_table import comparison_table, failure_blocks, planning_text
from depthlab.report.published_table import fewest_images, splits_text
from depthlab.report.question_runs import page_facts, run_section, seed_notices


def page(record: KernelsRecord) -> Page:
    """Return the page of a record; everything on it is computed from the record alone."""
    about = record.about
    data = about.held.get("data")
    return Page(
        title=f"Kinds of parts at equal cost{f' on {data}' if data else ''}",
        lead="\n".join(about.verdict),
        sections=(_errors(record), _costs(record), _comparisons(record), run_section(about)),
        facts=page_facts(about),
        answer=_network_table(record),
    )


def _errors(record: KernelsRecord) -> Section:
    skeleton = record.networks[0].network
    blocks: list[Block] = [
        f"One skeleton, {skeleton}, with one kind of one part at a time; its width is the one whose cost is nearest "
        f"to the skeleton's, counted in {record.match.replace('_', '-')}. Errors are those "
        f"of the final weights in evaluation mode, over all images of a split: {splits_text(record.trained)}. The "
        "recipe, its learning rate among it, is the skeleton's for all.",
        *seed_notices(record.about.runs, named=not record.about.sweep),
    ]
    if any(one.mean_a is not None and one.mean_b is not None for one in record.compared):
        differences = "; ".join(
            f"{one.a} {one.mean_a - one.mean_b:+.2g} points"
            for one in record.compared
            if one.measure == "test error" and one.mean_a is not None and one.mean_b is not None
        )
        blocks.append(
            Picture(
                kind_differences(record.networks, record.compared),
                "differences",
                f"A panel for each part, the kinds' errors less that of {skeleton}. Test error: {differences}.",
                "Differences of mean errors: test filled, training hollow; to the left of zero a kind errs less than "
                "the skeleton. Bars: 95 % intervals over seeds. A cross: no result.",
            )
        )
    return Section("Kind against kind", tuple(blocks))


def _network_table(record: KernelsRecord) -> PageTable:
    requested = Counter(ref.group for ref in record.about.runs)
    rows: list[tuple[object, ...]] = []
    for one in record.networks:
        runs = [run for run in record.measured if run.network == one.network]
        seconds = statistics.median([run.seconds for run in runs]) if runs else None
        rows.append((one.network, *error_cells(runs), seconds, f"{len(runs)} of {requested[one.network]}"))
    return PageTable(
        ("network", *ERRORS, "seconds a run", "runs"),
        tuple(rows),
        "Means over seeds. Seconds are medians, on a machine that may have done other things too: kinds of equal cost "
        "on paper need not take as long.",
        "networks",
        fewest_images(record.trained),
    )


def _costs(record: KernelsRecord) -> Section:
    unit = record.match.replace("_", "-")
    rows = [
        (one.network, one.width, one.parameters, one.multiply_adds, one.cost / one.budget, one.mismatch)
        for one in record.networks
    ]
    table = PageTable(
        ("network", "width", "parameters", "multiply-adds", "of the skeleton's", "mismatch (%)"),
        tuple(rows),
        f"Matched by {unit}, by single channels of the first stage, or by as many as a kind needs.",
        "matching",
    )
    blocks: list[Block] = [table]
    if record.same:
        blocks.insert(
            0, Notice(f"Kinds that the skeleton has anyway need no network of their own: {', '.join(record.same)}.")
        )
    return Section("Equal cost", tuple(blocks))


def _comparisons(record: KernelsRecord) -> Section:
    return Section(
        "Comparisons",
        (
            "Each kind against the skeleton, by Welch's test: each network has its own spread over seeds, of at least "
            "a count of errors. p-values are corrected over the kinds of each part by Holm's method, and intervals are "
            "widened to agree with them. Dunnett's test takes one spread for all, so it errs where spreads differ.",
            comparison_table(record.compared, "comparisons"),
            *planning_text(record.compared),
            *failure_blocks(record.failures, "a kind"),
        ),
    )
