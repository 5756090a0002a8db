"""The page that answers how long the paths are that carry the gradient."""

from collections.abc import Sequence

from depthlab.questions.paths.figures import (
    autocorrelation_figure,
    gradient_norms_figure,
    path_lengths_figure,
    shares_figure,
    shattering_figure,
)
from depthlab.questions.paths.record import PathRun, PathsRecord
from depthlab.questions.paths.tables import facts_table, gradient_table, runs_table, training_table
from depthlab.questions.wording import told_once
from depthlab.report.blocks import Block, Folded, Notice, Page, Picture, Section
from depthlab.report.comparison_table import comparison_table
from depthlab.report.question_runs import page_facts, run_section, seed_notices


def page(record: PathsRecord) -> Page:
    """Return the page of a record; everything on it is computed from the record alone."""
    networks = ", ".join(dict.fromkeys(run.network for run in record.runs))
    data = record.about.held.get("data")
    sections = (_lengths(record), _gradients(record), _training(record), _nearby(record), run_section(record.about))
    return Page(
        title=f"Paths: {networks}" + (f" on {data}" if data else ""),
        lead="\n".join(record.about.verdict),
        sections=sections,
        facts=page_facts(record.about),
        answer=runs_table(record.runs),
    )


def _lengths(record: PathsRecord) -> Section:
    blocks: list[Block] = [
        "A path takes one way through every unit. Its length is the number of units through whose branch it goes, any "
        "path of a unit but its skip; n residual units have 2^n paths, C(n, k) of length k. Numbers are exact, "
        "by merges: products along a series, sums over what is side by side, also inside of units. What stands on a "
        "skip counts as nothing, a projection where the shape changes too. Counted in weighted layers, stem and head "
        "are there as well, so that the longest path is as long as the network is deep.",
        *seed_notices(record.about.runs, named=not record.about.sweep),
    ]
    notes = told_once((run.network, run.note) for run in record.runs if run.note)
    blocks += [Notice(f"{networks}: {note}.") for note, networks in notes.items()]
    if any(run.lengths is not None for run in record.runs):
        told = "; ".join(f"{run.network} {_span(run.lengths.branches)}" for run in _one_each(record) if run.lengths)
        blocks.append(
            Picture(
                path_lengths_figure(record.runs),
                "lengths",
                f"Share of all paths by their length. In branches: {told}.",
                "Share of all paths by their length, above in branches, below in weighted layers; a network of one "
                "path alone is not drawn beside others. Veit et al. 2016, Fig. 6a.",
            )
        )
    return Section("Lengths of paths", (*blocks, *_published(record, "lengths")))


def _gradients(record: PathsRecord) -> Section:
    measured = [run for run in record.runs if run.gradients is not None and len(run.gradients.lengths) > 1]
    if not measured:
        return Section("The gradient along them", ("No network here has paths of several lengths.",))
    found = measured[0].gradients
    assert found is not None
    blocks: list[Block] = [
        "With the forward pass of the whole network, the backward pass is linear, and the gradient is the sum over all "
        "paths of what comes back along one alone. So it is told apart by length, exactly: where a unit's gradient is "
        "G_k along paths of length k, its input's is skip' G_k + branch' G_(k-1). The part of a length in the whole "
        "gradient G is <G_k, G> / <G, G>. Parts add up to 1, and one below 0 works against the others. Computed for "
        f"{found.images} training images of all classes without augmentation, at the input of the first unit; the loss "
        "is that of the run, the final weights are in evaluation mode.",
    ]
    if any(run.by_length is not None for run in measured):
        blocks.append(
            Picture(
                shares_figure(record.runs),
                "shares",
                f"Parts of the gradient by the length of paths. {_range_text(measured)}",
                "Parts of the gradient by the length of paths, exact, which add up to 100 %; dashed, how many of all "
                "paths have the length; dotted, number of paths times norm along one, as in Veit et al. 2016, Fig. 6c.",
            )
        )
        blocks.append(comparison_table(record.shorter, "mean_lengths", of="length", difference="length"))
    blocks.append(
        f"Veit et al. 2016 follow single paths: {found.draws} random ones of each length for each image, here too. The "
        f"number of paths times the mean norm along one says where most of the paths with a gradient are; "
        f"{100 * record.carried:.0f} % of it are their effective paths. It is not a share of the gradient: gradients "
        "along different paths cancel, so these norms add up to many times the whole."
    )
    if any(run.effective is not None for run in measured):
        blocks.append(
            Picture(
                gradient_norms_figure(record.runs),
                "norms",
                f"Mean norm of the gradient against the length of its path. {_decay_text(measured)}",
                "Mean norm of the gradient that comes back along a path of this length. Lines: mean over seeds, bands "
                "from the smallest to the largest. Veit et al. 2016, Fig. 6b.",
            )
        )
    blocks.append(Folded("Every length", (gradient_table(record.runs),)))
    return Section("The gradient along them", (*blocks, *_published(record, "gradients")))


