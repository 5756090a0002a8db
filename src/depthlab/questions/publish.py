"""The end of a question: its page and its record as files and in the store, its verdict on the terminal."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from depthlab.invocation import command
from depthlab.sweeps.result import REPORT, SweepResult, send_report
from depthlab.tracking import write_atomically

if TYPE_CHECKING:
    from depthlab.report import Page

Store = tuple[tuple[str, str], str | None]  # an address and an experiment, and the run there


def write_answer(page: "Page", record: Any, output: Path) -> list[Path]:
    """Write the page and `record.json` to `output`, and return all files. Raises `OSError`."""
    from depthlab.report import write_page

    paths = write_page(page, output)
    write_atomically(output / "record.json", record.to_json())
    return [*paths, output / "record.json"]


def send_answer(question: str, files: Iterable[Path], output: Path, stores: Iterable[Store]) -> None:
    """Send the files to `report/QUESTION/` among the artifacts of runs; what can't be sent is a line of warning."""
    artifacts = {f"{REPORT}/{question}/{path.relative_to(output).as_posix()}": path for path in files}
    for store, run_id in stores:
        send_report(store, run_id, artifacts)


def tell_verdict(verdict: Iterable[str], output: Path) -> None:
    """Print the verdict, and where the page is."""
    print("", *verdict, f"page: {output / 'index.html'}", sep="\n", flush=True)


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
    shown = f"a page of the runs: {command('report', f'sweep={swept.folder.name}', f'folder={swept.runs}')}"
    if swept.missing:
        print("", nothing, shown, sep="\n", flush=True)
        swept.end()
    raise ValueError(f"{nothing}; {shown}")
