"""The question of width against depth from its command to its page, in the small."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from depthlab.questions.width_vs_depth.record import WidthVsDepthRecord
from depthlab.questions.width_vs_depth.verdict import judge
from depthlab.tracking import open_client
from tests.chromium import NARROW, WIDE, OpenPage
from tests.questions.by_hand import width_by_hand
from tests.questions.conftest import Answer, Pipeline
from tests.questions.in_process import answer_in_process
from tests.sweeps.planned import TINY


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("match=flops",), "match=flops: networks are matched by parameters, multiply_adds or time"),
        (("depth=14,26",), "depth has several values: type one, from which deeper and wider networks are found"),
        (("depth=[2,2,2]",), "depth=[2,2,2] can't be raised step by step"),
        (("depth=15",), "can't have depth=15"),
        (("model=alexnet",), "alexnet"),
        (("budget=lots",), "budget=lots is no amount: type multiples of the base such as 2.3x,3.6x,4.9x, or numbers"),
        (("budget=0.5x",), "budget=0.5x is not above the cost of the base network"),
        (("resnext=data=digits",), "'data=digits' can't stand there; type words such as resnext='depth=11"),
        (("budgt=2x",), "did you mean budget?"),
    ],
)
def test_mistakes_are_a_line(pipeline: Pipeline, words: tuple[str, ...], said: str) -> None:
    answer = pipeline("width_vs_depth", *TINY, *words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err and answer.err.count("\n") == 1


def test_help_tells_what_can_be_typed(pipeline: Pipeline) -> None:
    answer = pipeline("width_vs_depth", "--help")
    assert answer.code == 0 and answer.err == ""
    assert all(word in answer.out for word in ("match", "multiply_adds", "budget", "resnext", "depth=8 width=1"))


@dataclass(frozen=True)
class Told:
    """The answer to a command."""

    place: Path
    answer: Answer
    record: WidthVsDepthRecord

    @property
    def report(self) -> Path:
        return self.place / "report"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Told:
    place = tmp_path_factory.mktemp("width_vs_depth")
    words = (
        *(*TINY, "depth=8", "seed=0,1", "epochs=1", "budget=2x,3x", "match=multiply_adds"),
        *(f"tracking.folder={place}/runs", f"tracking.uri=sqlite:///{place}/mlflow.db", f"output={place}/report"),
    )
    ended = answer_in_process("width_vs_depth", *words, folder=place)
    assert (place / "report" / "record.json").is_file(), ended.err
    record = WidthVsDepthRecord.read(place / "report" / "record.json")
    return Told(place, ended, record)


@pytest.mark.slow
def test_networks_of_equal_cost_are_found_run_and_told(small: Told) -> None:
    assert small.answer.code == 0, small.answer.err
    assert f"page: {small.report / 'index.html'}" in small.answer.out
    assert small.record.about.verdict[0] in small.answer.out
    axes = [one.axis for one in small.record.networks]
    assert axes == ["base", "base", *("depth", "width", "cardinality") * 2]
    for one in small.record.networks:
        assert one.cost == one.multiply_adds and abs(one.mismatch) < 25 and one.step_seconds
        assert f"{one.mismatch:+.1f} % of the budget" in small.answer.out
    assert {one.family for one in small.record.networks if one.axis == "cardinality"} == {"resnext"}


@pytest.mark.slow
def test_every_network_has_its_runs(small: Told) -> None:
    networks = {one.network: one for one in small.record.networks}
    assert len(small.record.measured) == 2 * len(networks)
    for run in small.record.measured:
        one = networks[run.network]
        assert (run.parameters, run.multiply_adds) == (one.parameters, one.multiply_adds), "it is the network it names"
    with (small.report / "tables" / "networks.csv").open() as file:
        assert [row["runs"] for row in csv.DictReader(file)] == ["2 of 2"] * len(networks)


@pytest.mark.slow
def test_the_verdict_follows_from_the_record(small: Told) -> None:
    record = small.record
    assert judge(record) == record
    assert width_by_hand(json.loads((small.report / "record.json").read_text())) == len(record.measured)


@pytest.mark.slow
def test_the_report_is_with_the_sweeps_own_run(small: Told) -> None:
    client, _ = open_client(f"sqlite:///{small.place}/mlflow.db", "depthlab")
    assert small.record.about.sweep_run is not None
    sent = {item.path for item in client.list_artifacts(small.record.about.sweep_run, "report/width_vs_depth")}
    assert {f"report/width_vs_depth/{name}" for name in ("index.html", "record.json", "figures", "tables")} <= sent


@pytest.mark.slow
def test_the_page_is_in_order_in_a_browser(small: Told, open_page: OpenPage) -> None:
    for width in (WIDE, NARROW):
        open_page(small.report / "index.html", width).check()