def _training(record: PathsRecord) -> Section:
    blocks: list[Block] = [
        "In each batch exactly k random units are active and the others are skips only, so paths are k / 2 branches "
        "long on average: k is twice the mean of the effective lengths, those by number of paths times norm. In "
        "evaluation all units are active, and their branches multiplied by k / units, the chance that each had in "
        "training, as in stochastic depth. `active_units=k` does so in any run.",
    ]
    if record.training:
        blocks.append(training_table(record.training))
    else:
        blocks.append(record.note or "No network was trained so here.")
    return Section("Trained on effective paths", (*blocks, *_published(record, "training")))


def _nearby(record: PathsRecord) -> Section:
    there = [run for run in record.runs if run.final is not None and run.final.correlation]
    if not there:
        return Section("Gradients at nearby inputs", ("It was not measured here.",))
    found = there[0].final
    assert found is not None
    blocks: list[Block] = [
        f"On straight lines from test image to test image, {found.lines} lines of {found.points} points, the gradient "
        "g_t of one score with respect to the input, that of the first image's class, is a series; m is its mean. Its "
        "autocorrelation r(s) = sum over t of <g_t - m, g_(t+s) - m>, divided by the sum over t of |g_t - m|², is 1 at "
        "lag 0. White noise has none at other lags: the gradient is shattered, and one point tells nothing of the "
        f"next. Neighbors are {found.step:.2g} apart (root mean square over pixels, of normalized images). Balduzzi et "
        "al. 2017 draw r for a network on the line of real numbers. Initial weights are drawn again from the run's "
        "seed, with the statistics of training images for batch normalization.",
        Picture(
            autocorrelation_figure(record.runs),
            "autocorrelation",
            f"Autocorrelation of the gradient along lines of inputs. Between neighbors: {_neighbor_text(there)}.",
            "Autocorrelation of the input's gradient along lines from image to image, the mean over lines and seeds; "
            "bands from the smallest to the largest seed. Balduzzi et al. 2017, Fig. 2.",
        ),
        Picture(
            shattering_figure(record.runs),
            "shattering",
            f"Correlation of gradients at neighboring inputs against depth: {_neighbor_text(there)}.",
            "Correlation of gradients at neighboring inputs, r(1), against depth; small marks are seeds.",
        ),
    ]
    if any(one.comparison is not None for one in record.nearby):
        blocks.append(comparison_table(record.nearby, "nearby_comparisons", of="correlation", difference="correlation"))
    return Section("Gradients at nearby inputs", (*blocks, *_published(record, "nearby")))


def _published(record: PathsRecord, topic: str) -> tuple[Block, ...]:
    facts = [one for one in record.published if one.topic == topic]
    return (facts_table(facts, f"published_{topic}"),) if facts else ()


def _one_each(record: PathsRecord) -> list[PathRun]:
    return list({run.network: run for run in reversed(record.runs)}.values())[::-1]


def _span(counts: Sequence[int]) -> str:
    there = [length for length, count in enumerate(counts) if count]
    return f"{there[0]} to {there[-1]}" if len(there) > 1 else f"{there[0]} alone"


def _decay_text(measured: Sequence[PathRun]) -> str:
    slopes = [(run.network, run.effective.slope) for run in measured if run.effective is not None]
    told = [f"{network} a factor of {10**slope:.3g}" for network, slope in slopes if slope is not None]
    return f"For each further unit of length, over the effective lengths: {', '.join(told)}." if told else ""


def _range_text(measured: Sequence[PathRun]) -> str:
    told = [
        f"{run.network} seed {run.seed} {run.by_length.mean_length:.3g}"
        for run in measured
        if run.by_length is not None
    ]
    return f"Mean length, weighted so: {'; '.join(told)}."


def _neighbor_text(runs: Sequence[PathRun]) -> str:
    told = []
    for run in runs:
        initial = f"{run.initial.correlation[1]:.2f}" if run.initial is not None and run.initial.correlation else "none"
        final = f"{run.final.correlation[1]:.2f}" if run.final is not None and run.final.correlation else "none"
        told.append(f"{run.network} seed {run.seed} {initial} initially, {final} trained")
    return "; ".join(told)
