"""The question of votes from its command to its page, in the small."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from depthlab.questions.votes.record import VotesRecord
from depthlab.questions.votes.verdict import judge
from depthlab.tracking import RunFolder, find_folders
from tests.chromium import NARROW, WIDE, OpenPage
from tests.questions.conftest import Answer
from tests.questions.in_process import answer_in_process
from tests.sweeps.planned import TINY

WORDS = (*TINY, "depth=8", "seed=0,1", "epochs=1", "draws=4")
NETWORKS = ("resnet-8", "resnet-8 dropout=0.3", "resnet-8 drop_path=0.5", "resnet-8 schedule=snapshots")


@dataclass(frozen=True)
class Told:
    """The answer to a command, and to one that names some of its runs."""

    place: Path
    swept: Answer
    named: Answer

    def record(self, name: str) -> VotesRecord:
        return VotesRecord.read(self.place / name / "record.json")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    place = tmp_path_factory.mktemp("votes")
    runs = f"tracking.folder={place}/runs"

    def answer(*words: str) -> Answer:
        return answer_in_process("votes", *words, runs, "tracking=none", folder=place)

    swept = answer(*WORDS, f"output={place}/swept")
    assert (place / "swept" / "record.json").is_file(), swept.err
    dropping = [folder.name for folder in find_folders(place / "runs") if folder.manifest.axes["dropout"]]
    named = answer(f"run={','.join(dropping)}", "draws=2", "masks=image", "images=20", f"output={place}/named")
    assert (place / "named" / "record.json").is_file(), named.err
    return Told(place, swept, named)


@pytest.mark.slow
def test_every_method_was_trained_and_measured(told: Told) -> None:
    record = told.record("swept")
    assert told.swept.code == 0, told.swept.err
    assert f"page: {told.place}/swept/index.html" in told.swept.out and record.about.verdict[0] in told.swept.out
    assert tuple(dict.fromkeys(run.network for run in record.measured)) == NETWORKS
    assert {ref.group for ref in record.about.runs} == set(NETWORKS)
    methods = {run.network: {curve.method for curve in run.curves} for run in record.measured}
    assert list(methods.values()) == [set(), {"dropout"}, {"stochastic depth"}, {"snapshots"}]
    assert {one.network for one in record.ensembles} == set(NETWORKS)
    assert (record.images, record.draws, record.masks, record.notes) == (40, 4, "network", ())


@pytest.mark.slow
def test_the_whole_network_errs_as_its_run_says(told: Told) -> None:
    for run in told.record("swept").measured:
        found = RunFolder.open(told.place / "runs" / run.folder).record
        assert found is not None
        assert run.whole.error == pytest.approx(100 * (1 - found.metrics["test/accuracy"]), abs=100 / 40)
        snapshots = next((curve for curve in run.curves if curve.method == "snapshots"), None)
        if snapshots is not None:
            assert snapshots.members == 5 and snapshots.points[0].scores == (run.whole,), "the last one is the end"


@pytest.mark.slow
def test_the_verdict_follows_from_the_record(told: Told) -> None:
    for name in ("swept", "named"):
        record = told.record(name)
        unjudged = replace(record, about=replace(record.about, verdict=()), contrasts=(), features=())
        assert judge(unjudged) == record


@pytest.mark.slow
def test_runs_that_are_named_are_asked_as_they_are(told: Told) -> None:
    record = told.record("named")
    assert told.named.code == 0, told.named.err
    assert {run.network for run in record.measured} == {"resnet-8 dropout=0.3"} and len(record.measured) == 2
    assert (record.images, record.draws, record.masks) == (20, 2, "image")
    assert record.trained == {"training": 180, "validation": 20, "test": 40} == told.record("swept").trained
    assert not list((told.place / "named").glob("figures/votes_stochastic_depth*"))


@pytest.mark.slow
def test_the_page_is_in_order_in_a_browser(told: Told, open_page: OpenPage) -> None:
    for width in (WIDE, NARROW):
        open_page(told.place / "swept" / "index.html", width).check()
