"""The page that tests the ensemble reading: what has to be told is on it, and it is in order in a browser."""

import math

import pytest

from depthlab.questions.exponent.figures import along
from depthlab.questions.exponent.page import page as exponent_page
from depthlab.questions.exponent.record import ExponentRecord, ExponentRun
from depthlab.questions.exponent.verdict import judge
from depthlab.records import MatchedNetwork, QuestionRecord, RunRef
from tests.chromium import NARROW, WIDE, OpenPage
from tests.questions.exponent.networks import SHAPES, exponent_runs
from tests.questions.written import Pages, write_once

pytestmark = pytest.mark.slow

SHARE = 1 / 3
NETWORKS = tuple(
    MatchedNetwork(
        network=f"resnext-{3 * units + 2} {cardinality}x4d",
        family="resnext",
        axis="base" if cost == 100 else "depth" if cardinality == 4 else "cardinality",
        words=("model=resnext",),
        values={"depth": 3.0 * units + 2, "cardinality": float(cardinality)},
        budget=1e3 * cost,
        cost=1e3 * cost,
        mismatch=0.0,
        parameters=10 * cost,
        multiply_adds=1000 * cost,
    )
    for units, cardinality, cost in SHAPES
)


def ref_of(run: ExponentRun) -> RunRef:
    values = {"model": run.family, "depth": 3 * run.units + 2, "model.cardinality": run.cardinality, "seed": run.seed}
    return RunRef(
        name=f"{run.network} · digits · seed {run.seed}",
        group=run.network,
        series=run.family,
        place=float(run.units),
        state="finished",
        values=values,
        fingerprint=run.fingerprint,
        words=tuple(f"{key}={value}" for key, value in values.items()),
        folder=run.fingerprint,
        hardware="a processor, threads: 1, fp32",
        commit="c0ffee",
    )


def record_of(runs: list[ExponentRun], *, found: bool = True) -> ExponentRecord:
    about = QuestionRecord(
        question="exponent",
        command=("python", "pipelines/exponent.py"),
        date="2026-11-23T12:00:00+00:00",
        sweep="0123456789abcdef",
        sweep_run=None,
        axes=("model", "depth", "model.cardinality", "seed"),
        held={"data": "digits", "epochs": 20},
        hardware=("a processor, threads: 1, fp32",),
        commits=("c0ffee",),
        versions={"torch": "2.13.0"},
        runs=tuple(map(ref_of, runs)),
    )
    return judge(ExponentRecord(about, NETWORKS if found else (), tuple(runs), SHARE, images=360))


def several(seeds: int = 3) -> list[ExponentRun]:
    return exponent_runs(lambda n, c: 60 - 10 * math.log2(n) - 3 * math.log2(c), lambda n, c: n * c**0.3, seeds)


REFUSED = ExponentRun("x", "plain-20", "plain", 0, 0, 1, 1, 1, 9.0, 0.0, note="no unit of it adds to a skip")
RECORDS = {
    "several": lambda: record_of(several()),
    "one": lambda: record_of(several(1)),
    "depths": lambda: record_of([run for run in several() if run.cardinality == 4] + [REFUSED], found=False),
    "none": lambda: record_of([REFUSED], found=False),
}
Get = Pages[ExponentRecord]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Get:
    return write_once(exponent_page, RECORDS, tmp_path_factory)


def test_verdict_figure_and_tables_are_there(page: Get) -> None:
    several = page("several")
    assert [sentence for sentence in several.record.about.verdict if sentence not in several.text] == []
    assert several.figures == {"exponent"}
    assert several.tables == {"networks", "parts", "slopes", "matching", "lesions", "runs"}


def test_each_network_has_its_means(page: Get) -> None:
    rows = {row["network"]: row for row in page("several").table("networks")}
    assert len(rows) == len(SHAPES)
    base = rows["resnext-20 4x4d"]
    assert float(base["log₂ paths"]) == pytest.approx(6 * math.log2(5))
    assert float(base["rise, some units"]) == pytest.approx(60 - 10 * math.log2(6) - 6)
    assert float(base["votes (units)"]) == pytest.approx(6 * 4**0.3, rel=0.02)
    assert float(base["units that matter"]) == pytest.approx(5)


def test_every_lesion_is_in_a_table(page: Get) -> None:
    several = page("several")
    count = sum(len(pieces.lesions) for run in several.record.runs for pieces in run.pieces)
    assert len(several.table("lesions")) == count


def test_lines_lead_from_the_base_along_one_axis_each() -> None:
    runs = several(1)
    assert [(run.units, run.cardinality) for run in along("depth", runs)] == [(6, 4), (12, 4), (18, 4)]
    assert [(run.units, run.cardinality) for run in along("cardinality", runs)] == [(6, 4), (6, 9), (6, 14)]


def test_one_seed_and_refused_networks_are_told(page: Get) -> None:
    assert "One seed: every number here is a point" in page("one").text
    assert "plain-20 is left out: no unit of it adds to a skip." in page("depths").text
    assert "differ in cardinality alone" in page("depths").text


@pytest.mark.parametrize("name", RECORDS)
def test_the_verdict_is_that_of_the_record_alone(name: str) -> None:
    record = RECORDS[name]()
    assert judge(ExponentRecord.from_json(record.to_json())) == record


@pytest.mark.parametrize("name", RECORDS)
def test_pages_are_in_order_in_a_browser(name: str, page: Get, open_page: OpenPage) -> None:
    for width, dark in ((WIDE, False), (NARROW, False), (WIDE, True)):
        open_page(page(name).folder / "index.html", width, dark=dark).check()
