"""A question is a folder whose files keep to their roles, whose parts fit each other, and which a short script asks."""

import ast
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_type_hints

import pytest

from depthlab import run
from depthlab.questions import Arguments, Question
from depthlab.records import Record
from depthlab.report import Page
from tests.rules import ROOT
from tests.rules.questions import broken_roles, question_folders

QUESTIONS = ROOT / "src" / "depthlab" / "questions"
FOLDERS = question_folders(QUESTIONS)
ASKED = [name for name in FOLDERS if name != "runs_page"]  # a page of any runs, which measures and judges nothing
LONGEST_SCRIPT = 10  # lines


def question(name: str) -> Question:
    found = import_module(f"depthlab.questions.{name}.question").QUESTION
    assert isinstance(found, Question)
    return found


def test_files_keep_to_their_roles() -> None:
    assert broken_roles(ROOT / "src") == []


@pytest.mark.parametrize(
    ("file", "text", "complaint"),
    [
        ("reuse/verdict.py", "import torch", "1: a file of the role verdict may not import torch"),
        ("reuse/fit.py", "from depthlab.report import Page", "1: a file of the role judging may not import report"),
        (
            "reuse/verdict.py",
            "from depthlab.questions.reuse.measure.weights import INPUT",
            "1: a file of the role verdict may not import reuse.measure.weights.INPUT, of the role measure",
        ),
        ("reuse/record.py", "from depthlab.statistics import ALPHA", "record may not import statistics"),
        ("reuse/record.py", "from depthlab.questions.wording import points", "record may not import questions.wording"),
        ("reuse/plan.py", "def f():\n    import torch", "2: a file of the role plan may not import torch"),
        ("reuse/tuning_grid.py", "from depthlab.nn import Sum", "a file of the role plan may not import nn"),
        ("reuse/figures_layers.py", "import depthlab.sweeps", "a file of the role page may not import sweeps"),
        ("reuse/blocks.py", "from .verdict import judge", "may not import reuse.verdict.judge, of the role verdict"),
        ("reuse/measure/a.py", "from depthlab.report import Page", "a file of the role measure may not import report"),
        ("reuse/measure.py", "from depthlab.questions.reuse.page import page", "measure may not import reuse.page"),
        ("reuse/question.py", "from depthlab.nn import Sum", "of the role question may not import nn"),
        ("reuse/page.py", "from depthlab.questions.votes.record import R", "reuse may not import the question votes"),
        ("wording.py", "from depthlab.questions.votes import record", "share may not import the question votes"),
    ],
)  # fmt: skip
def test_an_import_against_a_role_is_found_and_named(tmp_path: Path, file: str, text: str, complaint: str) -> None:
    write(tmp_path, file, text)
    [found] = broken_roles(tmp_path / "src")
    assert complaint in found and found.startswith(f"src/depthlab/questions/{file}:")


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("reuse/verdict.py", "import math\nfrom scipy import stats\nfrom depthlab.questions.reuse.fit import fit"),
        ("reuse/measure/a.py", "import torch\nfrom depthlab.measures import layers\nfrom ..plan import Options"),
        ("reuse/page.py", "from depthlab.questions.reuse.record import R\nfrom .wording import told"),
        ("reuse/plan.py", "from depthlab.questions.runs import find_runs\nfrom depthlab.recipe import compose"),
        ("reuse/question.py", "from depthlab.questions import Question\nfrom depthlab.questions.reuse import plan"),
        ("grouping.py", "import numpy"),
    ],
)
def test_an_import_that_suits_a_role_passes(tmp_path: Path, file: str, text: str) -> None:
    write(tmp_path, file, text)
    assert broken_roles(tmp_path / "src") == []


def write(folder: Path, file: str, text: str) -> None:
    questions = folder / "src" / "depthlab" / "questions"
    for name, content in {"reuse/page.py": "", "votes/page.py": "", file: text}.items():
        (questions / name).parent.mkdir(parents=True, exist_ok=True)
        (questions / name).write_text(content)


@pytest.mark.parametrize("name", ASKED)
def test_the_parts_of_a_question_fit_each_other(name: str) -> None:
    asked = question(name)
    measure, judge, page = (asked.part(file).__dict__[part] for file, part in PARTS)
    find, read = signature(asked.find), signature(asked.read)
    measured, judged, drawn = signature(measure), signature(judge), signature(page)
    assert list(judged) == list(drawn) == ["record", "return"]
    record = measured["return"]
    assert issubclass(record, Record) and record.__module__ == f"{asked.package}.record"
    assert record is judged["record"] is judged["return"] is drawn["record"] and drawn["return"] is Page
    _, options, _ = find
    assert list(find) == ["arguments", options, "return"] and list(measured) == ["runs", options, "return"]
    assert find["arguments"] is Arguments is read["arguments"] and find[options] == read["return"] == measured[options]
    assert without_none(find["return"]) == measured["runs"]


PARTS = (("measure", "measure"), ("verdict", "judge"), ("page", "page"))


def signature(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the hints of parameters and result; those of runs may be imported for type checkers alone."""
    return get_type_hints(function, localns={name: getattr(run, name) for name in run.__all__})


def without_none(hint: Any) -> Any:
    """Return the hint of what is there where a hint allows None."""
    assert NoneType in get_args(hint), f"{hint}: a dry run returns None"
    [other] = [one for one in get_args(hint) if one is not NoneType]
    return other


@pytest.mark.parametrize("name", ASKED)
def test_a_short_script_asks_the_question(name: str) -> None:
    asked = question(name)
    text = (ROOT / "pipelines" / f"{asked.name}.py").read_text()
    assert asked.name == name and asked.package == f"depthlab.questions.{name}"
    assert len(text.splitlines()) <= LONGEST_SCRIPT and "answer(QUESTION)" in text
    imported = [node.module for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)]
    assert imported == ["depthlab.questions", f"depthlab.questions.{name}.question"]


@pytest.mark.parametrize("name", ASKED)
def test_the_named_space_and_the_examples_can_be_had(name: str) -> None:
    asked = question(name)
    assert (ROOT / "conf" / "sweep" / f"{asked.usage.sweep}.yaml").is_file()
    assert asked.about.strip() and all("\n" not in words for words in asked.examples)
