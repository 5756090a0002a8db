"""Lesions as tables: by network, stage, site, number of deletions and order, and what others published."""

import statistics
from collections.abc import Mapping, Sequence

from depthlab.questions.lesion.figures import deletion_points, tau_points
from depthlab.questions.lesion.record import Deletion, LesionedRun, PublishedLesions
from depthlab.report.blocks import PageTable
from depthlab.report.cells import Estimate

Networks = Mapping[str, Sequence[LesionedRun]]


def network_table(networks: Networks) -> PageTable:
    """Return a row for each network: its error whole, and what one deletion does to it."""
    rows = []
    for name, runs in networks.items():
        found = [run.lesions for run in runs]
        medians = [statistics.median(one.singles) for one in found if one.singles]
        whole = statistics.fmean(one.error for one in found)
        middle = Estimate.of(medians)
        errors = [error for one in found for error in one.singles]
        rows.append(
            (
                *(name, whole, middle, middle.mean - whole if middle is not None else None),
                *(min(errors, default=None), max(errors, default=None)),
                *(found[0].units, len(found[0].sites), len(found[0].fixed_units), len(runs)),
            )
        )
    head = (
        *("network", "whole (%)", "median after one (%)", "rise (points)", "least (%)", "most (%)"),
        *("units", "sites", "units that can't be deleted", "runs"),
    )
    caption = "Test errors of the whole networks and after deleting one site; the median is over sites."
    images = min((run.lesions.single_images for runs in networks.values() for run in runs), default=0)
    return PageTable(head, tuple(rows), caption, "networks", images)


def stage_table(networks: Networks) -> PageTable:
    """Return a row for each network and stage, with transitions by themselves."""
    rows = []
    for name, runs in networks.items():
        sites = runs[0].lesions.sites
        for stage in range(1, runs[0].lesions.stages + 1):
            inner, transitions = (
                [
                    run.lesions.singles[place]
                    for run in runs
                    for place, site in enumerate(sites)
                    if site.stage == stage and site.transition is kind
                ]
                for kind in (False, True)
            )
            count = sum(site.stage == stage for site in sites)
            fixed = [one.name for one in runs[0].lesions.fixed_units if one.stage == stage]
            rows.append((name, stage, count, _median(inner), _median(transitions), ", ".join(fixed) or None))
    head = ("network", "stage", "sites", "median after one (%)", "of transitions (%)", "can't be deleted")
    caption = "Median test error after one deletion, over sites and runs, for units that keep the shape and for others."
    return PageTable(head, tuple(rows), caption, "stages")


def site_table(networks: Networks) -> PageTable:
    """Return a row for each site: its errors over runs."""
    rows = []
    for name, runs in networks.items():
        for place, site in enumerate(runs[0].lesions.sites):
            errors = [run.lesions.singles[place] for run in runs]
            mean = statistics.fmean(errors)
            whole = statistics.fmean(run.lesions.error for run in runs)
            kind = "transition" if site.transition else None
            rows.append((name, site.name, site.stage, kind, site.how, mean, mean - whole, min(errors), max(errors)))
    head = (
        *("network", "element", "stage", "kind", "what is left", "mean error (%)", "rise (points)"),
        *("least (%)", "most (%)"),
    )
    return PageTable(head, tuple(rows), "Test error without each site, over runs.", "elements")


def deletion_table(networks: Networks) -> PageTable:
    """Return a row for each network and number of deletions."""
    rows: list[tuple[object, ...]] = []
    for name, runs in networks.items():
        kinds: dict[str, list[tuple[Deletion, ...]]] = {
            "all": [run.lesions.deletions for run in runs],
            "no transitions": [run.lesions.inner_deletions for run in runs],
        }
        for kind, found in kinds.items():
            for count, errors in sorted(deletion_points(found).items()):
                rows.append((name, kind, int(count), len(errors), *_spread(errors)))
    head = ("network", "among", "deleted", "draws", "median (%)", "lower quartile (%)", "upper quartile (%)")
    caption = "Test error after random deletions, over draws and runs, on the images of draws."
    return PageTable(head, tuple(rows), caption, "deletions")


def order_table(networks: Networks) -> PageTable:
    """Return a row for each network and bin of Kendall's tau."""
    rows: list[tuple[object, ...]] = []
    for name, runs in networks.items():
        for tau, errors in sorted(tau_points(runs).items(), reverse=True):
            rows.append((name, f"{tau:g}", len(errors), *_spread(errors)))
    head = ("network", "Kendall's tau", "draws", "median (%)", "lower quartile (%)", "upper quartile (%)")
    return PageTable(head, tuple(rows), "Test error after units traded places, over draws and runs.", "orders")


def fixed_unit_table(networks: Networks) -> PageTable:
    """Return a row for each unit that can't be deleted, with the reason."""
    rows = [
        (name, fixed_unit.name, fixed_unit.reason)
        for name, runs in networks.items()
        for fixed_unit in runs[0].lesions.fixed_units
    ]
    return PageTable(("network", "unit", "why it can't be deleted"), tuple(rows), name="fixtures")


def published_lesion_table(networks: Networks, published: Sequence[PublishedLesions], data: str) -> PageTable:
    """Return a row for each published network and each of ours: one deletion, and how many sites there are."""
    rows: list[tuple[object, ...]] = []
    for name, runs in networks.items():
        singles = [error for run in runs for error in run.lesions.singles]
        whole = statistics.fmean(run.lesions.error for run in runs)
        rows.append(
            (f"{name}, here", data, len(runs[0].lesions.sites), whole, *_one(whole, singles), "this page", None)
        )
    for one in published:
        if one.lesion == "single":
            where = f"{one.paper} (arXiv {one.arxiv})"
            rows.append(
                (one.network, one.dataset, len(one.at), one.baseline, *_one(one.baseline, one.error), where, one.notes)
            )
    head = (
        *("network", "data", "sites", "whole (%)", "median after one (%)", "rise (points)", "most (%)"),
        *("where", "notes"),
    )
    return PageTable(head, tuple(rows), "One deletion, here and as published by the authors.", "published")


def published_curve_table(published: Sequence[PublishedLesions]) -> PageTable:
    """Return a row for each point of the published curves: errors after several deletions and re-orderings."""
    kinds = {"delete": "deleted", "delete inner": "deleted, no transitions", "swap": "swaps", "tau": "Kendall's tau"}
    rows = [
        (one.network, kinds[one.lesion], f"{at:g}", error, one.notes)
        for one in published
        if one.lesion in kinds
        for at, error in zip(one.at, one.error, strict=True)
    ]
    head = ("network", "lesion", "at", "median error (%)", "notes")
    return PageTable(head, tuple(rows), "Published medians over draws.", "published_curves")


def _one(whole: float | None, singles: Sequence[float]) -> tuple[float | None, float | None, float | None]:
    middle = _median(singles)
    rise = middle - whole if middle is not None and whole is not None else None
    return middle, rise, max(singles, default=None)


def _median(values: Sequence[float]) -> float | None:
    return statistics.median(values) if values else None


def _spread(errors: Sequence[float]) -> tuple[float, float, float]:
    if len(errors) == 1:
        return (errors[0],) * 3
    low, middle, high = statistics.quantiles(errors, n=4, method="inclusive")
    return middle, low, high
