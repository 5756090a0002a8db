"""How often a question was asked of a sweep as its runs grew: each look is a chance to find something by luck."""

from collections import Counter
from pathlib import Path

from depthlab.records import Look, QuestionRecord, TrialState
from depthlab.tracking import write_atomically

FILE = "looks.jsonl"  # in the sweep's folder, a line each


def looks_at(folder: Path, about: QuestionRecord, until: float | None) -> tuple[Look, ...]:
    """Return the looks that were taken at a sweep, in its `folder`, for this question; the present one last.

    A look at the runs of the look before is none. Those of one `until=` in a row are one, the last: so the same command
    again takes the same steps.
    """
    finished = [ref for ref in about.runs if ref.state == TrialState.FINISHED]
    counts = Counter(ref.group for ref in finished).values()
    fingerprints = tuple(sorted(ref.fingerprint for ref in finished))
    look = Look(about.question, about.date, fingerprints, (min(counts), max(counts)), until)
    earlier = [one for one in _read(folder) if one.question == about.question]
    while earlier and until is not None and earlier[-1].until == until:
        earlier.pop()
    if earlier and earlier[-1].finished == fingerprints:
        earlier.pop()
    return (*earlier, look)


def note_looks(folder: Path, looks: tuple[Look, ...]) -> None:
    """Write the looks of one question into the sweep's folder, beside those of others. Raises `OSError`."""
    if looks:
        others = [one for one in _read(folder) if one.question != looks[-1].question]
        lines = (one.to_json().replace("\n", " ").strip() + "\n" for one in (*others, *looks))
        write_atomically(folder / FILE, "".join(lines))


def _read(folder: Path) -> list[Look]:
    file = folder / FILE
    return [Look.from_json(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.is_file() else []
