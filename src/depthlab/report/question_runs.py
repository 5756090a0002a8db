"""The runs that an answer rests on, however they ended, and what about them may speak against it."""

from depthlab.records import QuestionRecord
from depthlab.report.page_blocks import Notice, PageTable


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
            ref.commit and ref.commit[:10],
            ref.folder,
            ref.run_id,
            ref.fingerprint,
        )
        for ref in about.runs
    ]
    return PageTable(head, tuple(rows), name=name)


def run_notices(about: QuestionRecord) -> tuple[Notice, ...]:
    """Return what a reader must know of where and with what the runs were computed."""
    notices = []
    if about.left_out:
        listed = "; ".join(about.left_out[:10])
        rest = f"; and {len(about.left_out) - 10} more" if len(about.left_out) > 10 else ""
        notices.append(Notice(f"Left out, as it can't be had: {listed}{rest}."))
    if len(about.commits) > 1:
        notices.append(
            Notice(
                f"The runs were begun at {len(about.commits)} states of the code. What decides their results was the "
                "same in all of them: it is part of a run's fingerprint.",
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
