"""Comparisons of runs as a table, and what they could have shown."""

from collections.abc import Sequence

from depthlab.records import Compared
from depthlab.report.blocks import PageTable
from depthlab.report.cells import interval_cell


def comparison_table(compared: Sequence[Compared], name: str) -> PageTable:
    """Return a row for each comparison, by families."""
    head = (
        *("family", "networks", "means (%)", "difference (points)", "95 % interval"),
        *("p", "p by Holm", "effect", "method", "seeds"),
    )
    return PageTable(head, tuple(_row(one) for one in compared), "Differences: the first less the second.", name)


def planning_text(compared: Sequence[Compared]) -> tuple[str, ...]:
    """Return a paragraph that says which differences so many seeds could have shown; none where that is not known."""
    known = [one for one in compared if one.detectable is not None and one.comparison is not None]
    if not known:
        return ()
    told = "; ".join(f"{one.a} against {one.b} ({one.measure}): {_points(one.detectable)} points" for one in known[:6])
    return (
        "With the spread that was seen and as many seeds, a comparison shows a true difference, after Holm's "
        f"correction, with a probability of at least 80 % from this size on. {told}.",
    )


def _points(value: float | None) -> str:
    assert value is not None
    return f"{value:.2g}" if value < 10 else f"{value:.0f}"


def _row(one: Compared) -> tuple[object, ...]:
    means = " and ".join("none" if mean is None else f"{mean:.4g}" for mean in (one.mean_a, one.mean_b))
    networks = f"{one.a} − {one.b}"
    found = one.comparison
    if found is None:
        return one.family, networks, means, None, None, None, None, None, "no runs to compare", "0"
    interval = interval_cell(found.interval)
    effect = None if found.effect is None else f"{found.effect:.2g} ({found.effect_kind})"
    method = found.method if not found.note else f"none: {found.note}"
    seeds = " and ".join(map(str, found.n if len(set(found.n)) > 1 else found.n[:1]))
    return one.family, networks, means, found.difference, interval, found.p, one.p_holm, effect, method, seeds
