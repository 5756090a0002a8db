"""Comparisons of runs as a table, how far they tell, and how many runs diverged on each side."""

from collections.abc import Sequence

from depthlab.records import Compared, FailureComparison
from depthlab.report.blocks import Block, PageTable
from depthlab.report.cells import INTERVAL, Parts, interval_cell, interval_decimals
from depthlab.report.digits import fixed

NOTE = "Differences: the first less the second. Intervals hold for all of a family at once, as p by Holm does."


def comparison_table(
    compared: Sequence[Compared], name: str, *, of: str = "%", difference: str = "points"
) -> PageTable:
    """Return a row for each comparison, by families; `of` is the unit of means, `difference` that of differences."""
    head = (
        *("family", "networks", f"means ({of})", f"difference ({difference})", INTERVAL),
        *("p", "p by Holm", "effect", "method", "seeds"),
    )
    return PageTable(head, tuple(_row(one) for one in compared), NOTE, name)


def planning_text(compared: Sequence[Compared]) -> tuple[str, ...]:
    """Return a paragraph for each of the first comparisons: how far its seeds tell, and how many it takes."""
    return tuple(f"{one.a} against {one.b}, {one.measure}: {one.enough}" for one in compared[:6] if one.enough)


def failure_blocks(failures: Sequence[FailureComparison], what: str) -> tuple[Block, ...]:
    """Return how many runs diverged with and without `what`, such as a factor; nothing where none did."""
    if not failures:
        return ()
    rows = tuple(
        (one.a, f"{one.diverged_a} of {one.runs_a}", one.b, f"{one.diverged_b} of {one.runs_b}", one.p, one.p_holm)
        for one in failures
    )
    return (
        f"Runs that diverged are in no mean, so {what} that makes runs diverge may look harmless above. How many "
        "diverged, of those that diverged or came to their end, by Fisher's exact test:",
        PageTable(("with", "diverged", "against", "of these diverged", "p", "p by Holm"), rows, name="failures"),
    )


def _row(one: Compared) -> tuple[object, ...]:
    found = one.comparison
    decimals = 2 if found is None or found.interval is None else interval_decimals(found.interval)
    means = Parts(
        " and ".join("none" if mean is None else fixed(mean, decimals) for mean in (one.mean_a, one.mean_b)),
        {"first": one.mean_a, "second": one.mean_b},
        decimals,
    )
    networks = f"{one.a} − {one.b}"
    if found is None:
        return one.family, networks, means, None, None, None, None, None, "no runs to compare", "0"
    interval = interval_cell(found.interval)
    effect = (
        None
        if found.effect is None
        else Parts(f"{found.effect:.2g} ({found.effect_kind})", {"": found.effect, "kind": found.effect_kind})
    )
    method = found.method if not found.note else f"none: {found.note}"
    seeds = Parts(
        " and ".join(map(str, found.n if len(set(found.n)) > 1 else found.n[:1])),
        {"first": found.n[0], "second": found.n[-1]},
    )
    return one.family, networks, means, found.difference, interval, found.p, one.p_holm, effect, method, seeds
