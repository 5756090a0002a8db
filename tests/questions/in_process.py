"""A question answered in this process, its runs trained one after the other: no cluster, and no imports anew.

That sweeps compute on Ray is tested in tests/sweeps; lesion trains on Ray from its command.
"""

import io
import runpy
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import pytest

from depthlab.records import Record
from tests.questions.conftest import Answer
from tests.rules import ROOT
from tests.sweeps.in_turn import without_ray

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Told(Generic[R]):
    """The answer to a command, and what it left in a folder of its own."""

    place: Path
    answer: Answer
    record: R

    @property
    def report(self) -> Path:
        return self.place / "report"


def ask(name: str, record: type[R], *words: str, place: Path) -> Told[R]:
    """Ask a question about a sweep that is not tracked; its page and record must be there, whatever the exit code."""
    places = (f"tracking.folder={place}/runs", "tracking=none", f"output={place}/report")
    answer = answer_in_process(name, *words, *places, folder=place)
    assert (place / "report" / "record.json").is_file(), answer.err
    return Told(place, answer, record.read(place / "report" / "record.json"))


def answer_in_process(name: str, *words: str, folder: Path) -> Answer:
    """Run pipelines/NAME.py with the words that a person would type in a folder."""
    script, out, err = f"pipelines/{name}.py", io.StringIO(), io.StringIO()
    code: Any = 0
    with (
        pytest.MonkeyPatch.context() as patch,
        chdir(folder),
        redirect_stdout(out),
        redirect_stderr(err),
        without_ray(),
    ):
        patch.setattr(sys, "argv", [script, *words])
        try:
            runpy.run_path(str(ROOT / script), run_name="__main__")
        except SystemExit as ended:
            code = ended.code
    return Answer(code, out.getvalue(), err.getvalue())
