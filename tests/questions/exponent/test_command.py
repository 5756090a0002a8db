"""The test of the ensemble reading from its command to its page, in the small."""

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest

from depthlab.questions.exponent.record import ExponentRecord
from depthlab.questions.exponent.verdict import judge
from depthlab.tracking import open_client
from tests.chromium import NARROW, WIDE, OpenPage
from tests.questions.conftest import Answer, Pipeline, Trained
from tests.questions.in_process import answer_in_process
from tests.sweeps.planned import TINY


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("budget=lots",),
            "budget=lots is no amount: type multiples of the base such as 1.35x,1.7x,",
        ),
        (("budget=1x",), "budget=1x is not above the cost of the base network"),
        (("share=1.5",), "share=1.5 must be between 0 and 1, such as share=0.33"),
        (("draws=0",), "draws=0 must be a whole number of 1 or more, such as draws="),
        (("depth=20,29",), "depth has several values: type one, from which deeper networks"),
        (("model=wide_resnet", "depth=16", "~model.cardinality", "~model.group_width"), "model"),
        (("drwas=3",), "did you mean draws?"),
    ],
)
def test_mistakes_are_a_line(pipeline: Pipeline, words: tuple[str, ...], said: str) -> None:
    answer = pipeline("exponent", *TINY, *words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err and answer.err.count("\n") == 1


def test_help_tells_what_can_be_typed(pipeline: Pipeline) -> None:
    answer = pipeline("exponent", "--help")
    assert answer.code == 0 and answer.err == ""
    assert all(word in answer.out for word in ("run ", "budget", "share", "draws", "images", "model=resnext depth=20"))


def test_a_run_that_is_named_is_lesioned(pipeline: Pipeline, trained: Trained, tmp_path: Path) -> None:
    where = (f"run={trained.record.folder}", "tracking=none", f"tracking.folder={trained.root}")
    answer = pipeline("exponent", *where, f"output={tmp_path}", "draws=2")
    assert answer.code == 0, answer.err
    record = ExponentRecord.read(tmp_path / "record.json")
    (run,) = record.runs
    assert (run.network, run.units, run.cardinality, record.images) == ("resnet-8", 3, 1, 40)
    assert run.error == pytest.approx(100 * (1 - trained.record.metrics["test/accuracy"]))
    assert [one.name for one in run.pieces[0].lesions] == ["1.1", "2.1", "3.1"]
    assert "is not decided" in answer.out and record.networks == ()


@dataclass(frozen=True)
class Told:
    """The answer to a command."""

    place: Path
    answer: Answer
    record: ExponentRecord

    @property
    def report(self) -> Path:
        return self.place / "report"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Told:
    place = tmp_path_factory.mktemp("exponent")
    words = (
        *(*TINY, "seed=0,1", "epochs=1", "budget=2x", "draws=3", "model.cardinality=2"),
        *(f"tracking.folder={place}/runs", f"tracking.uri=sqlite:///{place}/mlflow.db", f"output={place}/report"),
    )
    ended = answer_in_process("exponent", *words, folder=place)
    assert (place / "report" / "record.json").is_file(), ended.err
    record = ExponentRecord.read(place / "report" / "record.json")
    return Told(place, ended, record)


@pytest.mark.slow
def test_networks_of_equal_cost_are_found_run_and_lesioned(small: Told) -> None:
    assert small.answer.code == 0, small.answer.err
    record = small.record
    assert [one.axis for one in record.networks] == ["base", "depth", "cardinality"]
    assert all(abs(one.mismatch) < 25 for one in record.networks)
    assert len(record.runs) == 2 * len(record.networks)
    found = {one.network: one for one in record.networks}
    for run in record.runs:
        one = found[run.network]
        assert (run.multiply_adds, run.cardinality) == (one.multiply_adds, one.values["cardinality"])
        assert run.units == (one.values["depth"] - 2) / 3
        units, groups = run.pieces
        assert (len(units.lesions), len(groups.lesions)) == (run.units, run.units * run.cardinality)
    with (small.report / "tables" / "networks.csv").open() as file:
        assert [row["seeds"] for row in csv.DictReader(file)] == ["2"] * 3


@pytest.mark.slow
def test_the_verdict_follows_from_the_record(small: Told) -> None:
    assert judge(small.record) == small.record


@pytest.mark.slow
def test_the_report_is_with_the_sweeps_own_run(small: Told) -> None:
    client, _ = open_client(f"sqlite:///{small.place}/mlflow.db", "depthlab")
    assert small.record.about.sweep_run is not None
    sent = {item.path for item in client.list_artifacts(small.record.about.sweep_run, "report/exponent")}
    assert {"report/exponent/index.html", "report/exponent/record.json", "report/exponent/figures"} <= sent


@pytest.mark.slow
def test_the_page_is_in_order_in_a_browser(small: Told, open_page: OpenPage) -> None:
    for width in (WIDE, NARROW):
        open_page(small.report / "index.html", width).check()
