"""Searches and schedulers whose choices depend on timing: the study goes on, and no trial is lost or done twice."""

import csv
import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sweeps.living import Sandbox, placed, wait_for_steps

pytestmark = pytest.mark.slow

EPOCHS, STEPS = 8, 6
ASHA = (
    *("model=resnet", "depth=8", "learning_rate=0.3,0.1,0.03,0.01,0.003,0.001,0.0003,0.0001", f"epochs={EPOCHS}"),
    *("hydra.sweeper.scheduler=asha", "hydra.sweeper.reduction=2", "hydra.sweeper.metric=val/loss"),
    "trainer.checkpoint_minutes=0.001",
)
INTERVAL = ("model=resnet", "depth=8", "learning_rate=tag(log,interval(1e-3,1e-1))", "epochs=2")


@pytest.fixture
def place(tmp_path: Path, empty_store: Path) -> Iterator[Sandbox]:
    with placed(tmp_path / "place", empty_store) as made:
        yield made


def check_each_once(place: Sandbox, number: int) -> None:
    """See that each of so many trials has one run, one child in the store, and each of its steps once."""
    assert len(place.record.trials) == len({trial.fingerprint for trial in place.record.trials}) == number
    assert len(place.runs) == len({run.manifest.fingerprint for run in place.runs}) == number
    children = {child.run_id: child for child in place.children.values()}
    assert len(children) == number
    for trial in place.record.trials:
        assert trial.run_id is not None
        steps = children[trial.run_id].points["train/step_loss"]
        assert steps == [*range(1, len(steps) + 1)] and len(steps) % STEPS == 0, trial.name


def check_the_same_again_runs_nothing(place: Sandbox, *words: str) -> None:
    table, steps = place.table, place.steps
    again = place.run(*words)
    assert again.code == 0, again.said
    assert place.table == table and place.steps == steps


def untested(place: Sandbox) -> list[dict[str, str]]:
    """Return the rows of the table without the test errors: more trials may change the choice that shows them."""
    return [row | {"test error %": ""} for row in csv.DictReader(place.table.splitlines())]


def check_asha(place: Sandbox) -> None:
    check_each_once(place, 8)
    assert set(place.states) == {"finished", "pruned"}, "some are behind"
    statuses = {run.name: run.status for run in place.runs}
    for trial in place.record.trials:
        assert trial.folder is not None and statuses[trial.folder] == trial.state
        assert trial.metrics["val/loss"] > 0
    lengths = [len(run.journal.read()) for run in place.runs if run.status == "pruned"]
    assert max(lengths) < EPOCHS * (STEPS + 1), "what was pruned ended early"


@pytest.mark.exhaustive
def test_asha_ends_what_is_behind_and_the_same_again_runs_nothing(place: Sandbox) -> None:
    ended = place.run(*ASHA)
    assert ended.code == 0, ended.said
    check_asha(place)
    check_the_same_again_runs_nothing(place, *ASHA)


def test_asha_killed_in_the_middle_loses_nothing_and_without_it_pruned_trials_go_on(place: Sandbox) -> None:
    process = place.start(*ASHA)
    wait_for_steps(place, 4 * STEPS, process)
    process.kill()
    process.communicate()
    ended = place.run(*ASHA)
    assert ended.code == 0, ended.said
    check_asha(place)
    check_the_same_again_runs_nothing(place, *ASHA)
    ended = place.run_in_turn(*(word for word in ASHA if not word.startswith("hydra")))
    assert ended.code == 0, ended.said
    assert place.states == 8 * ["finished"]
    check_each_once(place, 8)
    for child in place.children.values():
        assert child.points["val/loss"] == [STEPS * epoch for epoch in range(1, EPOCHS + 1)]


