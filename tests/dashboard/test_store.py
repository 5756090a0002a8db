"""What a store has of a study beside the journals: settings, numbers, errors in percent, notes, views, ways between."""

import base64
import json
import zlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from depthlab.questions.publish import answer_view, send_answer
from depthlab.records import QuestionRecord, RunStatus
from depthlab.tracking import MlflowSync, RunFolder, open_client
from depthlab.tracking.stored_runs import stored_runs
from tests.dashboard.study import ERRORS, IDENTITY, Study, make_study
from tests.tracking.conftest import make_manifest

if TYPE_CHECKING:
    from mlflow.entities import Run


@pytest.fixture(scope="module")
def uri(empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    place = tmp_path_factory.mktemp("dashboard")
    (place / "mlflow.db").write_bytes(empty_store.read_bytes())
    return f"sqlite:///{place / 'mlflow.db'}"


@pytest.fixture(scope="module")
def study(uri: str, tmp_path_factory: pytest.TempPathFactory) -> Study:
    return make_study(tmp_path_factory.mktemp("study"), uri)


def find(uri: str, where: str, experiment: str = "tests") -> "list[Run]":
    client, experiment_id = open_client(uri, experiment)
    return list(client.search_runs([experiment_id], where))


def state_of(value: str) -> dict[str, Any]:
    packed = json.loads(value)["state"] if value.startswith("{") else value
    state: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(packed.removeprefix("deflate;"))))
    return state


def views(uri: str, experiment: str = "tests") -> dict[str, dict[str, Any]]:
    client, experiment_id = open_client(uri, experiment)
    tags = client.get_experiment(experiment_id).tags
    start = "mlflow.sharedViewState."
    return {name.removeprefix(start): state_of(value) for name, value in tags.items() if name.startswith(start)}


def test_runs_are_found_by_settings_at_their_defaults_and_by_numbers(uri: str, study: Study) -> None:
    assert len(find(uri, "params.shortcut = 'A' AND params.`model.shortcut` = 'A'")) == 8
    assert len(find(uri, "params.`optimizer.momentum` = '0.9'")) == 8
    assert len(find(uri, "metrics.depth > 20 AND metrics.seed = 1")) == 2
    assert len(find(uri, "metrics.`trainer.threads` = 2")) == 8, "what was typed is a number, too"
    assert len(find(uri, "tags.`depthlab.data` = 'digits' AND dataset.name = 'digits'")) == 8


def test_errors_are_in_percent_beside_fractions(uri: str, study: Study) -> None:
    (run,) = find(uri, "params.model = 'plain' AND metrics.depth = 56 AND metrics.seed = 1")
    assert run.data.metrics["test/error_percent"] == 45
    assert run.data.metrics["test/accuracy"] == pytest.approx(0.55)
    assert run.data.metrics["final/train_error_percent"] == 1
    client, _ = open_client(uri, "tests")
    steps = {name: [one.step for one in client.get_metric_history(run.info.run_id, name)] for name in run.data.metrics}
    assert steps["depth"] == [0, 21], "a chart draws the error of a step against the depth of the same step"
    assert steps["test/error_percent"] == [21] and steps["val/error_percent"] == [10, 20, 21]


def test_what_is_read_from_a_store_is_what_was_measured(uri: str, study: Study) -> None:
    run = stored_runs(uri)[0]
    assert set(run.axes) == {"model", "data", "depth", "width", "seed", "epochs"} == set(run.settings)
    assert not {name for name in run.metrics if "error_percent" in name or name in run.axes}


def test_a_sweeps_run_has_mean_spread_and_number(uri: str, study: Study) -> None:
    (sweep,) = find(uri, "tags.`depthlab.kind` = 'sweep'")
    metrics = sweep.data.metrics
    assert metrics["best/test/error_percent"] == pytest.approx(7.5), "the mean of resnet-56"
    assert metrics["best/test/error_percent_sd"] == pytest.approx(0.5**0.5)
    assert metrics["best/seeds"] == 2
    assert find(uri, "tags.`depthlab.kind` = 'sweep' AND metrics.`best/test/error_percent` < 8")


def test_notes_lead_from_experiment_to_sweep_to_run_and_back(uri: str, study: Study) -> None:
    (sweep,) = find(uri, "tags.`depthlab.kind` = 'sweep'")
    client, experiment_id = open_client(uri, "tests")
    note = client.get_experiment(experiment_id).tags["mlflow.note.content"]
    assert f"#/experiments/{experiment_id}/runs/{sweep.info.run_id}" in note and "viewStateShareKey=depth" in note
    assert "Depth, Cost and Curves average over seeds" in note and "Axes shows every run" in note
    best = "best validation error (%): 7.5, the mean of 2 seeds, with `model=resnet depth=56`"
    assert best in sweep.data.tags["mlflow.note.content"]
    assert f"viewStateShareKey={IDENTITY}.depth" in sweep.data.tags["mlflow.note.content"]
    run = find(uri, f"tags.`depthlab.sweep.{IDENTITY}` = 'true'")[0]
    assert f"runs/{sweep.info.run_id}" in run.data.tags["mlflow.note.content"]
    assert "python train.py model=" in run.data.tags["mlflow.note.content"], "not the process of a worker"
    client.set_experiment_tag(experiment_id, "mlflow.note.content", "my own words")
    make_study(study.folder.parent.parent, uri)
    assert client.get_experiment(experiment_id).tags["mlflow.note.content"] == "my own words"


