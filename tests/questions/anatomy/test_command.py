"""The anatomy of networks from its command to its page; nothing is trained, and no images are needed."""

import csv
import runpy
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from depthlab.questions.anatomy.record import AnatomyRecord
from tests.questions.conftest import Pipeline
from tests.rules import ROOT

OWN = """
from torch import nn


class Net(nn.Sequential):
    def __init__(self, num_classes, in_channels):
        super().__init__(nn.Conv2d(in_channels, 4, 3), nn.Flatten(), nn.Linear(4 * 36, num_classes))
"""


def test_where_runs_would_be_tracked_does_no_harm(pipeline: Pipeline) -> None:
    answer = pipeline("anatomy", "depth=8", "data=digits", "tracking.uri=http://127.0.0.1:9", "--dry-run")
    assert answer.code == 0 and "75,002" in answer.out
    assert answer.err == "tracking.uri=http://127.0.0.1:9 does nothing here, where nothing is tracked\n"


def test_one_seed_does_no_harm(pipeline: Pipeline) -> None:
    answer = pipeline("anatomy", "depth=8", "data=digits", "seed=3", "--dry-run")
    assert answer.code == 0 and "75,002" in answer.out
    assert answer.err == "seed=3 does nothing here, where no cost depends on the weights\n"


@pytest.fixture
def drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[AnatomyRecord, str]]:
    def draw(*words: str) -> tuple[AnatomyRecord, str]:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["pipelines/anatomy.py", *words, "output=report"])
        runpy.run_path(str(ROOT / "pipelines" / "anatomy.py"), run_name="__main__")
        return AnatomyRecord.read(tmp_path / "report" / "record.json"), capsys.readouterr().out

    return draw


@pytest.mark.slow
def test_a_card_needs_no_images(drawn: Callable[..., tuple[AnatomyRecord, str]], tmp_path: Path) -> None:
    record, out = drawn("depth=8", "batch=2", "rounds=1", "trainer.threads=1")
    [card] = record.cards
    assert (card.name, card.image, card.classes, record.data) == ("resnet-8", (3, 32, 32), 10, "cifar10")
    assert len(record.times[0].forward) == 1 and "threads: 1" in record.hardware
    assert all(line in out for line in (*record.verdict, "page: report/index.html"))
    assert not (tmp_path / "data").exists(), "nothing was fetched"
    with (tmp_path / "report" / "tables" / "layers_resnet-8.csv").open() as file:
        assert sum(int(row["parameters"]) for row in csv.DictReader(file)) == card.parameters == 75_290


@pytest.mark.slow
def test_a_family_goes_without_what_it_can_not_have(drawn: Callable[..., tuple[AnatomyRecord, str]]) -> None:
    record, out = drawn("depth=8,9,14", "width=1,2", "data=digits", "time=false", "sweep.impossible=skip")
    assert [card.name for card in record.cards] == [f"resnet-{d} width={w}" for d in (8, 14) for w in (1, 2)]
    assert len(record.left_out) == 2 and out.count("left out: resnet with basic units can't have depth=9") == 2
    assert {one.axis for one in record.growth} == {"depth", "width"}
    assert record.cards[0].image == (1, 8, 8) and record.convolutions == {}


def test_a_persons_own_network_has_a_card(
    drawn: Callable[..., tuple[AnatomyRecord, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "anatomical.py").write_text(OWN)
    monkeypatch.syspath_prepend(str(tmp_path))
    record, _ = drawn("model._target_=anatomical.Net", "image=8", "channels=1", "classes=3", "time=false")
    [card] = record.cards
    assert card.parameters == 4 * 9 + 4 + 144 * 3 + 3 and card.classes == 3 and record.data == ""
    assert "not built of units" in card.notes[0] and [layer.name for layer in card.layers] == ["0", "1", "2"]


def test_a_dry_run_counts_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["pipelines/anatomy.py", "depth=8", "data=digits", "--dry-run"])
    runpy.run_path(str(ROOT / "pipelines" / "anatomy.py"), run_name="__main__")
    assert "75,002" in capsys.readouterr().out and list(tmp_path.iterdir()) == []
