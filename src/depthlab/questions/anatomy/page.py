"""The page on what networks are made of and what their parts cost, before they are trained."""

import shlex

from depthlab.questions.anatomy.figures import family_costs, stage_costs
from depthlab.questions.anatomy.figures_folds import fold
from depthlab.questions.anatomy.figures_network import draw_networks
from depthlab.questions.anatomy.record import AnatomyRecord, NetworkCard
from depthlab.questions.anatomy.tables import (
    convolution_table,
    growth_table,
    layer_table,
    network_table,
    stage_table,
    times_table,
    tradeoff_table,
)
from depthlab.questions.wording import told_once
from depthlab.report.blocks import Block, Facts, Folded, Notice, Page, Picture, Section
from depthlab.report.counts import amount, bytes_text
from depthlab.report.question_runs import date_text


def page(record: AnatomyRecord) -> Page:
    """Return the page of a record; everything on it is computed from the record alone."""
    names = [card.name for card in record.cards]
    title = f"Anatomy of {' and '.join(names)}" if len(names) < 3 else f"What {len(names)} networks cost"
    layer_by_layer = bool(record.convolutions)
    sections = [
        *((_networks(record), _stages(record)) if layer_by_layer else (_family(record),)),
        *((_times(record),) if record.times else ()),
        *((_layers(record), _arithmetic(record)) if layer_by_layer else ()),
        _meanings(record),
    ]
    return Page(title=title, lead="\n".join(record.verdict), sections=tuple(sections), facts=_facts(record))


def _networks(record: AnatomyRecord) -> Section:
    blocks: list[Block] = [
        "From top to bottom, what an image runs through. Equal units that follow each other are drawn once, with their "
        "number. A frame is a unit; its paths run side by side and are merged by a sum, a product or a concatenation, "
        "and an arc is a path without layers. A box says kernel, channels that it puts out and, behind a slash, its "
        "stride.",
        *_notices(record),
        Picture(draw_networks(record.cards), "network", " ".join(map(_described, record.cards))),
    ]
    if len(record.cards) > 1:
        blocks.append(network_table(record, "networks"))
    return Section("Made of" if len(record.cards) == 1 else "Side by side", tuple(blocks))


def _described(card: NetworkCard) -> str:
    """Return the picture of a network in words."""
    parts = []
    for one in fold(card.blocks):
        where = one.where or one.blocks[0].name
        parts.append(f"{where}{f', {one.count} units alike' if one.count > 1 else ''}: {'; '.join(one.lines)}")
    return f"{card.name}. {'. '.join(parts)}."


def _notices(record: AnatomyRecord) -> list[Block]:
    told = told_once((card.name, note) for card in record.cards for note in card.notes)
    notes: list[Block] = [Notice(f"{names}: {note}.") for note, names in told.items()]
    if record.left_out:
        listed = "; ".join(record.left_out[:10])
        rest = f"; and {len(record.left_out) - 10} more" if len(record.left_out) > 10 else ""
        notes.append(Notice(f"Left out as impossible: {listed}{rest}."))
    return notes


def _stages(record: AnatomyRecord) -> Section:
    blocks: list[Block] = []
    if all(block.where for card in record.cards for block in card.blocks):
        told = "; ".join(
            f"{card.name}: {amount(card.parameters)} parameters, {amount(card.multiply_adds)} multiply-adds, "
            f"{bytes_text(card.kept) or 'unknown memory'} kept"
            for card in record.cards
        )
        blocks.append(
            Picture(
                stage_costs(record.cards),
                "stages",
                f"Three panels of bars by stage: parameters, multiply-adds, memory kept for the backward pass. {told}.",
                "For one image. Stages by their number.",
            )
        )
    return Section("Cost by stage", (*blocks, *(stage_table(card) for card in record.cards)))


def _layers(record: AnatomyRecord) -> Section:
    blocks: list[Block] = [
        "Every layer with what it puts out, sees and costs. Layers that several paths lead to see what the longest "
        "path lets them see. What two layers keep together is counted at the first.",
        *(Folded(f"{card.name}: {len(card.layers)} layers", (layer_table(card),)) for card in record.cards),
    ]
    return Section("Layer by layer", tuple(blocks))


