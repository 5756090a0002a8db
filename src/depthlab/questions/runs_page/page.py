"""A page about any set of runs: what there is, what has to be known of it, tables and figures."""

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from depthlab.questions.runs_page.figures import MOST_GROUPS, has_curves, run_curves
from depthlab.questions.runs_page.page_groups import RunSelection, as_sweep, group_by, sort_runs, telling_keys
from depthlab.questions.runs_page.page_images import images_section
from depthlab.questions.runs_page.record import ImageComparison
from depthlab.questions.runs_page.tables import broken_table, label, runs_table, settings_table
from depthlab.questions.runs_page.tables_versions import code_notice, environment_blocks, version_of
from depthlab.questions.wording import counted as amount
from depthlab.records import ENDED, FoundRun, RunsFound, TrialState
from depthlab.report.blocks import Block, Folded, Notice, Page, Picture, Section
from depthlab.report.drawn_trials import Quantity, drawn_trials
from depthlab.report.parallel import parallel_coordinates
from depthlab.report.scale import scale_of, show
from depthlab.report.sweep_figures import metric_against_axis
from depthlab.report.trial_groups import SEED

_STATES = (*ENDED, TrialState.RUNNING)
_MOST_AXES = 4  # figures of one axis each
_MANY_AXES, _MANY_RUNS = 3, 8  # from which on a figure of all axes says something


def runs_page(
    found: RunsFound,
    *,
    metric: str | None = None,
    facts: tuple[tuple[str, str], ...] = (),
    images: ImageComparison | None = None,
) -> Page:
    """Return the page.

    Args:
        found: The runs, at least one.
        metric: What is drawn against the axes, by default the test accuracy, as error, where none is withheld.
        facts: What stands at the foot, beside what is known of the runs themselves.
        images: Two settings compared image by image, where the page is about two.

    Raises:
        ValueError: No run has the metric.
    """
    assert found.runs, "a page about no runs says nothing"
    known = sorted({name for run in found.runs for name in run.metrics})
    if metric is not None and metric not in known:
        raise ValueError(f"no run has the metric {metric}; there are {', '.join(known) or 'none'}")
    wanted = ("val/accuracy",) if found.withheld else ("test/accuracy", "val/accuracy")
    metric = metric or next((name for name in wanted if name in known), "test/accuracy")
    sorted_runs = sort_runs(found.runs)
    counted, keys = sorted_runs.counted, telling_keys(found.runs)
    broken = broken_table(found.runs, sorted_runs)
    sections = [
        Section("What to know first", tuple(_notices(found, sorted_runs, keys))),
        Section("The search", found.search),
        *((images_section(images),) if images is not None else ()),
        Section("By setting", (settings_table(counted, keys, metric), *_axis_pictures(counted, keys, metric))),
        Section("Learning curves", tuple(_curves(counted, keys))),
        Section("Runs", (runs_table(found.runs, keys, sorted_runs),)),
        Section("Not finished", (broken,) if broken else ()),
        Section("Code, machines and libraries", environment_blocks(found.runs)),
    ]
    title = f"Runs: {found.query}" if found.query else "All runs"
    about = (
        ("runs from", found.place),
        ("code", ", ".join(sorted({version_of(run) for run in found.runs}))),
        *(("test images", note) for note in sorted({run.test_note for run in found.runs} - {""})),
    )
    return Page(title, _lead(found, sorted_runs), tuple(s for s in sections if s.blocks), (*facts, *about))


def count_runs(runs: Sequence[FoundRun]) -> str:
    """Return one line that accounts for every run: `24 runs: 21 finished, 3 failed (2 diverged, 1 unknown)`."""
    states = Counter(run.state for run in runs)
    parts = []
    for state in _STATES:
        if states[state]:
            faults = Counter(run.fault for run in runs if run.state == state and run.fault)
            told = f" ({', '.join(f'{count} {fault}' for fault, count in faults.most_common())})" if faults else ""
            parts.append(f"{states[state]} {state}{told}")
    return f"{amount(len(runs), 'run')}: {', '.join(parts)}"


