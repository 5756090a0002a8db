"""What was chosen for each network, and how much the verdict depends on it, as blocks of a page."""

from depthlab.questions.degradation.blocks import error_picture, network_table, runs_of
from depthlab.questions.degradation.figures_tuning import tuning_scores
from depthlab.questions.degradation.record import DegradationRecord
from depthlab.report.blocks import Block, Folded, Notice, PageTable, Picture
from depthlab.report.comparison_table import comparison_table
from depthlab.report.published_table import fewest_images
from depthlab.report.scale import show


def tuning_blocks(record: DegradationRecord) -> tuple[Block, ...]:
    """Return what was tried and chosen, and the verdict without it."""
    tuning, held = record.tuning, record.conditions[-1]
    assert tuning is not None
    key = tuning.key
    seeds = ", ".join(map(str, tuning.seeds))
    told = "; ".join(f"{choice.network}: {show(choice.chosen)}" for choice in tuning.choices)
    edges = [choice.network for choice in tuning.choices if choice.at_edge]
    blocks: list[Block] = [
        f"The verdict above is of networks that each have the `{key}` that did best on validation: runs with seed "
        f"{seeds} chose it from {', '.join(show(value) for value in tuning.values)} by the best `{tuning.metric}`, "
        "between equals by the lower validation loss. The test images took no part.",
        Picture(tuning_scores(tuning), "tuning", f"Validation against {key}. Chosen: {told}.", "Rings: chosen."),
        _choice_table(record),
    ]
    if edges:
        where = f"Chosen at the edge of the grid for {', '.join(edges)}"
        blocks.append(Notice(f"{where}: a wider one, typed as `tune.values=...`, may hold better values."))
    runs, refs = runs_of(record, held)
    same = held.headline == record.conditions[0].headline
    depends = "The answer is the same without tuning" if same else "The answer depends on tuning; without it"
    blocks += [
        f"{depends}, with {key} held at {', '.join(dict.fromkeys(show(choice.held) for choice in tuning.choices))} for "
        "all networks:",
        " ".join((held.headline, *held.verdict)),
        Folded(
            f"Errors and comparisons with {key} held",
            (
                *((error_picture(runs, refs, "errors_held"),) if runs else ()),
                network_table(runs, refs, "networks_held", fewest_images(record.trained)),
                comparison_table(held.compared, "comparisons_held"),
            ),
        ),
    ]
    return tuple(blocks)


def _choice_table(record: DegradationRecord) -> PageTable:
    assert record.tuning is not None
    rows = [
        (
            choice.network,
            show(score.value),
            score.mean,
            score.loss,
            f"{score.finished} of {score.finished + score.lost}",
            "chosen" if score.value == choice.chosen else "held" if score.value == choice.held else "",
            "as good" if score.value in choice.tied else "",
        )
        for choice in record.tuning.choices
        for score in choice.scores
    ]
    head = ("network", record.tuning.key, record.tuning.metric, "validation loss (nats)", "runs", "", "by Welch's test")
    return PageTable(head, tuple(rows), "What was tried.", "tuning")
