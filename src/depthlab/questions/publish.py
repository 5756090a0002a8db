"""The end of a question: its page and its record as files and in the store, its verdict on the terminal."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from depthlab.records import Record
from depthlab.sweeps.result import SweepResult, attach
from depthlab.tracking import write_atomically

if TYPE_CHECKING:
    from depthlab.report import Page


def publish(swept: SweepResult, page: "Page", record: Record, verdict: Sequence[str], output: Path) -> None:
    """Write the page and `record.json` to `output`, send them to the sweep's own MLflow run, and tell the verdict.

    Raises:
        OSError: the folder can't be written.
        SystemExit: with 3 if trials are missing, when all else is done.
    """
    from depthlab.report import write_page

    paths = write_page(page, output)
    write_atomically(output / "record.json", record.to_json())
    attach(swept, {path.relative_to(output).as_posix(): path for path in [*paths, output / "record.json"]})
    swept.show()
    print("", *verdict, f"page: {output / 'index.html'}", sep="\n", flush=True)
    swept.end()


def check_answerable(swept: SweepResult) -> None:
    """See that a run has come to its end; else print the sweep's table, and say what became of the runs.

    Raises:
        SystemExit: with 3 if none has, as trials are missing.
        ValueError: none has and none is missing, as all were stopped early.
    """
    if swept.finished:
        return
    swept.show()
    nothing = "no run has come to its end, so there is nothing to answer from and no page"
    shown = f"a page of the runs: python pipelines/report.py sweep={swept.folder.name} folder={swept.runs}"
    if swept.missing:
        print("", nothing, shown, sep="\n", flush=True)
        swept.end()
    raise ValueError(f"{nothing}; {shown}")
