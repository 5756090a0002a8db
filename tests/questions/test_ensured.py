"""A sweep whose trials are all there: what a pipeline gets of it, and what it can send to the sweep's own run."""

from dataclasses import replace
from pathlib import Path

import pytest

from depthlab.questions.publish import send_answer
from depthlab.recipe import compose
from depthlab.records import QuestionRecord
from depthlab.run import run
from depthlab.sweeps import SweepResult, ensure_sweep, preview_sweep
from depthlab.tracking import open_client
from tests.sweeps.planned import TINY, settings

pytestmark = pytest.mark.slow

MODELS = ("plain", "resnet")


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> tuple[str, ...]:
    """Train two networks without any sweep, and return the words that ask for both."""
    place = tmp_path_factory.mktemp("ensured")
    (place / "mlflow.db").write_bytes(empty_store.read_bytes())
    held = (
        *(*TINY, "depth=8", "epochs=1", "trainer.threads=1", "trainer.progress=false"),
        *(f"tracking.folder={place}/runs", f"tracking.uri=sqlite:///{place}/mlflow.db"),
    )
    for model in MODELS:
        run(compose([*held, f"model={model}"]))
    return (*held, f"model={','.join(MODELS)}")


@pytest.fixture(scope="module")
def swept(words: tuple[str, ...]) -> SweepResult:
    return ensure_sweep(words, settings())


def test_what_was_trained_before_is_not_trained_again(swept: SweepResult) -> None:
    assert [trial.values for trial in swept.finished] == [{"model": model} for model in MODELS]
    assert swept.missing == () and swept.trials == swept.finished == swept.record.trials
    assert [recipe.choices["model"] for recipe in swept.recipes.values()] == list(MODELS)
    assert len([path for path in swept.runs.iterdir() if (path / "record.json").is_file()]) == len(MODELS)
    assert (swept.folder / "trials.csv").is_file()


def test_the_last_lines_name_table_and_place(swept: SweepResult, capsys: pytest.CaptureFixture[str]) -> None:
    swept.show()
    swept.end()
    out = capsys.readouterr().out
    assert f"recorded in {swept.folder}" in out and f"run {swept.record.run_id}" in out


def test_a_part_of_the_grid_can_be_asked_for(swept: SweepResult, words: tuple[str, ...]) -> None:
    part = ensure_sweep(words, settings(), only=lambda trial: trial.values["model"] == "plain")
    assert [trial.values["model"] for trial in part.trials] == ["plain"]
    assert part.folder == swept.folder and len(part.record.trials) == 2, "it is the same sweep"


def test_a_preview_starts_nothing(
    words: tuple[str, ...], swept: SweepResult, capsys: pytest.CaptureFixture[str]
) -> None:
    preview_sweep([*words, "seed=0,1"], settings(), only=lambda trial: trial.values["model"] == "plain")
    out = capsys.readouterr().out
    assert "2 trials, 1 of them to run" in out
    assert len(list(swept.folder.parent.iterdir())) == 1


ABOUT = QuestionRecord(
    question="toy",
    command=("python",),
    date="",
    sweep="",
    sweep_run=None,
    axes=("model", "depth"),
    held={},
    hardware=(),
    commits=(),
    versions={},
    verdict=("Deeper is better.",),
)


def test_files_are_sent_to_the_sweeps_own_run(swept: SweepResult, tmp_path: Path) -> None:
    (tmp_path / "figures").mkdir()
    files = [tmp_path / "index.html", tmp_path / "figures" / "a.svg"]
    for file in files:
        file.write_text("<p>here")
    assert swept.store is not None and swept.record.run_id is not None
    send_answer(ABOUT, files, tmp_path, [(swept.store, swept.record.run_id)], blind=False)
    client, _ = open_client(*swept.store)
    there = [item.path for item in client.list_artifacts(swept.record.run_id, "report/toy")]
    assert there == ["report/toy/figures", "report/toy/index.html"]
    sent = client.download_artifacts(swept.record.run_id, "report/toy/figures/a.svg", str(tmp_path))
    assert Path(sent).read_text() == "<p>here"


def test_a_store_that_is_away_is_a_line(swept: SweepResult, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    away = (("http://127.0.0.1:9", "depthlab"), swept.record.run_id)
    send_answer(ABOUT, [tmp_path / "none.html"], tmp_path, [away], blind=False)
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and "the report is not in the store http://127.0.0.1:9" in err
    send_answer(ABOUT, [tmp_path / "none.html"], tmp_path, [], blind=False)
    assert capsys.readouterr().err == "", "what is not tracked is not missed"


def test_what_is_missing_ends_with_three(swept: SweepResult) -> None:
    broken = replace(swept.record.trials[1], state="failed", fault="diverged", message="the loss is nan")
    one = replace(swept, record=replace(swept.record, trials=(swept.record.trials[0], broken)))
    assert one.missing == (broken,) and len(one.finished) == 1
    with pytest.raises(SystemExit) as ended:
        one.end()
    assert ended.value.code == 3
