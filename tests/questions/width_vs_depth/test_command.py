"""The question of width against depth from its command to its page, in the small."""

import csv
import json

import pytest

from depthlab.questions.width_vs_depth.record import WidthVsDepthRecord
from depthlab.questions.width_vs_depth.verdict import judge
from tests.chromium import NARROW, WIDE, OpenPage
from tests.questions.by_hand import width_by_hand
from tests.questions.in_process import Told, ask
from tests.sweeps.planned import TINY


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Told[WidthVsDepthRecord]:
    words = (*TINY, "depth=8", "seed=0,1", "epochs=1", "budget=2x,3x", "match=multiply_adds")
    return ask("width_vs_depth", WidthVsDepthRecord, *words, place=tmp_path_factory.mktemp("width_vs_depth"))


@pytest.mark.slow
def test_networks_of_equal_cost_are_found_run_and_told(small: Told[WidthVsDepthRecord]) -> None:
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
def test_every_network_has_its_runs(small: Told[WidthVsDepthRecord]) -> None:
    networks = {one.network: one for one in small.record.networks}
    assert len(small.record.measured) == 2 * len(networks)
    for run in small.record.measured:
        one = networks[run.network]
        assert (run.parameters, run.multiply_adds) == (one.parameters, one.multiply_adds), "it is the network it names"
    with (small.report / "tables" / "networks.csv").open() as file:
        assert [row["runs"] for row in csv.DictReader(file)] == ["2 of 2"] * len(networks)


@pytest.mark.slow
def test_the_verdict_follows_from_the_record(small: Told[WidthVsDepthRecord]) -> None:
    record = small.record
    assert judge(record) == record
    assert width_by_hand(json.loads((small.report / "record.json").read_text())) == len(record.measured)


@pytest.mark.slow
def test_the_page_is_in_order_in_a_browser(small: Told[WidthVsDepthRecord], open_page: OpenPage) -> None:
    for width in (WIDE, NARROW):
        open_page(small.report / "index.html", width).check()
