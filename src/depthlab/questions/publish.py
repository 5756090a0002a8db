"""The end of a question: its page and its record as files and in the store, its verdict on the terminal."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from depthlab.invocation import command
from depthlab.records import QuestionRecord
from depthlab.sweeps.result import SweepResult, send_report
from depthlab.tracking import write_atomically
from depthlab.tracking.answers import question_tag
from depthlab.tracking.views import RUNS, TABLES, View, axis_along, views_of_axes

if TYPE_CHECKING:
    from depthlab.report import Page

Store = tuple[tuple[str, str], str | None]  # an address and an experiment, and the run there


def write_answer(page: "Page", record: Any, output: Path) -> list[Path]:
    """Write the page and `record.json` to `output`, and return all files. Raises `OSError`."""
    from depthlab.report import write_page

    paths = write_page(page, output)
    write_atomically(output / "record.json", record.to_json())
    return [*paths, output / "record.json"]


def send_answer(
    about: QuestionRecord, files: Iterable[Path], output: Path, stores: Sequence[Store], *, blind: bool
) -> None:
    """Send the files to `report/QUESTION/` among the artifacts of runs, and tell of the answer at all of its runs.

    What can't be sent is a line of warning. `blind` keeps verdict and test errors out of MLflow's lists and charts.
    """
    if not stores:
        return
    from depthlab.tracking.answers import Answer

    verdict = "" if blind else " ".join(about.verdict[:1])
    sent = {path.relative_to(output).as_posix(): path for path in files}
    answer = Answer(about.question, verdict, sent, answer_view(about, test=not blind))
    for store, run_id in stores:
        send_report(store, run_id, answer)


def answer_view(about: QuestionRecord, *, test: bool) -> View:
    """Return the view of a question's runs in MLflow: errors along the axis that it is about, for each network.

    Where what was found is no metric of the runs, it is their table alone.
    """
    values = [run.values for run in about.runs]
    varied = [axis for axis in about.axes if len({repr(one.get(axis)) for one in values}) > 1]
    along = axis_along(varied, values)
    where = f"tags.`{question_tag(about.question)}` LIKE '%' AND {RUNS}"
    first, *_ = views_of_axes("", where, about.axes, along=along, names={}, test=test)
    named = replace(first, key=about.question, name=about.question.replace("_", " ").capitalize())
    return replace(named, charts=(), groups=()) if about.question in TABLES else named


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
