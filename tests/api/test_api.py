"""`import depthlab as dl`: the same runs, checks and messages as on the command line, twice in one process."""

import asyncio
import json
import os
import signal
import warnings
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pandas as pd
import pytest
from hydra.core.global_hydra import GlobalHydra

import depthlab as dl
from depthlab.api import Answer, Run, Sweep
from depthlab.records import RunRecord
from tests.commands import run_command
from tests.rules import ROOT
from tests.sweeps.in_turn import without_ray

HELD = {"epochs": 1, "trainer.threads": 1, "tracking": "none"}


@pytest.fixture(scope="module", autouse=True)
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Work in a folder of its own, where the tests below leave their runs."""
    with chdir(tmp_path_factory.mktemp("notebook")), without_ray():
        yield Path.cwd()


@pytest.fixture(scope="module")
def run() -> Run:
    """Train in an event loop, as a notebook's cell does."""

    async def cell() -> Run:
        return dl.train("model=resnet depth=8", HELD)

    handlers = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    found = asyncio.run(cell())
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == handlers
    return found


@pytest.fixture(scope="module")
def sweep(run: Run) -> Sweep:
    found = dl.sweep(HELD, model=["plain", "resnet"], depth=8, seed=range(2))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def answer(sweep: Sweep) -> Answer:
    found: Answer = dl.degradation(HELD, model=["plain", "resnet"], depth=[8, 14], seed=[0, 1])
    return found


@pytest.mark.slow
def test_a_run_is_that_of_the_command_line(run: Run, place: Path, tmp_path: Path) -> None:
    assert run.record == RunRecord.read(run.folder / "record.json")
    assert run.folder.parent == place / "mlruns" / "runs"
    words = ("model=resnet", "depth=8", *(f"{key}={value}" for key, value in HELD.items()))
    manifest = json.loads((run.folder / "manifest.json").read_text())
    assert manifest["command"] == ["depthlab", "train", *words]
    typed = run_command(ROOT / "train.py", *words, cwd=tmp_path)
    assert typed.returncode == 0, typed.stderr
    [file] = tmp_path.glob("mlruns/runs/*/record.json")
    assert RunRecord.read(file).metrics["test/loss"] == run.metrics["test/loss"]
    assert "test error" in run._repr_html_() and "resnet-8" in repr(run)
    assert run.load().classes == dl.load(run.folder.name).classes == run.record.classes


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("depth=9", r"depth must be 6n\+2"),
        ("detph=20", "there is no key detph; did you mean depth?"),
        ("depth=20,56", "depth=20,56 gives several values"),
        ("sweep.cpu=2", "sweep.cpu=2 is for sweeps and does nothing here"),
        ("--help", "is not key=value"),
        ("model=resnet tracking.uri=http://127.0.0.1:9 depth=8", "127.0.0.1:9"),
    ],
)
def test_a_mistake_is_one_exception(words: str, message: str, place: Path) -> None:
    before = sorted(place.rglob("manifest.json"))
    with pytest.raises(dl.UserError, match=message) as raised:
        dl.train(words)
    assert isinstance(raised.value, ValueError) and "\n" not in str(raised.value)
    assert sorted(place.rglob("manifest.json")) == before
    assert not GlobalHydra.instance().is_initialized() and "HYDRA_FULL_ERROR" not in os.environ


@pytest.mark.parametrize("passed", [5, None, ["depth=8", 5], "depth='8"])
def test_what_is_no_word_is_told_in_one_line(passed: object) -> None:
    for call in (dl.train, dl.sweep, dl.runs, dl.degradation):
        with pytest.raises(dl.UserError) as raised:
            call(passed)
        assert repr(passed) in str(raised.value) and "\n" not in str(raised.value)


@pytest.mark.parametrize("run_id", [None, 5, ""])
def test_what_names_no_run_is_told(run_id: object) -> None:
    with pytest.raises(dl.UserError, match="names no run"):
        dl.load(run_id)  # type: ignore[arg-type]


@pytest.mark.slow
def test_mistakes_of_the_others_too(run: Run) -> None:
    for call in (
        lambda: dl.sweep(depth=[8, 9], model="resnet"),
        lambda: dl.degradation(margin="wide"),
        lambda: dl.runs(model="vgg"),
        lambda: dl.runs(metric="val/loss"),
        lambda: dl.load("zzz"),
    ):
        with pytest.raises(dl.UserError):
            call()
    with pytest.raises(AttributeError, match="no attribute 'degradaton'"):
        _ = dl.degradaton


