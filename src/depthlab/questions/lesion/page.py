"""The page that answers what a trained network loses by lesions."""

import statistics
from collections.abc import Mapping, Sequence

from depthlab.questions.grouping import grouped
from depthlab.questions.lesion.figures import beside_published_lesions, error_by_count, error_by_order, error_by_unit
from depthlab.questions.lesion.record import LesionedRun, LesionRecord
from depthlab.questions.lesion.tables import (
    deletion_table,
    fixed_unit_table,
    network_table,
    order_table,
    published_curve_table,
    published_lesion_table,
    site_table,
    stage_table,
)
from depthlab.questions.wording import unmeasured_sentences
from depthlab.report.blocks import Block, Facts, Folded, Notice, Page, Picture, Section
from depthlab.report.comparison_table import comparison_table, planning_text
from depthlab.report.question_runs import page_facts, run_section, seed_notices

Networks = Mapping[str, Sequence[LesionedRun]]


def page(record: LesionRecord) -> Page:
    """Return the page of a record; everything on it is computed from the record alone."""
    about = record.about
    networks = grouped(record.measured, lambda run: run.network)
    sections = [_singles(record, networks)]
    if any(run.lesions.deletions for run in record.measured):
        sections.append(_counts(networks))
    if any(run.lesions.reorderings for run in record.measured):
        sections.append(_orders(networks))
    if record.compared or any(one.comparison and one.comparison.p is not None for one in record.rises):
        sections.append(_comparisons(record))
    sections.append(_literature(record, networks))
    sections.append(_ways(record, networks))
    sections.append(_weights(record) if record.weights else run_section(about))
    return Page(
        title=f"Lesions: {_title(record)}",
        lead="\n".join(about.verdict),
        sections=tuple(sections),
        facts=page_facts(about),
        answer=network_table(networks) if networks else None,
    )


def _singles(record: LesionRecord, networks: Networks) -> Section:
    blocks: list[Block] = [
        "If a residual network is an ensemble of many paths, deleting one unit takes away some of them and the others "
        "go on; in a plain network nothing goes on. A site is what one deletion takes away: a unit, its branch, or one "
        "of its branches. Each site of each network is deleted by itself after training, "
        f"and the error on {_images(record, single=True)} is told. Nothing is trained again"
        + (
            ", and batch norm keeps its statistics."
            if record.batch_norm == "trained"
            else "; batch norm is, see below."
        ),
        *seed_notices(record.about.runs, named=not record.about.sweep),
        *(Notice(sentence, "warning") for sentence in unmeasured_sentences(record.unmeasured)),
    ]
    if any(run.lesions.singles for run in record.measured):
        blocks.append(
            Picture(
                error_by_unit(networks),
                "units",
                f"Test error without each site, a panel for each network. Medians: {_medians(networks)}.",
                "Test error without each site; a point for each run, a line through their median. Hollow diamonds: "
                "transitions, which change the shape. Vertical lines part the stages; dashed: the whole network; "
                "dotted: chance. Veit et al. 2016 show the same in Fig. 3.",
            )
        )
    blocks += [stage_table(networks), Folded("Every site", (site_table(networks),))]
    return Section("One deletion", tuple(blocks))


def _counts(networks: Networks) -> Section:
    runs = next(iter(networks.values()))[0].lesions
    return Section(
        "Several deletions",
        (
            "Elements are drawn at random and deleted together. In an ensemble the error rises smoothly with their "
            "number. Draws are seeded by their number, so that networks of the same form lose the same units.",
            Picture(
                error_by_count(networks),
                "deletions",
                "Test error against how many sites are deleted together, a line for each network.",
                f"Medians over draws and runs, bands from the lower to the upper quartile; {runs.draw_images:,} test "
                "images. Veit et al. 2016 show the same in Fig. 5 (a), there without transitions.",
            ),
            Folded("Every number of deletions", (deletion_table(networks),)),
        ),
    )


def _orders(networks: Networks) -> Section:
    return Section(
        "Units that trade places",
        (
            "Random pairs of units of the same stage and shape trade places, one pair after the other. Kendall's tau "
            "between the new order of all units and the one that was trained is 1 where nothing moved.",
            Picture(
                error_by_order(networks),
                "orders",
                "Test error against Kendall's tau, a line for each network.",
                "A point for each draw and run, lines through the medians of bins of 0.02. Veit et al. 2016 show the "
                "same in Fig. 5 (b).",
            ),
            Folded("Every bin", (order_table(networks),)),
        ),
    )


def _comparisons(record: LesionRecord) -> Section:
    return Section(
        "The comparisons",
        (
            "Each network without one site, against itself whole, and networks that differ in one axis, by the rise of "
            "the error. Each run counts once, with its median over sites, as units of one network are not independent "
            "networks. Runs of one model that began with the same weights are compared in pairs (paired t test), "
            "others by Welch's test; a variance is at least that of errors counted on so many images. p-values are "
            "corrected by Holm's method in each family, and a claim is made below 0.05.",
            comparison_table((*record.rises, *record.compared), "comparisons"),
            *planning_text(record.compared),
        ),
    )