def test_optuna_goes_on_with_what_is_left_of_a_larger_budget(place: Sandbox) -> None:
    optuna = (*INTERVAL, "hydra.sweeper.search=optuna")
    first = place.run_in_turn(*optuna, "hydra.sweeper.samples=4")
    assert first.code == 0, first.said
    check_each_once(place, 4)
    before = untested(place)
    check_the_same_again_runs_nothing(place, *optuna, "hydra.sweeper.samples=4")
    process = place.start(*optuna, "hydra.sweeper.samples=7", in_turn=True)
    wait_for_steps(place, 4 * 2 * STEPS + STEPS, process)
    process.kill()
    process.communicate()
    more = place.run(*optuna, "hydra.sweeper.samples=7")
    assert more.code == 0, more.said
    check_each_once(place, 7)
    assert untested(place)[:4] == before and place.states == 7 * ["finished"]
    rates = [float(trial.values["learning_rate"]) for trial in place.record.trials]
    assert len(set(rates)) == 7 and all(1e-3 <= rate <= 1e-1 for rate in rates)
    check_the_same_again_runs_nothing(place, *optuna, "hydra.sweeper.samples=7")


def test_random_is_extended_by_more_samples(place: Sandbox) -> None:
    words = (*INTERVAL, "hydra.sweeper.search=random", "tracking=none")
    assert place.run_in_turn(*words, "hydra.sweeper.samples=2").code == 0
    before, runs = untested(place), {run.name for run in place.runs}
    more = place.run_in_turn(*words, "hydra.sweeper.samples=3")
    assert more.code == 0, more.said
    assert untested(place)[:2] == before and place.states == 3 * ["finished"]
    assert len({run.name for run in place.runs} - runs) == 1
    assert place.children == {}, "nothing is tracked"


def test_no_view_of_a_search_shows_test_errors_but_those_of_the_choice(place: Sandbox) -> None:
    """Neither the terminal, nor the table, nor MLflow; the folders of runs keep all, and a later study shows them."""
    rates = ("model=resnet", "depth=8", "learning_rate=0.1,0.0001,0.01", "epochs=2")
    ended = place.run_in_turn(*rates)
    assert ended.code == 0, ended.said
    record = place.record
    choice = record.choice
    assert choice is not None and record.searched == ("learning_rate",)
    best = max(record.trials, key=lambda trial: trial.metrics["val/accuracy"])
    assert choice.trials == (best.index,) and choice.confirm[-1] == "seed=1,2,3,4,5"

    assert all("test error" not in line for line in ended.err.splitlines()), "not while the search goes on"
    shown = [line for line in csv.DictReader(place.table.splitlines()) if line["test error %"]]
    assert [line["learning_rate"] for line in shown] == [str(best.values["learning_rate"])]
    assert shlex.join(choice.confirm) in ended.out
    children = {child.run_id: child for child in place.children.values()}
    tested = {run_id for run_id, child in children.items() if any(name.startswith("test/") for name in child.metrics)}
    assert tested == {best.run_id}
    assert {children[t.run_id].tags["depthlab.test"] for t in record.trials if t is not best} == {"withheld"}
    parent, artifacts = of_parent(place)
    assert parent.get("best/test/accuracy") == pytest.approx(best.metrics["test/accuracy"])
    assert not [name for name in artifacts if "test" in name]
    told = json.loads(artifacts["record.json"])
    assert [t["index"] for t in told["trials"] if "test/accuracy" in t["metrics"]] == [best.index]
    assert all("test/accuracy" in trial.metrics for trial in record.trials), "nothing that was recorded is lost"
    assert all(run.record is not None and "test/accuracy" in run.record.metrics for run in place.runs)

    study = place.run_in_turn("model=resnet", "depth=8,14", "learning_rate=0.0001", "epochs=2")
    assert study.code == 0, study.said
    worst = next(trial for trial in record.trials if trial.values["learning_rate"] == 0.0001)
    child = {child.run_id: child for child in place.children.values()}[str(worst.run_id)]
    assert child.points["test/accuracy"] == [2 * STEPS] and child.tags["depthlab.test"] == "shown"


def of_parent(place: Sandbox) -> tuple[dict[str, float], dict[str, str]]:
    """Return the metrics of the sweep's own MLflow run, and its text files."""
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{place.path / 'mlflow.db'}")
    run_id = str(place.record.run_id)
    files = [item.path for folder in ("", "figures") for item in client.list_artifacts(run_id, folder)]
    folder = Path(client.download_artifacts(run_id, ""))
    texts = {name: (folder / name).read_text() if name.endswith(("json", "csv")) else "" for name in files}
    return dict(client.get_run(run_id).data.metrics), texts
