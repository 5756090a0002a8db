"""A sweep on several nodes, with a real MLflow server on a real PostgreSQL; one of the nodes dies in its middle."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from depthlab.records import RunRecord
from depthlab.tracking import RunFolder, find_folders
from tests.docker.nodes import DOCKER, RayCluster, clean_environment, mlflow_server, postgres
from tests.rules import ROOT
from tests.sweeps.planned import TINY

pytestmark = [pytest.mark.slow, pytest.mark.exhaustive]

PATIENCE = 300.0
STEPS = 6  # an epoch
COMMON = (*TINY, "model=plain", "depth=8", "trainer.threads=1", "tracking.system_metrics=false")


@dataclass
class Lab:
    """A cluster with its services, and a person's folder."""

    cluster: RayCluster
    uri: str
    folder: Path

    @property
    def storage(self) -> Path:
        return self.folder / "shared"

    @property
    def environment(self) -> dict[str, str]:
        source = {"PYTHONPATH": str(ROOT / "src"), "DEPTHLAB_DATA": str(self.folder / "data")}
        return clean_environment() | self.cluster.environment | source

    def sweep(self, *words: str, uri: str | None = None, shared: bool = True) -> "subprocess.Popen[str]":
        where = [f"ray.address={self.cluster.address}", f"tracking.uri={uri or self.uri}"]
        where += [f"sweep.storage={self.storage}"] if shared else []
        command = [sys.executable, str(ROOT / "train.py"), "-m", *COMMON, *where, *words]
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL}
        return subprocess.Popen(command, cwd=self.folder, env=self.environment, text=True, **streams)

    def records(self, experiment: str) -> list[RunRecord]:
        """What the driver has at home of an experiment."""
        folders = find_folders(self.folder / "mlruns" / "runs")
        mine = [folder for folder in folders if folder.manifest.config["tracking"]["experiment"] == experiment]
        return [record for folder in mine if (record := folder.record) is not None]

    def steps(self, experiment: str) -> dict[str, list[int]]:
        """MLflow's id of each trial's run -> the steps of its losses; fails where one is not FINISHED."""
        from mlflow import MlflowClient

        client = MlflowClient(self.uri)
        found = client.get_experiment_by_name(experiment)
        assert found is not None
        runs = [run for run in client.search_runs([found.experiment_id]) if "depthlab.trial" in run.data.tags]
        assert [run.info.status for run in runs] == ["FINISHED"] * len(runs)
        assert len({str(run.data.params) for run in runs}) == len(runs), "a trial has two runs"
        return {
            run.info.run_id: sorted(
                point.step for point in client.get_metric_history(run.info.run_id, "train/step_loss")
            )
            for run in runs
        }


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("lab")
    with postgres() as database, mlflow_server(database, folder / "services") as uri:
        cluster = RayCluster(folder / "nodes", dashboard=find_spec("opencensus") is not None)
        try:
            cluster.add_worker()
            cluster.add_worker()
            cluster.await_nodes()
            yield Lab(cluster, uri, folder)
        finally:
            cluster.stop()


def running_on(room: Path) -> list[RunFolder]:
    """The runs that a node computes, in its own copy of the project."""
    found = room.glob("session_*/runtime_resources/working_dir_files/*/mlruns/runs/*/manifest.json")
    folders = [RunFolder(path.parent) for path in found]
    return [folder for folder in folders if folder.status == "running"]


def test_a_store_that_one_machine_has_is_refused_in_one_line(lab: Lab) -> None:
    words = ("seed=0,1", "epochs=1", "tracking.experiment=refused")
    store = f"sqlite:///{lab.folder / 'mlflow.db'}"
    given: dict[str, dict[str, Any]] = {
        "a sqlite file takes runs of one machine alone": {"uri": store},
        "type sweep.storage=FOLDER": {"shared": False},
    }
    for message, means in given.items():
        _, err = lab.sweep(*words, **means).communicate(timeout=PATIENCE)
        assert len(err.splitlines()) == 1 and err.startswith("error: ") and message in err, err


