"""The page that answers whether the training error rises with depth."""

import shlex
from collections import Counter
from collections.abc import Sequence

from depthlab.records import Condition, DegradationRecord, MeasuredRun, RunRef
from depthlab.report.comparison_table import comparison_table, planning_text
from depthlab.report.depth_blocks import curve_picture, error_picture, network_table, runs_of
from depthlab.report.depth_figures import beside_published
from depthlab.report.layer_blocks import layer_blocks
from depthlab.report.page_blocks import Block, Code, Folded, Notice, Page, Picture, Section
from depthlab.report.published_table import differences, published_table, splits_text
from depthlab.report.question_runs import run_notices, run_table
from depthlab.report.tuning_blocks import tuning_blocks


def degradation_page(record: DegradationRecord) -> Page:
    """Return the page of a record; everything on it is computed from the record alone."""
    about, first = record.about, record.conditions[0]
    runs, refs = runs_of(record, first)
    sections = [_errors(record, runs, refs), _comparisons(first)]
    if record.tuning is not None:
        sections.append(Section(f"What hangs on {record.tuning.key}", tuning_blocks(record)))
    if runs:
        sections.append(Section("Learning curves", (curve_picture(runs),)))
        sections.append(Section("Inside the networks", layer_blocks(record, runs)))
    sections += [_literature(record, runs), _all_runs(record)]
    return Page(
        title=f"Degradation: {_title(record)}",
        lead="\n".join((first.headline, *first.verdict)),
        sections=tuple(sections),
        facts=(
            ("command", shlex.join(about.command)),
            ("date", about.date),
            ("hardware", "; ".join(about.hardware) or "unknown"),
            ("commit", ", ".join(about.commits) or "none"),
            ("libraries", ", ".join(f"{name} {version}" for name, version in about.versions.items())),
            ("sweep", about.sweep if about.sweep_run is None else f"{about.sweep}, MLflow run {about.sweep_run}"),
        ),
    )


def _errors(record: DegradationRecord, runs: Sequence[MeasuredRun], refs: Sequence[RunRef]) -> Section:
    blocks: list[Block] = [
        "A deeper network can do whatever a shallower one does, so a higher training error of the deeper one is no "
        "overfitting: it is not trained as well. Errors are those of the final weights in evaluation mode, over all "
        f"images of a split: {splits_text(record.trained)}. The test images were looked at once, after training.",
        *_lost_notice(refs),
    ]
    if _one_seed(refs):
        blocks.append(
            Notice("One seed: every number here is a point, and no claim is made. Type `seed=0,1,2` or more.")
        )
    if runs:
        blocks.append(error_picture(runs, refs, "errors"))
    blocks.append(network_table(runs, refs, "networks"))
    return Section("Error against depth", tuple(blocks))


def _comparisons(condition: Condition) -> Section:
    return Section(
        "The comparisons",
        (
            "The deepest network of each series against its shallowest. Where both have the same seeds the differences "
            "are taken seed by seed (paired t test), else Welch's test takes all values. Intervals are those of one "
            "comparison alone; p-values are corrected over each family by Holm's method, and a claim is made below "
            "0.05.",
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


def _all_runs(record: DegradationRecord) -> Section:
    commands = "\n".join(f"python train.py {shlex.join(ref.words)}" for ref in record.about.runs)
    return Section(
        "Runs",
        (
            _account(record.about.runs),
            *run_notices(record.about),
            Folded("Every run", (run_table(record.about, "runs"),)),
            Folded("The command of each run alone", (Code(commands),)),
        ),
    )


def _account(refs: Sequence[RunRef]) -> str:
    states = Counter(ref.state for ref in refs)
    total = len(refs)
    counted = ", ".join(f"{count} {state}" for state, count in states.most_common())
    return f"{total} {'run was' if total == 1 else 'runs were'} asked for: {counted}."


def _lost_notice(refs: Sequence[RunRef]) -> list[Block]:
    lost = [ref for ref in refs if ref.state != "finished"]
    if not lost:
        return []
    kinds = Counter(ref.fault or ref.state for ref in lost)
    counted = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    text = f"{len(lost)} of {len(refs)} runs have no result ({counted}): they are in no mean."
    return [Notice(f"{text} The table of runs says why.", "warning")]


def _one_seed(refs: Sequence[RunRef]) -> bool:
    return bool(refs) and max(Counter(ref.group for ref in refs).values()) == 1


def _title(record: DegradationRecord) -> str:
    series = list(dict.fromkeys(ref.series for ref in record.about.runs))
    data = record.about.held.get("data")
    return " and ".join(series) + (f" on {data}" if data else "")
