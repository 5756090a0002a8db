"""The page that answers what depth, width and cardinality buy at equal cost."""

from collections import Counter
from collections.abc import Sequence

from depthlab.questions.width_vs_depth.figures import UNITS, beside_published_sizes, errors_against_cost, exchange_rates
from depthlab.questions.width_vs_depth.record import FAR, WidthVsDepthRecord
from depthlab.questions.width_vs_depth.tables import (
    contrast_table,
    exchange_table,
    matched_table,
    network_table,
    ratio_table,
)
from depthlab.questions.wording import fit_notes
from depthlab.records import ExchangeFit, MatchedNetwork, TrialState
from depthlab.report.blocks import Block, Notice, Page, Picture, Section
from depthlab.report.comparison_table import planning_text
from depthlab.report.published_table import differences, published_table, splits_text
from depthlab.report.question_runs import page_facts, run_section, seed_notices


def page(record: WidthVsDepthRecord) -> Page:
    """Return the page of a record; everything on it is computed from the record alone."""
    about = record.about
    data = about.held.get("data")
    return Page(
        title=f"Depth, width, cardinality{f' on {data}' if data else ''}",
        lead="\n".join(about.verdict),
        sections=(
            _errors(record),
            _comparisons(record),
            _exchange(record),
            _literature(record),
            run_section(about),
        ),
        facts=page_facts(about),
        answer=network_table(record, "networks"),
    )


def _errors(record: WidthVsDepthRecord) -> Section:
    blocks: list[Block] = [
        "For each budget and axis the network with the nearest cost was chosen. Depth grows by whole units per stage, "
        "cardinality by whole groups and width by single channels of the first stage. Errors are those of the final "
        f"weights in evaluation mode, over all images of a split: {splits_text(record.trained)}. The test images were "
        "looked at once, after training. A network is on the front if no other has a lower mean error at no higher "
        "cost; how often it is there when seeds are resampled shows how sure its place is.",
        *seed_notices(record.about.runs, named=not record.about.sweep),
        *_family_notice(record.networks),
        *_far_notice(record.networks),
        *_time_notice(record.timed_on),
    ]
    if record.measured:
        lost = Counter(ref.group for ref in record.about.runs if ref.state != TrialState.FINISHED)
        means = "; ".join(f"{one.network} {one.error:.2f} %" for one in record.front if one.measure == "test error")
        blocks.append(
            Picture(
                errors_against_cost(record.networks, record.measured, record.front, lost, record.match),
                "errors",
                f"Two panels, training and test error against {UNITS[record.match]}, a line along each axis. Mean "
                f"test errors: {means}.",
                "A point for each seed, lines through the means along each axis, bars of one standard deviation. "
                "Ringed and joined by dashes: the front."
                + (" Crosses at the upper edge are runs without a result." if lost else ""),
            )
        )
    return Section("Error against cost", tuple(blocks))


def _comparisons(record: WidthVsDepthRecord) -> Section:
    if not record.compared:
        text = "No two networks were found for the same budget: it is too small for a second one."
        return Section("At equal cost", (text,))
    return Section(
        "At equal cost",
        (
            "The networks of each budget against each other, by Welch's test; p-values are corrected over each family "
            "by Holm's method. Networks that were matched in one cost may differ in others.",
            matched_table(record, "comparisons"),
            *planning_text(record.compared),
        ),
    )


