"""The page that answers which layer uses which earlier one."""

from depthlab.questions.reuse.blocks import (
    distance_picture,
    map_picture,
    map_table,
    measures_of,
    networks_of,
    summary_table,
)
from depthlab.questions.reuse.record import ReuseRecord
from depthlab.questions.wording import told_once
from depthlab.report.blocks import Block, Folded, Notice, Page, Section
from depthlab.report.question_runs import page_facts, run_section, seed_notices

WEIGHTS = (
    "Where units stack their features, a channel keeps its place until the block ends, so that each input channel "
    "of a later layer belongs to one source: the block's input, or one of its units. The value of a cell is the "
    "mean of |w| over the weights with which the target's first layer reads the source's channels. A "
    "normalization in front of that layer multiplies each channel by γ, and a network that doubles γ and halves w "
    "computes the same; so γ w is mapped as well, which such a change leaves alone. Weights tell what a layer can "
    "hear, not how loud the source is."
)
SHARES = (
    "Where units add to a stream, no weight tells the terms apart. They can be followed: behind an activation, a "
    "term is multiplied by what the activation did at that place, so that terms always add up to the stream. The "
    "value of a cell is share(s, t) = Σ r² Cov(c, x) / Σ r² Var(x), summed over channels: x is the stream before "
    "the target, c the term of the source in it, and r² the squared weights with which the target's first layer "
    "reads the channel. A share is negative where a term undoes others. Covariances between channels are left "
    "out."
)
LITERATURE = (
    "Huang et al. 2017 (arXiv 1608.06993, sec. 5 and Fig. 5) map a DenseNet of 40 layers and growth rate 12, "
    "trained on CIFAR-10 with padded crops and flips, and see: layers and transitions spread their weights over "
    "many inputs, so that early features are read by deep layers directly; in the second and third block the "
    "output of the transition is read least; and the classifier concentrates on final features. They show one "
    "network, by eye and without the map before training. Drawn weights are equally large on all sources, so that "
    "a wide spread alone is not a finding."
)


def page(record: ReuseRecord) -> Page:
    """Return the page of a record; everything on it is computed from the record alone."""
    about = record.about
    names = list(dict.fromkeys(run.network for run in record.runs))
    data = about.held.get("data")
    return Page(
        title=f"Feature reuse: {' and '.join(names)}{f' on {data}' if data else ''}",
        lead="\n".join(about.verdict),
        sections=(
            _maps(record),
            _numbers(record),
            Section("Beside the literature", (LITERATURE,)),
            run_section(about),
        ),
        facts=page_facts(about),
        answer=summary_table(record.summaries, "numbers") if record.summaries else None,
    )


def _maps(record: ReuseRecord) -> Section:
    blocks: list[Block] = [*seed_notices(record.about.runs, named=not record.about.sweep)]
    measures = {measure for _, runs in networks_of(record) for measure in measures_of(runs)}
    blocks += [text for text, kind in ((WEIGHTS, "weight"), (SHARES, "share")) if kind in measures]
    for network, runs in networks_of(record):
        blocks += [map_picture(network, runs, measure, record.images) for measure in measures_of(runs)]
    notes = told_once((run.network, run.note) for run in record.runs if run.note)
    blocks += [Notice(f"No map of {networks}: {note}.") for note, networks in notes.items()]
    return Section("Maps", tuple(blocks))


def _numbers(record: ReuseRecord) -> Section:
    if not record.summaries:
        return Section("In numbers", ("There is no map, and so no number.",))
    measures = dict.fromkeys(one.measure for one in record.summaries)
    return Section(
        "In numbers",
        (
            "The values of each target are divided by their mean, so that each counts alike. Spread is (Σ|v|)² / "
            "(S Σv²) over the S sources of a target: 1 if it reads all of them alike, 1/S if it reads one. The other "
            "numbers are quotients of means of |v|, averaged as logarithms over seeds.",
            *(distance_picture(record, measure) for measure in measures if measure != "scaled weight"),
            Folded("Every cell, means over seeds", (map_table(record, "maps"),)),
        ),
    )
