"""The page that puts the ensemble reading of residual networks to the test."""

from depthlab.questions.exponent.blocks import exponent_picture, lesion_table, network_table, part_table, slope_table
from depthlab.questions.exponent.record import ExponentRecord
from depthlab.questions.wording import fit_notes, told_once
from depthlab.report.blocks import Block, Folded, Notice, Page, PageTable, Section
from depthlab.report.question_runs import page_facts, run_section, seed_notices

READING = (
    "Through n units of C groups each, with a skip beside them, lead (1 + C)ⁿ ways: each unit is passed by its "
    "skip or by one of its groups. If a residual network is an ensemble of what lies on these ways (Veit et al. "
    "2016, arXiv 1605.06431; with several functions a unit Abdi and Nahavandi 2016, arXiv 1609.05672; groups are "
    "those of Xie et al. 2017, arXiv 1611.05431), then C is in the base and n is the exponent. So robustness and "
    "effective size have to grow with depth, with cardinality, and at equal cost more with depth. All three have "
    "to hold by both measures for the reading to be supported, and one that is contradicted speaks against it; "
    "p-values are corrected over all of them by Holm's method."
)
SIZE = (
    "The effective size is the number of equal and independent votes whose sum would vary as much as the logits "
    "do when single pieces are missing: N = |f|² / Σ |d|². f are the logits less their mean over classes, d what "
    "they lose without one piece, squares are means over images. It is the limit, for q towards 1, of (1 − q) / q "
    "· |mean|² / variance over networks each of whose pieces is kept with probability q, which is N for N equal "
    "votes. Pieces that contribute without anything in common make 1, and pieces that others depend on less. "
    "Units that matter are (Σ |d|)² / Σ |d|², from 1 to the number of units: how evenly effects are spread, "
    "however they add."
)
LESIONS = (
    "Without a unit its skip alone is left; without a group the convolution that adds the groups up finds zeros "
    "in its place. Units that change the shape are left out of all means, as their skip is not an identity. Rises are "
    "points above the whole network's error, and can't go beyond that of guessing: where most of a network is "
    "gone, they say little."
)
FIT = (
    "Each measure is modelled as a level and a slope along the binary logarithm of the units and of the groups, "
    "fitted by least squares to the means of networks. How far a network lies off the fit is taken as chance, so that "
    "networks, not runs, are what is counted: intervals are Student's, with networks less coefficients as degrees of "
    "freedom. The same fit to the multiply-adds tells what a doubling costs, and the quotient what a doubling of the "
    "multiply-adds buys along either."
)


def page(record: ExponentRecord) -> Page:
    """Return the page of a record; everything on it is computed from the record alone."""
    about = record.about
    data = about.held.get("data")
    return Page(
        title=f"Is width the base, and depth the exponent?{f' On {data}' if data else ''}",
        lead="\n".join(about.verdict),
        sections=(_lesions(record), _reading(record), _networks(record), run_section(about)),
        facts=page_facts(about),
        answer=part_table(record, "parts") if record.parts else None,
    )


def _lesions(record: ExponentRecord) -> Section:
    blocks: list[Block] = [READING, *seed_notices(record.about.runs, named=not record.about.sweep)]
    if any(run.pieces for run in record.runs):
        blocks.append(exponent_picture(record))
    notes = told_once((run.network, run.note) for run in record.runs if run.note)
    blocks += [Notice(f"Left out: {networks}. {note}.") for note, networks in notes.items()]
    where = f" Errors are those of {record.images:,} test images, in evaluation mode."
    blocks += [LESIONS + where, SIZE, network_table(record, "networks")]
    return Section("Depth against cardinality", tuple(blocks))


def _reading(record: ExponentRecord) -> Section:
    blocks: list[Block] = [FIT]
    if record.parts:
        blocks.append(slope_table(record, "slopes"))
    blocks += [Notice(f"{measures}: {note}") for note, measures in fit_notes(record.fits).items()]
    return Section("The parts of the reading", tuple(blocks))


def _networks(record: ExponentRecord) -> Section:
    blocks: list[Block] = []
    if record.networks:
        rows = tuple((o.axis, o.network, int(o.budget), int(o.cost), o.mismatch, o.parameters) for o in record.networks)
        head = ("axis", "network", "budget (multiply-adds)", "cost", "mismatch (%)", "parameters")
        caption = "For each budget and axis the network whose cost is nearest to it."
        blocks.append(PageTable(head, rows, caption, "matching"))
    blocks.append(Folded("Every lesion", (lesion_table(record, "lesions"),)))
    return Section("The networks", tuple(blocks))
