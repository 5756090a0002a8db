"""With which code, libraries and machines runs were computed: what has to be the same before numbers are compared."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from depthlab.questions.wording import counted
from depthlab.records import FoundRun, short_commit
from depthlab.report.blocks import Block, Code, Folded, Notice, PageTable

_ARITHMETIC = ("torch", "numpy", "pytorch-lightning")
_MOST_LIBRARIES = 12
_MOST_CHANGES = 20_000  # characters of a patch on a page


def version_of(run: FoundRun) -> str:
    """Return the version of the code in a few words: `1a2b3c4d + changes 5e6f7a`."""
    commit = short_commit(run.commit, 8) if run.commit else "no commit"
    if not run.changed:
        return commit
    return f"{commit} + changes {_digest(run.diff)}" if run.diff else f"{commit} + changes"


def code_notice(runs: Sequence[FoundRun]) -> Notice | None:
    """Return what a reader must know of the versions of the code; None where there is one, committed and known."""
    versions = Counter(version_of(run) for run in runs)
    changed = sum(run.changed for run in runs)
    unknown = sum(run.commit is None for run in runs)
    if len(versions) > 1:
        told = ", ".join(f"{count} with {version}" for version, count in versions.most_common(6))
        rest = f" and {len(versions) - 6} more versions" if len(versions) > 6 else ""
        said = f"Mixed code: {len(runs)} runs come from {len(versions)} versions of the code ({told}{rest})."
        sources = {run.source for run in runs}
        if "" not in sources and len(sources) == 1:
            same = "The code that computes (data, models, nn, training) was the same in all of them, by its checksum."
            return Notice(f"{said} {same}")
        if "" not in sources:
            said += f" The code that computes (data, models, nn, training) differed as well: {len(sources)} checksums."
        return Notice(f"{said} A difference between their results may be one of the code.", "warning")
    if changed:
        plural = "run was" if changed == 1 else "runs were"
        said = f"{changed} {plural} computed with uncommitted changes, which are shown below as far as they are known."
        return Notice(said, "warning")
    if unknown:
        return Notice(f"Of {counted(unknown, 'run')} the commit of the code is not known.", "warning")
    return None


def environment_blocks(runs: Sequence[FoundRun]) -> tuple[Block, ...]:
    """Return tables of code, machines and libraries, a row for each that was used, and the uncommitted changes."""
    blocks: list[Block] = [
        _count_table(
            runs,
            ("code", "checksum of what computes", "python", "torch", "hardware", "images"),
            lambda run: (
                version_of(run),
                run.source[:8] or None,
                run.python or None,
                run.versions.get("torch"),
                run.hardware or None,
                run.data[:8] or None,
            ),
            caption="A row for each combination. Hardware is the processor or GPU, its threads and the precision.",
            name="environments",
        )
    ]
    if (table := _library_table(runs)) is not None:
        blocks.append(table)
    return (*blocks, *_changes(runs))


def _count_table(runs: Sequence[FoundRun], head: tuple[str, ...], row: Any, *, caption: str, name: str) -> PageTable:
    counts = Counter(row(run) for run in runs)
    rows = tuple((*values, count) for values, count in counts.most_common())
    return PageTable((*head, "runs"), rows, caption, name)


def _library_table(runs: Sequence[FoundRun]) -> PageTable | None:
    """Return the libraries of which runs had different versions, those that compute first."""
    known = [run for run in runs if run.versions]
    names = {name for run in known for name in run.versions}
    differing = [name for name in names if len({run.versions.get(name) for run in known}) > 1]
    if not differing:
        return None
    ordered = sorted(differing, key=lambda name: (name.lower() not in _ARITHMETIC, name.lower()))
    rows = tuple((name, _listed(run.versions.get(name, "absent") for run in known)) for name in ordered)
    left = len(rows) - _MOST_LIBRARIES
    more = f" {left} more are left out here." if left > 0 else ""
    caption = f"Libraries of which not all runs had the same version.{more}"
    return PageTable(("library", "versions"), rows[:_MOST_LIBRARIES], caption)


def _listed(values: Iterable[str]) -> str:
    counts = Counter(values)
    return ", ".join(f"{value} ({counted(count, 'run')})" for value, count in counts.most_common())


def _changes(runs: Sequence[FoundRun]) -> list[Block]:
    patches = {version_of(run): run.diff for run in runs if run.diff}
    return [
        Folded(f"Uncommitted changes of {version}", (Code(_cut(patch)),)) for version, patch in sorted(patches.items())
    ]


def _cut(patch: str) -> str:
    return patch if len(patch) <= _MOST_CHANGES else f"{patch[:_MOST_CHANGES]}\n[cut: it has {len(patch)} characters]"


def _digest(diff: str) -> str:
    return hashlib.sha256(diff.encode(errors="replace")).hexdigest()[:6]