def _exchange(record: WidthVsDepthRecord) -> Section:
    blocks: list[Block] = [
        "The error is modelled as a level of each family and a slope along the binary logarithm of each axis, fitted "
        "by least squares to the means of networks; a slope is then the change by one doubling. The same fit to the "
        "logarithm of the cost gives the cost of a doubling; their quotient is what a doubling of the cost buys. How "
        "far a network lies off the fit is taken as chance, so that networks, not runs, are what is counted: intervals "
        "are Student's, with networks less coefficients as degrees of freedom. A network whose seeds spread more than "
        "that counts by its seeds. Slopes and contrasts are one family: their p-values are corrected together by "
        "Holm's method, and their intervals hold for all of them at once.",
        *_spread_text(record.fits),
        "How many doublings of one axis a doubling of another is worth is the quotient of both slopes. Its interval is "
        "Fieller's, which holds for quotients: it has no bounds where what is divided by is not clear of zero.",
    ]
    if not any(fit.exchanges for fit in record.fits):
        return Section("The exchange rate", (*blocks, *_fit_notices(record.fits)))
    changes = "; ".join(
        f"{fit.measure}, {one.axis}: {one.points:.2g} points" for fit in record.fits for one in fit.exchanges
    )
    picture = Picture(
        exchange_rates(record.fits, record.match),
        "exchange",
        f"Two panels, the change of the error by a doubling of each axis and of the cost along it. By axis: {changes}.",
        "Filled: test error. Hollow: training error. To the left of zero a doubling lowers the error. Bars: intervals.",
    )
    return Section(
        "The exchange rate",
        (
            *blocks,
            *_fit_notices(record.fits),
            picture,
            exchange_table(record.fits, "exchange"),
            ratio_table(record.fits, "ratios"),
            contrast_table(record.fits, "contrasts"),
        ),
    )


def _literature(record: WidthVsDepthRecord) -> Section:
    figures = [one.figure for one in record.published]
    if not figures:
        return Section("Beside the literature", ("No published figure is at hand.",))
    data = str(record.about.held.get("data", ""))
    blocks: list[Block] = [differences(figures, record.about.held, record.trained)]
    listed = "; ".join(f"{one.figure.network} {one.figure.error:g} %" for one in record.published)
    if record.measured:
        blocks.append(
            Picture(
                beside_published_sizes(record.networks, record.measured, record.published, data),
                "published",
                f"Test error against parameters, here on {data or 'several data sets'} and as published: {listed}.",
                "Mean test errors here, and published ones; lines join the networks of one depth in one table.",
            )
        )
    if record.published_fit is not None:
        blocks += [
            "The same fit over the networks of Zagoruyko and Komodakis 2016, Table 4. Each was trained once, so its "
            "rates are points without intervals.",
            exchange_table([record.published_fit], "published_exchange"),
            ratio_table([record.published_fit], "published_ratios"),
        ]
    blocks.append(published_table(figures, record.measured, "published"))
    return Section("Beside the literature", tuple(blocks))


def _family_notice(networks: Sequence[MatchedNetwork]) -> list[Block]:
    """Say which axis varies in which family, where they are two."""
    bases = [one for one in networks if one.axis == "base"]
    if len({one.family for one in bases}) < 2:
        return []
    first, second = bases[0], bases[1]
    return [
        Notice(
            f"Depth and width vary in {first.family}, from {first.network}; cardinality varies in {second.family}, "
            f"from {second.network}, which has other units, shortcuts and channels. The costs of the two bases are "
            f"{abs(second.mismatch):.1f} % apart, and each has a level of its own in the fit, so that slopes are "
            "compared and not families; differences at equal cost between the two families hold both."
        )
    ]


def _far_notice(networks: Sequence[MatchedNetwork]) -> list[Block]:
    """Say which networks don't cost what they were to cost."""
    far = [
        f"{one.network} by {one.mismatch:+.1f} %" for one in networks if one.axis != "base" and abs(one.mismatch) > FAR
    ]
    if not far:
        return []
    return [
        Notice(
            f"Not of equal cost, as no nearer network was found: {', '.join(far)} of the budget. Comparisons at equal "
            "cost favor what costs more; the exchange rate is fitted to the costs as they are.",
            "warning",
        )
    ]


def _spread_text(fits: Sequence[ExchangeFit]) -> list[Block]:
    told = [f"{one.measure}: {one.std:.2g} and {one.seeds_std:.2g} points" for one in fits if one.std and one.seeds_std]
    listed = "; ".join(told)
    return [f"Standard deviation of networks about the fit, and of the runs of one network: {listed}."] if told else []


def _time_notice(timed_on: str) -> list[Block]:
    if not timed_on:
        return []
    return [
        Notice(
            f"Times are those of measured steps, taken in one go on {timed_on}. They hold for this machine as busy as "
            "it was; another finds other times, and other networks where these are matched by them."
        )
    ]


def _fit_notices(fits: Sequence[ExchangeFit]) -> list[Block]:
    return [Notice(f"{measures}: {note}") for note, measures in fit_notes(fits).items()]
