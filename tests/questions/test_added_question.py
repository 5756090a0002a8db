"""A question that a person adds: a folder of files in a package of their own; no file of the project is edited."""

import json
import sys
from importlib import import_module
from pathlib import Path

import pytest

from depthlab.questions import Question, answer
from depthlab.tracking import open_client
from tests.questions.conftest import RECIPE, Trained

FILES = {
    "__init__": "",
    "question": '''
from depthlab.questions import Arguments, Question
from depthlab.questions.runs import RUN_KEYS, TrainedRuns, find_runs

def find(arguments: Arguments, options: int) -> TrainedRuns[None] | None:
    return find_runs(arguments, "largest_weights", plan=None)

def read_options(arguments: Arguments) -> int:
    return int(arguments.options.get("top", "1"))

QUESTION = Question(
    name="largest_weights",
    about="How large do weights get?",
    package=__package__,
    find=find,
    read=read_options,
    options={**RUN_KEYS, "top": "how many weights of each network [1]"},
    sweep="none",
)
''',
    "record": '''
from dataclasses import dataclass

from depthlab.records import QuestionRecord
from depthlab.records.base import Record

@dataclass(frozen=True)
class WeightsRecord(Record):
    about: QuestionRecord
    largest: dict[str, tuple[float, ...]]  # run -> its largest weights
''',
    "measure": '''
import torch

from depthlab.questions.runs import TrainedRuns
from largest_weights.record import WeightsRecord

def measure(runs: TrainedRuns[None], options: int) -> WeightsRecord:
    largest = {}
    for one in runs.finished:
        weights = torch.cat([p.detach().abs().flatten() for p in one.run.network("final").parameters()])
        largest[one.ref.name] = tuple(weights.topk(options).values.tolist())
    return WeightsRecord(runs.about, largest)
''',
    "verdict": '''
from dataclasses import replace

from largest_weights.record import WeightsRecord

def judge(record: WeightsRecord) -> WeightsRecord:
    verdict = tuple(f"{name} has a weight of {found[0]:.3f}." for name, found in record.largest.items())
    return replace(record, about=replace(record.about, verdict=verdict))
''',
    "page": '''
from depthlab.report import Page, PageTable, Section
from largest_weights.record import WeightsRecord

def page(record: WeightsRecord) -> Page:
    rows = tuple((name, *found) for name, found in record.largest.items())
    head = ("run", *(f"{rank}." for rank in range(1, len(rows[0]))))
    table = PageTable(head, rows, name="weights")
    return Page("Weights", "\\n".join(record.about.verdict), (Section("Largest weights", (table,)),))
''',
}  # fmt: skip


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Question:
    folder = tmp_path / "largest_weights"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.partition(".")[0] == "largest_weights"]:
        monkeypatch.delitem(sys.modules, name)
    question = import_module("largest_weights.question").QUESTION
    assert isinstance(question, Question)
    return question


def tracking(trained: Trained) -> list[str]:
    return [f"tracking.folder={trained.root}", f"tracking.uri={trained.uri}"]


def test_it_is_answered_from_a_run_that_is_named(
    added: Question, trained: Trained, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(added, [f"run={trained.run_id}", "top=3", f"output={tmp_path}/page", *tracking(trained)])
    record = json.loads((tmp_path / "page" / "record.json").read_text())
    [(name, weights)] = record["largest"].items()
    assert name == trained.record.name and len(weights) == 3 and weights[0] >= weights[2] > 0
    [sentence] = record["about"]["verdict"]
    assert sentence == f"{name} has a weight of {weights[0]:.3f}."
    assert sentence in (tmp_path / "page" / "index.html").read_text() and sentence in capsys.readouterr().out
    assert (tmp_path / "page" / "tables" / "weights.csv").read_text().startswith("run,1.,2.,3.\n")
    client, _ = open_client(trained.uri, "depthlab")
    sent = {item.path for item in client.list_artifacts(trained.run_id, "report/largest_weights")}
    assert {f"report/largest_weights/{name}" for name in ("index.html", "record.json", "tables")} == sent


def test_it_is_answered_from_a_sweep(added: Question, trained: Trained, tmp_path: Path) -> None:
    answer(added, [*RECIPE, "seed=0", f"output={tmp_path}/page", *tracking(trained)])
    record = json.loads((tmp_path / "page" / "record.json").read_text())
    assert [run["folder"] for run in record["about"]["runs"]] == [trained.folder.name], "it was trained before"
    client, _ = open_client(trained.uri, "depthlab")
    sent = client.list_artifacts(record["about"]["sweep_run"], "report/largest_weights")
    assert any(item.path.endswith("/index.html") for item in sent)


def test_its_help_and_its_mistakes_are_those_of_every_question(
    added: Question, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        answer(added, ["--help"])
    shown = capsys.readouterr().out
    assert shown.startswith("How large do weights get?\n") and "how many weights of each network [1]" in shown
    with pytest.raises(SystemExit) as ended:
        answer(added, ["topp=3"])
    assert ended.value.code == 2 and "did you mean top?" in capsys.readouterr().err
