"""The page that answers whether the training error rises with depth."""

from collections.abc import Sequence

from depthlab.questions.degradation.blocks import curve_picture, error_picture, network_table, runs_of
from depthlab.questions.degradation.blocks_layers import layer_blocks
from depthlab.questions.degradation.blocks_tuning import tuning_blocks
from depthlab.questions.degradation.figures import beside_published
from depthlab.questions.degradation.record import Condition, DegradationRecord
from depthlab.questions.degradation.tables import ladder_table, trend_table
from depthlab.records import MeasuredRun, RunRef
from depthlab.report.blocks import Block, Page, Picture, Section
from depthlab.report.comparison_table import comparison_table, planning_text
from depthlab.report.published_table import differences, fewest_images, published_table, splits_text
from depthlab.report.question_runs import page_facts, run_section, seed_notices


def page(record: DegradationRecord) -> Page:
    """Return the page of a record; everything on it is computed from the record alone."""
    about, first = record.about, record.conditions[0]
    runs, refs = runs_of(record, first)
    sections = [_errors(record, runs, refs), _tests(record, first), _comparisons(first)]
    if record.tuning is not None:
        sections.append(Section(f"What depends on {record.tuning.key}", tuning_blocks(record)))
    if runs:
        sections.append(Section("Learning curves", (curve_picture(runs, about.held),)))
        sections.append(Section("Inside the networks", layer_blocks(record, runs)))
    sections += [_literature(record, runs), run_section(about)]
    return Page(
        title=f"Degradation: {_title(record)}",
        lead="\n".join(about.verdict),
        sections=tuple(sections),
        facts=page_facts(about),
        answer=network_table(runs, refs, "networks", fewest_images(record.trained)),
    )


def _errors(record: DegradationRecord, runs: Sequence[MeasuredRun], refs: Sequence[RunRef]) -> Section:
    blocks: list[Block] = [
        "A deeper network can do whatever a shallower one does, so a higher training error of the deeper one is no "
        "overfitting: it is not trained as well. Errors are those of the final weights in evaluation mode, over all "
        f"images of a split: {splits_text(record.trained)}. The test images were looked at once, after training.",
        *seed_notices(refs, named=not record.about.sweep),
    ]
    if runs:
        blocks.append(error_picture(runs, refs, "errors"))
    return Section("Error against depth", tuple(blocks))


def _tests(record: DegradationRecord, condition: Condition) -> Section:
    ladder = condition.ladder
    blocks: list[Block] = [
        "A trend is tested over all runs of a series: of every two runs of different depth, does the deeper one err "
        "more? The Jonckheere-Terpstra test compares the count with that of every way in which the same errors could "
        "have been dealt out to the depths, so it is exact at any number of seeds and needs no normal distribution. "
        "It claims an order, not a difference of means: the slope of the means has to agree (its 90 % interval clear "
        "of 0), and the difference between the ends has an interval of its own (Welch's, with a spread of at least "
        "what half a wrong image makes). That a series does not change is claimed "
        f"only where its whole 90 % interval lies within ± {record.margin:g} points (`margin=`).",
        trend_table(condition.trends),
    ]
    if ladder is not None:
        blocks += [
            "The claims are tested in an order that was fixed in advance, each at 5 %, and testing stops at the first "
            "that fails. So a study makes any false claim among them in at most 5 % of cases, without a correction. "
            "What is claimed of a series beside it is corrected by the number of series (Bonferroni).",
            ladder_table(ladder),
        ]
    return Section("How the verdict is reached", tuple(blocks))


def _comparisons(condition: Condition) -> Section:
    return Section(
        "Other comparisons",
        (
            "Test errors of the deepest network of each series and its shallowest, and training errors of the deepest "
            "networks, by Welch's test over seeds. p-values are corrected over each family by "
            "Holm's method, and intervals are widened to agree with them.",
            comparison_table(condition.compared, "comparisons"),
            *planning_text(condition.compared),
        ),
    )


def _literature(record: DegradationRecord, runs: Sequence[MeasuredRun]) -> Section:
    data = str(record.about.held.get("data", ""))
    there = {run.network for run in runs}
    twins = [one for one in record.published if one.network in there]
    if not record.published:
        return Section("Beside the literature", ("No published figure is of these networks.",))
    blocks: list[Block] = [differences(record.published, record.about.held, record.trained)]
    if any(one.split == "test" for one in twins):
        blocks.append(
            Picture(
                beside_published(runs, twins, data=data),
                "published",
                f"Test error against depth, here on {data} and as published: "
                + "; ".join(f"{one.network} {one.relation} {one.error:g} %" for one in twins if one.split == "test")
                + ".",
                "Test errors here, and published ones of the same networks; thin lines join what one source says. "
                "Pale: other authors than the paper's. Hollow: read off a curve, not verified. Triangles: bounds.",
            )
        )
    blocks.append(published_table(record.published, runs, "published"))
    return Section("Beside the literature", tuple(blocks))


def _title(record: DegradationRecord) -> str:
    series = list(dict.fromkeys(ref.series for ref in record.about.runs))
    data = record.about.held.get("data")
    return " and ".join(series) + (f" on {data}" if data else "")