@pytest.mark.slow
def test_a_sweep_shows_all_of_its_trials(sweep: Sweep) -> None:
    assert list(sweep.table["state"]) == ["finished"] * 4 and sweep.missing == ()
    assert set(sweep.table["model"]) == {"plain", "resnet"} and (sweep.table["test_error"] > 0).all()
    assert all(Path(folder).is_dir() for folder in sweep.table["folder"])
    assert "mean over seeds" in sweep._repr_html_()


def test_a_dry_run_starts_nothing(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(place.rglob("manifest.json"))
    assert dl.sweep(HELD, depth=[8, 14], seed=9, dry_run=True) is None
    assert "2 trials, 2 of them to run" in capsys.readouterr().out
    assert sorted(place.rglob("manifest.json")) == before


@pytest.mark.slow
def test_runs_are_a_table(sweep: Sweep) -> None:
    table = dl.runs(model="resnet", depth=8, status="finished")
    assert isinstance(table, pd.DataFrame) and set(table["seed"]) == {0, 1}
    for row in table.to_dict("records"):
        record = RunRecord.read(Path(row["folder"]) / "record.json")
        assert row["test_error"] == pytest.approx(100 * (1 - record.metrics["test/accuracy"]))
        assert (
            row["parameters"] == record.metrics["model/parameters"] and row["test/loss"] == record.metrics["test/loss"]
        )
    pivot = dl.runs("depth=8").pivot_table(index="depth", columns="model", values="test_error")
    assert list(pivot.columns) == ["plain", "resnet"]


@pytest.mark.slow
def test_runs_that_look_like_seeds_and_are_not_are_a_warning(sweep: Sweep) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        dl.runs(model="resnet", depth=8, batch_size=64)
    dl.train(HELD, model="resnet", depth=8, seed=7, batch_size=512)
    with pytest.warns(UserWarning, match="same model, data, depth, width and epochs differ in batch_size: group"):
        dl.runs(model="resnet", depth=8)


@pytest.mark.slow
def test_a_question_is_a_function(answer: Answer, place: Path) -> None:
    assert answer.about.command[:2] == ("depthlab", "degradation")
    assert answer.page.is_relative_to(place) and answer.page.is_file()
    assert answer.verdict == answer.record.about.verdict and answer.verdict[0] in repr(answer)
    shown = answer._repr_html_()
    assert shown.count("data:image/svg+xml;base64,") == len(answer.figures) > 1
    assert not {"<script", "http://", "https://"} & set(shown.split('"'))
    assert dl.degradation.__doc__ and "margin" in dl.degradation.__doc__


@pytest.mark.slow
def test_each_difference_has_its_noise_floor(answer: Answer) -> None:
    gains = answer.gains
    table = dl.runs(depth=[8, 14], epochs=1, status="finished", seed=[0, 1]).drop_duplicates("name")
    network = table["model"] + "-" + table["depth"].astype(str)
    means = table.groupby(network)["test_error"].mean()
    tested = gains[gains["measure"] == "test error"]
    assert len(tested) >= 2
    for row in tested.to_dict("records"):
        assert row["difference"] == pytest.approx(means[row["a"]] - means[row["b"]])
    assert ((gains["high"] - gains["low"]) / 2 == gains["noise"]).all()
    networks = answer.table(sorted(file.stem for file in (answer.folder / "tables").glob("*.csv"))[0])
    assert len(networks) > 0
    with pytest.raises(dl.UserError, match="the page has no table nothing; there are"):
        answer.table("nothing")


def test_what_diverged_is_a_warning_and_not_missing(place: Path) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = dl.sweep(HELD, depth=8, learning_rate=1e30, model="plain", seed=5, optimizer="sgd")
    assert found is not None and found.missing == ()
    assert any("1 of 1 trials diverged" in str(one.message) for one in caught)


def test_completion_names_the_questions() -> None:
    assert {"train", "sweep", "runs", "load", "degradation", "lesion"} <= set(dir(dl))
    assert all(callable(getattr(dl, name)) for name in dir(dl) if not name.startswith("_"))
