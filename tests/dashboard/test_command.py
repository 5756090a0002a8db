"""Where the dashboard opens, and one line for each mistake."""

import re
from pathlib import Path

import pytest

from depthlab.invocation import command
from depthlab.tracking import open_client
from depthlab.tracking.dashboard.place import find_place
from tests.dashboard.study import IDENTITY, Study, make_study


@pytest.fixture(scope="module")
def store(empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    place = tmp_path_factory.mktemp("places")
    (place / "mlflow.db").write_bytes(empty_store.read_bytes())
    return f"sqlite:///{place / 'mlflow.db'}"


@pytest.fixture(scope="module")
def study(store: str, tmp_path_factory: pytest.TempPathFactory) -> Study:
    return make_study(tmp_path_factory.mktemp("study"), store)


def test_a_run_is_named_by_folder_or_id(store: str, study: Study) -> None:
    folder = sorted(study.runs.iterdir())[0].name
    place = find_place({"run": folder, "folder": str(study.runs)})
    assert place.uri == store
    assert re.fullmatch(
        r"http://h/#/experiments/\d+/runs/[0-9a-f]{32}\?workflowType=machine_learning", place.link("http://h")
    )
    assert find_place({"run": place.run_id, "tracking.uri": store}) == place


def test_a_sweep_opens_on_its_first_view_or_another(store: str, study: Study) -> None:
    place = find_place({"sweep": study.folder.name, "folder": str(study.runs)})
    assert (place.view, place.uri) == (f"{IDENTITY}.depth", store)
    assert find_place({"sweep": study.run_id, "tracking.uri": store}) == place
    cost = find_place({"sweep": "model-depth", "folder": str(study.runs), "view": "cost"})
    assert cost.view == f"{IDENTITY}.cost"


def test_a_sweep_of_an_earlier_version_opens_on_its_run(store: str, study: Study) -> None:
    client, experiment_id = open_client(store, "old")
    tags = {"depthlab.kind": "sweep", "depthlab.sweep": "0"}
    old = client.create_run(experiment_id, tags=tags).info.run_id
    assert find_place({"sweep": old, "tracking.uri": store}).run_id == old


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"run": "a", "sweep": "b"}, "two places"),
        ({"run": "0" * 32}, "has no such run; type tracking.uri="),
        ({"sweep": "nothing"}, "names 0 of the tracked sweeps"),
        ({"tracking.experiment": "none such"}, "has no experiment none such: there are"),
        (
            {"view": "nothing", "tracking.experiment": "tests"},
            "is not there: there are axes, cost, curves, depth",
        ),
        ({"folder": "/none/such"}, "there is no such folder"),
        ({"tracking.uri": "sqlite:////none/such.db"}, "there is no store /none/such.db yet"),
    ],
)
def test_a_mistake_is_one_line(store: str, study: Study, typed: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)) as raised:
        find_place({"folder": str(study.runs), "tracking.uri": store} | typed)
    assert "\n" not in str(raised.value)


def test_a_run_is_no_sweep(store: str, study: Study) -> None:
    run = find_place({"run": sorted(study.runs.iterdir())[0].name, "folder": str(study.runs)}).run_id
    with pytest.raises(ValueError, match="is no sweep but a run: type run="):
        find_place({"sweep": run, "tracking.uri": store})


def test_a_printed_command_runs_wherever_it_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # nothing is activated
    monkeypatch.chdir(tmp_path)
    python, script, word = command("dashboard", "run=1").split()
    assert Path(python).is_file() and Path(script).is_file() and word == "run=1"
