"""The runs that an answer rests on, however they ended, and what about them may speak against it."""

import shlex
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from depthlab.records import QuestionRecord, RunRef, TrialState, short_commit
from depthlab.report.blocks import Code, Folded, Notice, PageTable, Section


def run_section(about: QuestionRecord) -> Section:
    """Return the section that accounts for every run, with the command of each."""
    train = "depthlab train" if about.command[:1] == ("depthlab",) else "python train.py"
    commands = "\n".join(f"{train} {shlex.join(ref.words)}" for ref in about.runs)
    return Section(
        "Runs",
        (
            _account(about.runs),
            *run_notices(about),
            Folded("Every run", (run_table(about, "runs"),)),
            Folded("The command of each run alone", (Code(commands),)),
        ),
    )


def seed_notices(refs: Sequence[RunRef], *, named: bool) -> tuple[Notice, ...]:
    """Return what must not be missed before numbers are read: runs without a result, and a single seed.

    `named` tells whether they were named by `run=`, and not trained by the question.
    """
    return (*_lost_notice(refs), *_one_seed_notice(refs, named=named))


def date_text(date: str) -> str:
    """Return a date of a record, ISO 8601, to the minute: 2026-11-01 09:30 UTC. What is none is returned as it is."""
    try:
        return f"{datetime.fromisoformat(date).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    except ValueError:
        return date


def page_facts(about: QuestionRecord) -> tuple[tuple[str, str], ...]:
    """Return what stands at the foot of a question's page."""
    sweep = about.sweep if about.sweep_run is None else f"{about.sweep}, MLflow run {about.sweep_run}"
    return (
        ("command", shlex.join(about.command)),
        ("date", date_text(about.date)),
        ("hardware", "; ".join(about.hardware) or "unknown"),
        ("commit", ", ".join(about.commits) or "none"),
        ("libraries", ", ".join(f"{name} {version}" for name, version in about.versions.items())),
        *((("sweep", sweep),) if about.sweep else ()),  # none where runs were named
    )


def run_table(about: QuestionRecord, name: str) -> PageTable:
    """Return a row for each run that was asked for."""
    head = (*("run", *about.axes, "state", "fault"), *("hardware", "commit", "folder", "MLflow run", "fingerprint"))
    rows = [
        (
            ref.name,
            *(ref.values.get(axis) for axis in about.axes),
            ref.state,
            f"{ref.fault}: {ref.message}" if ref.fault else None,
            ref.hardware or None,
            ref.commit and short_commit(ref.commit),
            ref.folder,
            ref.run_id,
            ref.fingerprint,
        )
        for ref in about.runs
    ]
    return PageTable(head, tuple(rows), name=name)


def run_notices(about: QuestionRecord) -> tuple[Notice, ...]:
    """Return what a reader must know of where and with what the runs were computed."""
    notices = [*_look_notices(about)]
    if about.chosen:
        notices.append(Notice(f"{' '.join(about.chosen)} Test errors of other values are not shown."))
    if about.left_out:
        listed = "; ".join(about.left_out[:10])
        rest = f"; and {len(about.left_out) - 10} more" if len(about.left_out) > 10 else ""
        notices.append(Notice(f"Left out as impossible: {listed}{rest}."))
    if len(about.commits) > 1:
        notices.append(
            Notice(
                f"The runs were begun at {len(about.commits)} states of the code: {', '.join(about.commits)}. What "
                "training computes was the same in all of them, by the number of its arithmetic, which is part of a "
                "run's fingerprint.",
            )
        )
    if divided := [ref.name for ref in about.runs if ref.parts > 1]:
        notices.append(
            Notice(
                f"For {len(divided)} of {len(about.runs)} runs memory ran out, and their batches were computed in "
                f"parts, of which batch normalization sees one at a time: {', '.join(divided[:5])}. They are not quite "
                "the networks of the others.",
                "warning",
            )
        )
    if len(about.hardware) > 1:
        notices.append(
            Notice(
                "The runs were computed on different hardware, or with different threads or precision: "
                f"{'; '.join(about.hardware)}. Rounding differs between them, as between seeds.",
                "warning",
            )
        )
    return tuple(notices)


def _look_notices(about: QuestionRecord) -> list[Notice]:
    """Say how often growing runs were looked at, which gives luck as many chances, and what became of `until=`."""
    notices = [Notice(about.until)] if about.until else []
    if about.counted_looks > 1:
        seeds = ", ".join(
            str(low) if low == high else f"{low} to {high}" for low, high in (one.seeds for one in about.looks)
        )
        notices.append(
            Notice(
                f"These runs were looked at {len(about.looks)} times as they grew, with {seeds} seeds a network. Luck "
                f"had as many chances, so that a claim is made only where its p is below 0.05 / {about.counted_looks}; "
                f"intervals beside claims are {100 * (1 - 0.05 / about.counted_looks):.3g} % ones where they are not "
                "widened further."
            )
        )
    return notices


def _account(refs: Sequence[RunRef]) -> str:
    states = Counter(ref.state for ref in refs)
    total = len(refs)
    counted = ", ".join(f"{count} {state}" for state, count in states.most_common())
    return f"{total} {'run was' if total == 1 else 'runs were'} asked for: {counted}."


def _lost_notice(refs: Sequence[RunRef]) -> tuple[Notice, ...]:
    lost = [ref for ref in refs if ref.state != TrialState.FINISHED]
    if not lost:
        return ()
    kinds = Counter(ref.fault or ref.state for ref in lost)
    counted = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    text = f"{len(lost)} of {len(refs)} runs have no result ({counted}): they are in no mean."
    return (Notice(f"{text} The table of runs says why.", "warning"),)


def _one_seed_notice(refs: Sequence[RunRef], *, named: bool) -> tuple[Notice, ...]:
    if not refs or max(Counter(ref.group for ref in refs).values()) > 1:
        return ()
    advice = "Type `seed=0,1,2` or more."
    if named:
        advice = "Train their networks with more seeds, and name all of the runs in `run=`."
    return (Notice(f"One seed: every number here is a point, and no claim is made. {advice}"),)