def _times(record: AnatomyRecord) -> Section:
    rounds = len(record.times[0].forward)
    text = (
        f"Measured on {record.hardware}, with a batch of {record.batch}: one pass of each network that isn't timed, "
        f"then {rounds} {'round' if rounds == 1 else 'rounds'} in which each has its turn, in the opposite order from "
        "round to round. Forward is an answer in evaluation mode without gradients; forward and backward is a training "
        "pass without the optimizer's step. Weights are drawn and images are noise."
    )
    blocks: list[Block] = [text]
    if rounds == 1:
        blocks.append(Notice("One round: there is no spread to tell how sure the times are. Type `rounds=5`."))
    if len(record.cards) == 1:
        blocks.append(network_table(record, "networks"))
    blocks.append(Folded("Every round", (times_table(record.times, "times"),)))
    return Section("Times", tuple(blocks))


def _arithmetic(record: AnatomyRecord) -> Section:
    blocks: list[Block] = [
        "What a convolution puts out and costs follows from a few numbers: floor((H + 2p − d(k − 1) − 1) / s) + 1 "
        "pixels a side for kernel k, padding p, dilation d and stride s, k² C_in C_out / g weights for g groups, and "
        "as many multiply-adds for each pixel that it puts out. Beside each closed form stands what was counted on the "
        "real layers.",
    ]
    for name, checks in record.convolutions.items():
        if checks:
            blocks.append(convolution_table(name, checks))
    if record.tradeoffs:
        told = record.tradeoffs[0].alternatives[0]
        channels = round((told.parameters) ** 0.5)
        blocks.append(
            f"Below, convolutions from and to {channels} channels on {told.output}×{told.output} pixels, where "
            f"{record.cards[0].name} does most of its work, and an Inception module as it was published."
        )
    for one in record.tradeoffs:
        blocks += [one.told, tradeoff_table(one)]
        if one.difference is not None:
            blocks.append(
                f"The largest difference between both outputs is {one.difference:.1e} of the largest output: rounding "
                "in float32, and nothing else."
                if one.difference < 1e-5
                else f"The largest difference between both outputs is {one.difference:.1e} of the largest output."
            )
    return Section("The arithmetic of the choices", tuple(blocks))


def _family(record: AnatomyRecord) -> Section:
    blocks: list[Block] = [*_notices(record), network_table(record, "networks")]
    if record.growth:
        blocks.append(growth_table(record.growth, "growth"))
    axes = [one.axis for one in record.growth] or [axis for axis in record.axes[:1]]
    for axis in axes:
        told = "; ".join(f"{card.name}: {amount(card.multiply_adds)} multiply-adds" for card in record.cards[:40])
        blocks.append(
            Picture(
                family_costs(record.cards, record.times, axis),
                f"costs_{axis.replace('.', '_').lower()}",
                f"Panels of each cost against {axis}. {told}.",
                f"Every cost against {axis}, a line for each set of the others."
                + (" Times are medians, bars go from the fastest round to the slowest." if record.times else ""),
            )
        )
    return Section("What they cost", tuple(blocks))


def _meanings(record: AnatomyRecord) -> Section:
    return Section(
        "What the numbers mean",
        (
            Facts(
                (
                    ("parameters", "Weights that are trained, auxiliary heads' among them; shared ones count once."),
                    (
                        "multiply-adds",
                        "Those of convolutions and matrix products for one image in evaluation; normalization, "
                        "activations, pooling and biases are free, as papers count.",
                    ),
                    (
                        "kept an image",
                        "Bytes of features in float32 that autograd keeps for the backward pass, for each image of a "
                        "batch in training mode: what PyTorch's kernels for processors save, each stretch of memory "
                        "once, weights left aside. A batch of B keeps B times that and, once, what does not grow with "
                        "it (statistics of batch norm).",
                    ),
                    (
                        "peak",
                        "The most bytes of features, the image among them, that are there at once when one image is "
                        "answered without gradients, looked at whenever an operation is done; not what a kernel takes "
                        "for itself meanwhile.",
                    ),
                    (
                        "sees",
                        "The receptive field along the longest path: every layer of kernel k adds d(k − 1) times the "
                        "strides of all layers before it (Araujo et al. 2019). At the image's edge a part of it is "
                        "padding. All: the whole image, behind a mean over all pixels or a linear layer. The step is "
                        "how far apart in the image neighboring features look.",
                    ),
                )
            ),
        ),
    )


def _facts(record: AnatomyRecord) -> tuple[tuple[str, str], ...]:
    image = "; ".join(dict.fromkeys("×".join(map(str, card.image)) for card in record.cards))
    return (
        ("command", shlex.join(record.command)),
        ("images", f"{image}{f', those of {record.data}' if record.data else ', as typed'}"),
        ("date", date_text(record.date)),
        ("hardware", record.hardware or "nothing was timed"),
        ("commit", record.commit or "none"),
        ("libraries", ", ".join(f"{name} {version}" for name, version in record.versions.items())),
    )