def _literature(record: LesionRecord, networks: Networks) -> Section:
    if not record.published:
        return Section("Beside the literature", ("No published lesions are at hand.",))
    data = str(record.about.held.get("data", "several data sets"))
    blocks: list[Block] = [_differences(record, data)]
    if any(run.lesions.singles for run in record.measured):
        blocks.append(
            Picture(
                beside_published_lesions(networks, record.published),
                "published",
                "Three panels with the published curves of a pre-activation ResNet-110 on CIFAR-10 and ours: error "
                "after one deletion by place, after several by their number, and after re-ordering by Kendall's tau.",
                "Gray: Veit et al. 2016, their data of preresnet-110. Ours: medians over draws and runs.",
            )
        )
    blocks.append(published_lesion_table(networks, record.published, data))
    blocks.append(Folded("The published curves, point by point", (published_curve_table(record.published),)))
    return Section("Beside the literature", tuple(blocks))


def _differences(record: LesionRecord, data: str) -> str:
    """Return what differs between our networks and theirs."""
    held = record.about.held
    recipe = ", ".join(f"{key.replace('_', ' ')} {held[key]}" for key in ("epochs", "batch_size") if key in held)
    trained = "the weights are from elsewhere" if record.weights else f"trained here{': ' if recipe else ''}{recipe}"
    other = (
        " The data are others, so that only shapes of curves can be compared, no number." if data != "cifar10" else ""
    )
    return (
        "Published: pre-activation ResNets of 20 to 110 layers on CIFAR-10 with crops and flips, one network each, all "
        "10,000 test images; their blocks 1, 19 and 37 count as transitions. Their stochastic-depth networks and their "
        f"VGG are in the table. Here: {', '.join(dict.fromkeys(run.network for run in record.measured))} on {data}, "
        f"{trained}; our transitions are the units that change the shape.{other} A network of few layers loses more by "
        "one deletion than one of many: the authors' own ResNet-20 goes to 44.7 % (median)."
    )


def _ways(record: LesionRecord, networks: Networks) -> Section:
    estimated = record.batch_norm != "trained"
    facts = (
        (
            "deleted",
            "a residual unit's branch, so that its skip alone is left, with what gates it and what follows the "
            "sum; where there is no skip, a unit that keeps its shape: the identity stands for it; a DenseNet layer's "
            "channels, which become zero; one branch of an Inception unit, likewise",
        ),
        (
            "batch norm",
            f"mean and variance estimated again after each lesion on {record.estimation_images:,} training "
            "images, also for the whole network"
            if estimated
            else "as trained; batch_norm=reestimated estimates again",
        ),
        ("images", f"{_images(record, single=True)} for single deletions, {_images(record, single=False)} for draws"),
        ("draws", f"{record.draws} for each number of deletions and of swaps, in each run"),
        ("time", f"{sum(run.lesions.seconds for run in record.measured):.0f} s for all lesions"),
    )
    blocks: list[Block] = [Facts(facts)]
    if any(runs[0].lesions.fixed_units for runs in networks.values()):
        blocks.append(Folded("Units that can't be deleted", (fixed_unit_table(networks),)))
    return Section("How it was measured", tuple(blocks))


def _weights(record: LesionRecord) -> Section:
    return Section(
        "Weights",
        (
            "The network was not trained here: its weights come from a file, and the test images are normalized as "
            "the file's networks were trained with. Computed in fp32, in evaluation mode.",
            Facts(
                (
                    ("file", record.weights),
                    ("tensors matched", record.matched),
                    ("normalization", record.normalization),
                    *(
                        (key, str(value))
                        for key, value in record.about.held.items()
                        if key in ("model", "depth", "data")
                    ),
                )
            ),
        ),
    )


def _images(record: LesionRecord, *, single: bool) -> str:
    counts = {run.lesions.single_images if single else run.lesions.draw_images for run in record.measured}
    return " or ".join(f"{count:,}" for count in sorted(counts)) + " test images"


def _medians(networks: Networks) -> str:
    told = []
    for name, runs in networks.items():
        errors = [error for run in runs for error in run.lesions.singles]
        if errors:
            whole = statistics.fmean(run.lesions.error for run in runs)
            told.append(f"{name} {whole:.1f} whole and {statistics.median(errors):.1f} without one")
    return "; ".join(told)


def _title(record: LesionRecord) -> str:
    names = list(dict.fromkeys(run.series for run in record.measured))
    data = record.about.held.get("data")
    return " and ".join(names) + (f" on {data}" if data else "")