def _lead(found: RunsFound, sorted_runs: RunSelection) -> str:
    lines = [count_runs(found.runs) + "."]
    finished = [run for run in sorted_runs.counted if run.state == TrialState.FINISHED]
    lines += _best(finished)
    notice = code_notice(found.runs)
    if notice is not None and notice.kind == "warning":
        # The versions themselves stand in the notice.
        lines.append(re.split(r" \(|\. |, which", notice.text.rstrip("."))[0] + ".")
    return "\n".join(lines)


def _best(finished: Sequence[FoundRun]) -> list[str]:
    """Return who is best. That is chosen on validation, so that the test error is one that nothing was chosen by."""
    ranked = [run for run in finished if math.isfinite(run.metrics.get("val/accuracy", math.nan))]
    if not ranked:
        return []
    highest = max(run.metrics["val/accuracy"] for run in ranked)
    best = [run for run in ranked if run.metrics["val/accuracy"] == highest]
    tests = [value for run in best if math.isfinite(value := 100 * (1 - run.metrics.get("test/accuracy", math.nan)))]
    if len(best) > 1:
        between = f"; their test errors lie between {min(tests):.2f} and {max(tests):.2f} %" if tests else ""
        return [f"{len(best)} runs share the lowest validation error, {100 * (1 - highest):.2f} %{between}."]
    told = f"; its test error is {tests[0]:.2f} %" if tests else ""
    return [f"The lowest validation error, {100 * (1 - highest):.2f} %, is that of {best[0].name}{told}."]


def _notices(found: RunsFound, sorted_runs: RunSelection, keys: Sequence[str]) -> list[Block]:
    blocks: list[Block] = []
    if (code := code_notice(found.runs)) is not None:
        blocks.append(code)
    if sorted_runs.disagreeing:
        times = amount(len(sorted_runs.disagreeing), "recipe")
        blocks.append(
            Notice(
                f"{times} finished more than once with different results, by fingerprint: "
                f"{', '.join(sorted_runs.disagreeing[:8])}. Runs of the same recipe, images and code should agree to "
                "the bit on the same machine with the same threads; the newest one counts.",
                "warning",
            )
        )
    if len({run.data for run in found.runs if run.data}) > len({show(run.axes.get("data")) for run in found.runs}):
        blocks.append(Notice("Runs saw different images under the same name of a data set.", "warning"))
    blocks += [Notice(line, "warning") for line in found.notes]
    if found.unread:
        lines = tuple(found.unread)
        blocks.append(Notice(f"{amount(len(lines), 'folder')} can't be read: what is there counts nowhere.", "warning"))
        blocks.append(Folded("Folders that can't be read", lines))
    return [*blocks, *_quiet_notices(sorted_runs, keys)]


def _quiet_notices(sorted_runs: RunSelection, keys: Sequence[str]) -> list[Block]:
    counted = sorted_runs.counted
    told = []
    if sorted_runs.repeats:
        told.append(
            f"{amount(len(sorted_runs.repeats), 'finished run')} had the same recipe, images and code as a newer one, "
            "which counts alone in means and figures."
        )
    if sorted_runs.attempts:
        told.append(
            f"{amount(len(sorted_runs.attempts), 'run')} broke, or was ended, of which another run of the same recipe "
            "counts instead."
        )
    left = [run for run in counted if run.state != TrialState.FINISHED]
    if left:
        told.append(f"No run finished for {amount(len(left), 'recipe')}: see Not finished. Means are over the others.")
    groups = group_by(
        [run for run in counted if run.state == TrialState.FINISHED], [key for key in keys if key != SEED]
    )
    if groups and all(len(runs) == 1 for runs in groups.values()):
        told.append("Each setting has one finished run: differences between them can't be told from those of seeds.")
    return [Notice(line) for line in told]


