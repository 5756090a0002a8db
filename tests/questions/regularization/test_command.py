"""The question of regularization from its command to its page, in the small."""

import csv
import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch

from depthlab.measures.calibration import calibration_of
from depthlab.questions.regularization.factors import read_factors
from depthlab.questions.regularization.record import RegularizationRecord
from depthlab.questions.regularization.verdict import judge
from depthlab.records import Calibration
from depthlab.run import load_folder, reopen
from depthlab.sweeps import settings_of
from depthlab.tracking import RunFolder
from tests.chromium import NARROW, WIDE, OpenPage
from tests.questions.by_hand import regularization_by_hand
from tests.questions.conftest import Answer
from tests.questions.in_process import answer_in_process
from tests.sweeps.planned import TINY

WORDS = (*TINY, "model=resnet", "depth=8,14", "seed=0,1", "epochs=1", "factors=dropout,cutout", "cutout=4")


def test_levels_name_where_they_are_from() -> None:
    words = ("sweep=regularization", "dropout=0,0.1")
    found = read_factors({}, words, settings_of(words))
    assert {one.name: one.source for one in found.factors} == {
        "weight_decay": "conf/sweep/regularization.yaml",
        "dropout": "as typed",
    }


@dataclass(frozen=True)
class Told:
    """The answer to a command some of whose runs diverge, and to the same command again."""

    place: Path
    first: Answer
    again: Answer
    record: RegularizationRecord
    kept: dict[Path, float]  # calibrations -> when they were written, as the second command found them

    @property
    def report(self) -> Path:
        return self.place / "report"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    place = tmp_path_factory.mktemp("regularization")
    words = (
        *(*WORDS, f"output={place}/report", f"tracking.folder={place}/runs"),
        "tracking=none",
    )

    def give() -> Answer:
        answer = answer_in_process("regularization", *words, folder=place)
        assert (place / "report" / "record.json").is_file(), answer.err
        return answer

    first = give()
    kept = {path: path.stat().st_mtime_ns for path in (place / "runs").glob("*/calibration.json")}
    again = give()
    record = RegularizationRecord.read(place / "report" / "record.json")
    return Told(place, first, again, record, kept)


@pytest.mark.slow
def test_the_page_has_the_verdict_and_nothing_is_missing(told: Told) -> None:
    assert (told.first.code, told.again.code) == (0, 0), told.first.err + told.again.err
    assert f"page: {told.report / 'index.html'}" in told.first.out
    assert told.record.about.verdict[0] in told.first.out
    assert len(told.record.measured) == 16
    assert [axis.name for axis in told.record.axes] == ["dropout", "cutout", "depth"]


@pytest.mark.slow
def test_the_verdict_follows_from_the_record(told: Told) -> None:
    record = told.record
    assert judge(replace(record, about=replace(record.about, verdict=()), effects=(), failures=())) == record
    assert regularization_by_hand(json.loads((told.report / "record.json").read_text())) == 2


@pytest.mark.slow
def test_calibration_is_that_of_the_final_weights_and_measured_once(told: Told) -> None:
    assert len(told.kept) == 16
    assert {path: path.stat().st_mtime_ns for path in told.kept} == told.kept, "the second command read them"
    path = next(iter(told.kept))
    folder = RunFolder.open(path.parent)
    network = load_folder(folder).network.eval()
    batches = list(reopen(folder).test_batches())
    with torch.no_grad():
        scores = torch.cat([network(images.contiguous()) for images, _ in batches])
    expected = calibration_of(scores, torch.cat([labels for _, labels in batches]))
    found = Calibration.read(path)
    assert found.images == 40 and found.loss == pytest.approx(expected.loss, rel=1e-3)
    assert found.accuracy == pytest.approx(expected.accuracy, abs=1 / 40)


@pytest.mark.slow
def test_tables_are_beside_the_page(told: Told) -> None:
    table = list(csv.DictReader((told.report / "tables" / "effects.csv").open()))
    assert [row["change"] for row in table if row["measure"] == "test error" and row["kind"] == "main"] == [
        "dropout",
        "cutout",
    ]


@pytest.mark.slow
def test_the_page_is_in_order_in_a_browser(told: Told, open_page: OpenPage) -> None:
    for width in (WIDE, NARROW):
        open_page(told.report / "index.html", width).check()
