"""The page that answers what each regularizer changes, and whether that depends on depth and width."""

from depthlab.questions.regularization.blocks import (
    cell_table,
    effect_picture,
    effect_table,
    gap_picture,
    interaction_picture,
    published_effect_table,
    reliability_picture,
)
from depthlab.questions.regularization.record import RegularizationRecord
from depthlab.report.blocks import Block, Folded, Notice, Page, Section
from depthlab.report.comparison_table import failure_blocks
from depthlab.report.published_table import splits_text
from depthlab.report.question_runs import page_facts, run_section, seed_notices
from depthlab.report.scale import show


def page(record: RegularizationRecord) -> Page:
    """Return the page of a record; everything on it is computed from the record alone."""
    about = record.about
    names = ", ".join(factor.name for factor in record.factors)
    data = about.held.get("data")
    sections = [_effects(record)]
    if record.measured:
        sections += [_gap(record), _calibration(record)]
    sections += [_tests(record), _literature(record), run_section(about)]
    return Page(
        title=f"Regularization: {names}" + (f" on {data}" if data else ""),
        lead="\n".join(about.verdict),
        sections=tuple(sections),
        facts=page_facts(about),
        answer=effect_table([one for one in record.effects if not one.at], "main") if record.effects else None,
    )


def _effects(record: RegularizationRecord) -> Section:
    levels = "; ".join(
        f"`{one.key}` {show(one.off)} and {show(one.on)}" + (f" ({one.source})" if one.source else "")
        for one in record.factors
    )
    others = [axis for axis in record.axes if axis.name not in {factor.name for factor in record.factors}]
    crossed = "; ".join(f"{axis.name} {', '.join(show(level) for level in axis.levels)}" for axis in others)
    blocks: list[Block] = [
        f"A factorial: every combination of the factors {levels}"
        + (f", crossed with {crossed}" if crossed else "")
        + ", each with every seed. A factor's main change is the mean over all cells, which count alike. Errors are "
        f"those of the final weights in evaluation mode, of {splits_text(record.trained)} images. The test images were "
        "looked at once, after training.",
        *seed_notices(record.about.runs, named=not record.about.sweep),
    ]
    if record.effects:
        blocks.append(effect_picture(record))
        if len(record.axes) > 1:
            blocks.append(interaction_picture(record))
    else:
        blocks.append(Notice("Too few runs came to their end to compare the levels of every axis.", "warning"))
    return Section("What each factor changes", (*blocks, cell_table(record)))


def _gap(record: RegularizationRecord) -> Section:
    blocks: list[Block] = [
        "A regularizer that narrows the gap need not help: the training error may rise by as much as the gap falls. It "
        "helps where the test error falls.",
    ]
    if not any(one.run.train_error for one in record.measured):
        blocks.append(Notice("Every run fits every training image: the gap is the test error, and tells nothing more."))
    return Section("The gap between training and test", (*blocks, gap_picture(record)))


def _calibration(record: RegularizationRecord) -> Section:
    picture = reliability_picture(record)
    if picture is None:
        return Section("Calibration", (Notice("No run's weights and images are available any more.", "warning"),))
    lacking = sum(one.calibration is None for one in record.measured)
    blocks: list[Block] = [
        "Calibration is whether a network is as often right as it says. The expected calibration error is the mean "
        "distance between the two over 15 bins (Guo et al. 2017, arXiv 1706.04599), of the final weights in fp32. On "
        "few images even a perfectly calibrated network has one, by chance, and the more the less confident it is: the "
        "table of combinations has both, and what factors change is the error beyond chance.",
        picture,
    ]
    if lacking:
        blocks.insert(1, Notice(f"{lacking} runs could not be measured again and are not in it.", "warning"))
    return Section("Calibration", tuple(blocks))


def _tests(record: RegularizationRecord) -> Section:
    blocks: list[Block] = [
        "Networks of one shape and seed that differ only in how they are trained begin with the same weights, so their "
        "errors may go up and down together. Each seed therefore gives one value of a change, from all of its runs of "
        "a shape; a seed that lost one of them is left out there. The values of different shapes, such as depths, are "
        "independent, each with its own spread, which is taken to be at least that of a count of "
        "errors (Welch 1951, Satterthwaite 1946). A factor that changes the network (batch norm, say) is compared over "
        "independent runs. p-values are corrected by Holm's method over the main changes of a measure, and over its "
        "interactions; intervals of main changes are widened to agree with them, others are each for itself, and "
        "changes at a level are told without correction.",
    ]
    if record.effects:
        blocks.append(Folded("Every change", (effect_table(record.effects, "effects"),)))
    return Section("How changes are tested", (*blocks, *failure_blocks(record.failures, "a factor")))


def _literature(record: RegularizationRecord) -> Section:
    if not record.published:
        return Section("Beside the literature", ("No published pair of these factors is in the package's tables.",))
    data = show(record.about.held.get("data", "several data sets"))
    return Section(
        "Beside the literature",
        (
            f"Here: {data}, with the networks above. Published: other networks, data, recipes and lengths of training, "
            "as the table says; only whether a regularizer helps can be set beside it, and on which networks.",
            published_effect_table(record),
        ),
    )