def test_every_experiment_and_sweep_keeps_views(uri: str, study: Study) -> None:
    kept = views(uri)
    assert {"depth", "cost", "curves", "axes", "sweeps"} <= set(kept)
    assert {f"{IDENTITY}.{name}" for name in ("depth", "cost", "curves", "axes")} <= set(kept)
    depth = kept[f"{IDENTITY}.depth"]
    assert [one["groupByData"] for one in depth["groupBy"]["groupByKeys"]] == ["model"]
    drawn = {(chart["metricKey"], chart["selectedXAxisMetricKey"]) for chart in depth["compareRunCharts"]}
    assert drawn == {(f"{split}error_percent", "depth") for split in ("test/", "val/", "final/train_")}
    client, experiment_id = open_client(uri, "tests")
    assert max(len(value) for value in client.get_experiment(experiment_id).tags.values()) < 5000, (
        "as MLflow 3.13 takes"
    )


def test_an_answer_is_told_of_at_its_runs(uri: str, study: Study, tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_text("<p>answer")
    about = QuestionRecord(
        question="toy_question",
        command=("python",),
        date="",
        sweep=IDENTITY,
        sweep_run=study.run_id,
        axes=("model", "depth", "seed"),
        held={},
        hardware=(),
        commits=(),
        versions={},
        verdict=("Deeper is better.", "A second sentence."),
    )
    for _ in range(2):  # once more, it is told once
        send_answer(about, [page], tmp_path, [((uri, "tests"), study.run_id)], blind=False)
    asked = find(uri, "tags.`depthlab.question.toy_question` = 'Deeper is better.'")
    assert len(asked) == 9
    for run in asked:
        note = run.data.tags["mlflow.note.content"]
        assert note.count("[toy_question]") == 1
        assert f"runs/{study.run_id}/artifacts/report/toy_question/index.html" in note
        assert note.endswith("Deeper is better.")
    assert views(uri)["toy_question"]["searchFilter"] == (
        "tags.`depthlab.question.toy_question` LIKE '%' AND tags.`depthlab.fingerprint` LIKE '%'"
    ), "the sweep's own run is no network"
    assert len(find(uri, views(uri)["toy_question"]["searchFilter"])) == 8
    assert views(uri)["toy_question"]["compareRunCharts"]
    assert not answer_view(replace(about, question="lesion"), test=True).charts, "its numbers are no metrics"
    make_study(study.folder.parent.parent, uri)
    (sweep,) = find(uri, "tags.`depthlab.kind` = 'sweep'")
    assert "[toy_question]" in sweep.data.tags["mlflow.note.content"], "a later command of the sweep keeps it"


def test_of_a_recipe_that_was_trained_twice_the_views_of_all_runs_count_the_newest(uri: str, tmp_path: Path) -> None:
    ids = []
    for day, status in (("01", "finished"), ("02", "finished"), ("03", "failed")):
        manifest = replace(make_manifest(fingerprint="ab" * 8), created=f"2026-01-{day}T00:00:00+00:00")
        folder = RunFolder.create(tmp_path, manifest)
        folder.journal.append({"val/accuracy": 0.5}, step=1, epoch=1)
        sync = MlflowSync.open(folder, uri=uri, experiment="twice", system_metrics=False, every=0.05)
        sync.start()
        assert sync.finish(RunStatus(status))
        folder.release()
        ids.append(sync.run_id)
    shown = find(uri, views(uri, "twice")["depth"]["searchFilter"], "twice")
    assert {run.info.run_id for run in shown} == set(ids[1:])
    (earlier,) = find(uri, f"tags.`depthlab.superseded` = '{ids[1]}'", "twice")
    assert earlier.info.run_id == ids[0]


def test_a_sweep_asked_again_under_another_experiment_is_in_both(uri: str, study: Study) -> None:
    place = study.folder.parent.parent
    first = {run.info.run_id: run.data for run in find(uri, f"tags.`depthlab.sweep.{IDENTITY}` = 'true'")}
    other = make_study(place, uri, "other")
    copies = find(uri, f"tags.`mlflow.parentRunId` = '{other.run_id}'", "other")
    assert {run.data.metrics["test/error_percent"] for run in copies} == {
        error + seed for error in ERRORS.values() for seed in (0, 1)
    }
    assert {run.data.tags["depthlab.copy_of"] for run in copies} == set(first)
    assert {run.info.status for run in copies} == {"FINISHED"}
    for run in find(uri, f"tags.`depthlab.sweep.{IDENTITY}` = 'true'"):
        assert run.data.tags["mlflow.parentRunId"] == study.run_id, "the first experiment's sweep keeps its trials"
    assert make_study(place, uri).run_id == study.run_id
    assert make_study(place, uri, "other").run_id == other.run_id
    assert len(find(uri, f"tags.`depthlab.sweep.{IDENTITY}` = 'true'", "other")) == 8


def test_a_search_shows_no_test_error_anywhere(uri: str, tmp_path: Path) -> None:
    search = make_study(tmp_path, uri, "search", searched=("depth",))
    make_study(tmp_path, uri, "searched again", searched=("depth",))
    for experiment in ("search", "searched again"):
        runs = find(uri, "", experiment)
        assert len(runs) == 9
        assert not {name for run in runs for name in run.data.metrics if "test/" in name}
        kept = {name: state for name, state in views(uri, experiment).items() if name.startswith(IDENTITY)}
        assert len(kept) == 4
        assert "test/" not in json.dumps(list(kept.values()))
        assert not [run for run in runs if "test error" in run.data.tags["mlflow.note.content"]]
    assert search.record.withheld