def test_a_node_dies_in_mid_sweep_and_every_trial_ends_exactly_once(lab: Lab) -> None:
    epochs = 150
    process = lab.sweep(
        "seed=0,1,2,3", f"epochs={epochs}", "tracking.experiment=killed", "trainer.checkpoint_minutes=0.005"
    )
    victim = lab.cluster.workers[1]
    room = lab.cluster.room(victim.name)
    deadline = time.monotonic() + PATIENCE
    while True:  # until the storage has something to continue from
        assert time.monotonic() < deadline and process.poll() is None, process.communicate()
        there = [
            run for run in running_on(room) if (lab.storage / "runs" / run.name / "checkpoints/last.ckpt").exists()
        ]
        if there:
            break
        time.sleep(0.05)
    victim.kill()
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, out + err

    records = lab.records("killed")
    assert sorted(record.axes["seed"] for record in records) == [0, 1, 2, 3]
    assert all(record.commit for record in records), "a copy of the project knows its commit"
    (continued,) = [record for record in records if record.resumptions]
    assert continued.folder == there[0].name, "it went on in the folder that the dead node had begun"
    steps = lab.steps("killed")
    assert {record.run_id for record in records} == steps.keys()
    assert all(found == list(range(1, STEPS * epochs + 1)) for found in steps.values())

    alone = [sys.executable, str(ROOT / "train.py"), *COMMON, "tracking=none", f"epochs={epochs}"]
    alone += [f"seed={continued.axes['seed']}", f"tracking.folder={lab.folder / 'alone'}"]
    subprocess.run(alone, cwd=lab.folder, env=lab.environment, check=True, capture_output=True, timeout=PATIENCE)
    (same,) = [record for folder in find_folders(lab.folder / "alone") if (record := folder.record) is not None]
    assert same.metrics["test/loss"] == continued.metrics["test/loss"]
    assert same.metrics["final/train_loss"] == continued.metrics["final/train_loss"]


def test_the_same_command_again_runs_nothing(lab: Lab) -> None:
    before = {path: path.stat().st_mtime_ns for path in lab.storage.rglob("*") if path.is_file()}
    process = lab.sweep("seed=0,1,2,3", "epochs=150", "tracking.experiment=killed", "trainer.checkpoint_minutes=0.005")
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, out + err
    assert {path: path.stat().st_mtime_ns for path in lab.storage.rglob("*") if path.is_file()} == before


@pytest.mark.skipif(find_spec("opencensus") is None, reason="jobs need the packages of `make setup EXTRAS=cluster`")
def test_a_sweep_is_submitted_as_a_job(lab: Lab) -> None:
    given = {
        "RAY_API_SERVER_ADDRESS": lab.cluster.dashboard,
        "MLFLOW_TRACKING_URI": lab.uri,
        "SWEEP_STORAGE": str(lab.storage),
        "RUNS": str(lab.folder / "mlruns" / "runs"),
    }
    environment = {name: value for name, value in lab.environment.items() if name != "PYTHONPATH"}
    environment |= given | {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
    command = [str(DOCKER / "submit-sweep.sh"), *COMMON, "seed=10,11", "epochs=2", "tracking.experiment=job"]
    done = subprocess.run(
        command, cwd=lab.folder, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(record.axes["seed"] for record in lab.records("job")) == [10, 11]
    assert all(found == list(range(1, 2 * STEPS + 1)) for found in lab.steps("job").values())


@pytest.mark.skipif(find_spec("opencensus") is None, reason="jobs need the packages of `make setup EXTRAS=cluster`")
def test_a_sweep_is_submitted_by_hand_as_the_page_says(lab: Lab) -> None:
    """The command of docs/cluster.md, with its code from the folder that is submitted; and what forgets to say so."""
    submit = ["ray", "job", "submit", "--address", lab.cluster.dashboard, "--working-dir", str(ROOT), "--"]
    words = [*COMMON, "seed=20", "epochs=2", "tracking.experiment=by-hand", "ray.address=auto"]
    words += [f"tracking.uri={lab.uri}", f"sweep.storage={lab.storage}"]
    words += [f"tracking.folder={lab.folder / 'mlruns' / 'runs'}", "-m"]

    def run(*start: str) -> "subprocess.CompletedProcess[str]":
        command = [*submit, *start, "python", "train.py", *words]
        return subprocess.run(
            command, cwd=lab.folder, env=lab.environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )

    done = run()
    assert done.returncode != 0 and "computes with that of" in done.stdout, done.stdout + done.stderr
    done = run("env", "PYTHONPATH=src")
    assert done.returncode == 0, done.stdout + done.stderr
    assert [record.axes["seed"] for record in lab.records("by-hand")] == [20]
