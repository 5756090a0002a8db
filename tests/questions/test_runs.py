"""The runs that a question is asked about: those of a sweep or those that are named, and where its answer goes."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from depthlab.questions.arguments import SWEEP_HELP, Arguments, Usage, read_arguments
from depthlab.questions.runs import RUN_KEYS, TrainedRuns, find_runs
from depthlab.recipe import compose
from depthlab.records import QuestionRecord, Record, RunRecord
from depthlab.report import Page
from depthlab.run import run
from depthlab.tracking import RunFolder, open_client
from tests.sweeps.planned import TINY

HELD = (*TINY, "depth=8", "epochs=1", "trainer.threads=1", "trainer.progress=false")
MODELS = ("plain", "resnet")
PAGE = Page("Lesion", "A verdict.", ())


@dataclass(frozen=True)
class Answered(Record):
    about: QuestionRecord


@dataclass(frozen=True)
class Place:
    path: Path
    records: tuple[RunRecord, ...]

    @property
    def tracking(self) -> tuple[str, ...]:
        return (f"tracking.folder={self.path}/runs", f"tracking.uri={self.uri}")

    @property
    def uri(self) -> str:
        return f"sqlite:///{self.path}/mlflow.db"

    def typed(self, *words: str) -> Arguments:
        usage = Usage("degradation", "degradation", "", RUN_KEYS, (), SWEEP_HELP)
        return read_arguments([*words, f"output={self.path}/page"], usage)

    def found(self, *words: str) -> TrainedRuns[None]:
        runs = find_runs(self.typed(*words), "degradation", plan=None)
        assert runs is not None
        return runs


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Place:
    path = tmp_path_factory.mktemp("runs")
    (path / "mlflow.db").write_bytes(empty_store.read_bytes())
    words = (*HELD, f"tracking.folder={path}/runs", f"tracking.uri=sqlite:///{path}/mlflow.db")
    return Place(path, tuple(run(compose([*words, f"model={model}"])) for model in MODELS))


@pytest.fixture(scope="module")
def named(place: Place) -> TrainedRuns[None]:
    plain, resnet = place.records
    return place.found(f"run={plain.folder},{str(resnet.run_id)[:12]}", *place.tracking)


@pytest.fixture(scope="module")
def swept(place: Place) -> TrainedRuns[None]:
    return place.found(*HELD, *place.tracking, "model=plain,resnet", "seed=0")


def test_runs_that_are_named_are_told_by_what_they_trained(named: TrainedRuns[None], place: Place) -> None:
    assert [run.ref.group for run in named.finished] == ["plain-8", "resnet-8"]
    assert [run.ref.series for run in named.finished] == ["plain", "resnet"]
    assert [run.ref.values["seed"] for run in named.finished] == [0, 0]
    assert [run.ref.run_id for run in named.finished] == [record.run_id for record in place.records]
    assert named.about.axes[:3] == ("model", "depth", "seed") and named.about.held["epochs"] == 1
    assert named.about.runs == tuple(run.ref for run in named.finished) and named.sweeps == []


@pytest.mark.slow
def test_a_sweep_and_the_names_of_its_runs_give_the_same_runs(
    named: TrainedRuns[None], swept: TrainedRuns[None]
) -> None:
    assert swept.sweep.trials and swept.about.sweep
    for ours, theirs in zip(swept.finished, named.finished, strict=True):
        assert ours.folder.path == theirs.folder.path
        shared = ("name", "group", "series", "place", "state", "fingerprint", "folder", "run_id", "hardware", "commit")
        assert [getattr(ours.ref, key) for key in shared] == [getattr(theirs.ref, key) for key in shared]


def test_a_run_is_taken_up_with_its_network_and_images(named: TrainedRuns[None], place: Place) -> None:
    run = named.finished[1].run
    wrong = sum(int((run.network("final")(images).argmax(1) != labels).sum()) for images, labels in run.test_batches())
    assert wrong == round(40 * (1 - place.records[1].metrics["test/accuracy"]))


def test_a_run_that_is_in_the_store_alone_is_fetched(place: Place, tmp_path: Path) -> None:
    run_id = str(place.records[0].run_id)
    words = (f"run={run_id}", f"tracking.folder={tmp_path}", f"tracking.uri={place.uri}")
    found = place.found(*words)
    assert found.finished[0].ref.group == "plain-8"
    assert found.stores == (((place.uri, "depthlab"), run_id),)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("run=zzz",), "no run 'zzz' in "),
        (("run=,",), "run=, names no run: type the id or the folder of one"),
        (("run={0}", "depth=20"), "depth=20 does nothing beside run=, whose runs are trained already"),
        (("run={0}", "sweep=regularization"), "sweep=regularization does nothing beside run="),
    ],
)
def test_what_can_not_be_meant_is_a_line(place: Place, words: tuple[str, ...], message: str) -> None:
    typed = [word.format(place.records[0].folder) for word in words]
    with pytest.raises(ValueError, match=message) as refused:
        place.found(*typed, *place.tracking)
    assert "\n" not in str(refused.value)


def test_a_run_that_is_named_twice_is_taken_once(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    record = place.records[0]
    found = place.found(f"run={record.folder},{record.run_id}", *place.tracking)
    assert [run.folder.name for run in found.finished] == [record.folder]
    assert capsys.readouterr().err == f"run= names {record.folder} twice: it is taken once\n"


def test_a_run_that_has_not_ended_is_refused(place: Place) -> None:
    folder = RunFolder.open(place.path / "runs" / place.records[0].folder)
    folder.status = "killed"
    try:
        with pytest.raises(ValueError, match=f"run {folder.name} is killed and has no final weights"):
            place.found(f"run={folder.name}", *place.tracking)
    finally:
        folder.status = "finished"


def test_a_dry_run_prints_what_would_be_measured(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    folder = place.records[0].folder
    typed = place.typed(f"run={folder}", *place.tracking, "--dry-run")
    assert find_runs(typed, "degradation", plan=None) is None
    assert capsys.readouterr().out.endswith(f"{folder}\n")
    typed = place.typed(*HELD, *place.tracking, "model=plain,resnet", "seed=0,1", "--dry-run")
    assert find_runs(typed, "degradation", plan=None) is None
    assert "4 trials, 2 of them to run" in capsys.readouterr().out


def test_an_answer_is_written_sent_to_each_run_and_told(
    named: TrainedRuns[None], place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = Answered(replace(named.about, verdict=("All is well.",)))
    arguments = replace(place.typed(), output=tmp_path)
    named.save(PAGE, record, arguments)
    named.tell(record, arguments)
    assert json.loads((tmp_path / "record.json").read_text()) == json.loads(record.to_json())
    out = capsys.readouterr().out
    assert out.endswith(f"\nAll is well.\npage: {tmp_path / 'index.html'}\n") and place.records[0].folder in out
    client, _ = open_client(place.uri, "depthlab")
    for one in place.records:
        sent = {item.path for item in client.list_artifacts(str(one.run_id), "report/degradation")}
        assert sent == {"report/degradation/index.html", "report/degradation/record.json"}


@pytest.mark.slow
def test_an_answer_to_a_sweep_goes_to_its_own_run_and_misses_what_is_missing(
    swept: TrainedRuns[None], place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert swept.sweep.trials
    arguments = replace(place.typed(), output=tmp_path)
    swept.save(PAGE, Answered(swept.about), arguments)
    swept.tell(Answered(swept.about), arguments)
    assert "resnet" in capsys.readouterr().out
    client, _ = open_client(place.uri, "depthlab")
    paths = [item.path for item in client.list_artifacts(str(swept.about.sweep_run), "report/degradation")]
    assert "report/degradation/index.html" in paths
    trials = swept.sweep.record.trials
    broken = replace(trials[1], state="failed", fault="diverged", message="the loss is nan")
    lost = replace(swept.sweep, record=replace(swept.sweep.record, trials=(trials[0], broken)))
    with pytest.raises(SystemExit) as ended:
        replace(swept, sweeps=[lost]).tell(Answered(swept.about), arguments)
    assert ended.value.code == 3


def test_what_is_not_tracked_is_sent_nowhere(place: Place) -> None:
    found = place.found(f"run={place.records[0].folder}", place.tracking[0], "tracking=none")
    assert found.stores == ()