def _axis_pictures(counted: Sequence[FoundRun], keys: Sequence[str], metric: str) -> list[Block]:
    """Return a figure for each axis that varies, the measured ones first, and one of all of them."""
    sweep = as_sweep(counted, keys, name="", metric=metric)
    if not drawn_trials(sweep, metric):
        return [f"No run has a value of {metric}, so there is nothing to draw."]
    axes = [key for key in keys if key != SEED] or [key for key in keys if key == SEED]
    scales = {key: scale_of(trial.values.get(key) for trial in sweep.trials) for key in axes}
    ordered = sorted(axes, key=lambda key: not scales[key].numeric)
    what = label(metric)
    blocks: list[Block] = [
        Picture(
            metric_against_axis(sweep, axis, metric, noun="run"),
            f"{_stem(what)}-by-{_stem(axis)}",
            f"{what} against {axis}. {_told(counted, axis, metric)}",
            f"{what} against {axis}.",
        )
        for axis in ordered[:_MOST_AXES]
    ]
    if len(ordered) > _MOST_AXES:
        blocks.append(f"Other axes that vary: {', '.join(f'`{axis}`' for axis in ordered[_MOST_AXES:])}.")
    if len(axes) >= _MANY_AXES and len(counted) >= _MANY_RUNS:
        said = f"All axes at once: a line for each run, from its values to its {what}; dark lines are good ones."
        blocks.append(Picture(parallel_coordinates(sweep, metric, noun="run"), "all-axes", said, said))
    return blocks


def _told(counted: Sequence[FoundRun], axis: str, metric: str) -> str:
    """Return the figure in words: the mean for each value of the axis."""
    quantity = Quantity(metric)
    parts = []
    for (value,), runs in group_by(counted, [axis]).items():
        trials = as_sweep(runs, (), name="", metric=metric)
        numbers = [one.value for one in drawn_trials(trials, metric)]
        mean = f"{np.mean(numbers):.4g}" if numbers else "no value"
        parts.append(f"{show(value)}: {mean}")
    shown = "; ".join(parts[:12])
    return f"Means of {quantity.label}: {shown}{' and more' if len(parts) > 12 else ''}."


def _curves(counted: Sequence[FoundRun], keys: Sequence[str]) -> list[Block]:
    drawn = [run for run in counted if has_curves(run)]
    if not drawn:
        return []
    shown = [key for key in keys if key != SEED]
    groups = group_by(drawn, shown)
    if len(groups) > MOST_GROUPS:  # told apart by the first key that has few values, if there is one
        few = [key for key in shown if len(group_by(drawn, [key])) <= MOST_GROUPS]
        shown = few[:1] or shown
        groups = group_by(drawn, shown)
    named = {" · ".join(map(show, values)) or "all": runs for values, runs in groups.items()}
    by = f"; colors: {' · '.join(shown)}" if shown and len(groups) <= MOST_GROUPS else ""
    missing = len(counted) - len(drawn)
    said = f"Error in training and on validation against the epoch, a line a run{by}."
    marks = (
        " Dashed lines did not finish; those with a cross failed."
        if any(r.state != TrialState.FINISHED for r in drawn)
        else ""
    )
    absent = f" {amount(missing, 'run')} {'has' if missing == 1 else 'have'} no curve." if missing else ""
    ends = "; ".join(_end(label, runs) for label, runs in list(named.items())[:12])
    return [
        Picture(
            run_curves(named, by=" · ".join(shown)),
            "curves",
            f"{said} Last validation errors: {ends}.",
            said + marks + absent,
        )
    ]


def _end(name: str, runs: Sequence[FoundRun]) -> str:
    last = [100 * (1 - run.curves["val/accuracy"][-1][1]) for run in runs if run.curves.get("val/accuracy")]
    return f"{name}: {np.mean(last):.3g} %" if last else f"{name}: none"


def _stem(text: str) -> str:
    return "-".join("".join(sign if sign.isalnum() else " " for sign in text.lower()).split())
