"""The command that the README opens with, as a person runs it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from depthlab.records import RunRecord
from tests.rules import ROOT
from tests.rules.test_pages import MAIN


@pytest.mark.slow
def test_the_main_command_trains_shows_and_records(tmp_path: Path):
    store = f"sqlite:///{tmp_path / 'another.db'}"
    places = [f"tracking.folder={tmp_path / 'runs'}", f"tracking.uri={store}"]
    command = [sys.executable, *MAIN.split()[1:], *places]
    answer = subprocess.run(command, cwd=ROOT, env=os.environ | {"COLUMNS": "200"}, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr

    [file] = (tmp_path / "runs").glob("*/record.json")
    record = RunRecord.read(file)
    assert record.name == "resnet-56 · digits · seed 0"
    assert record.metrics["model/parameters"] > 800_000
    assert record.metrics["test/accuracy"] >= 0.95

    assert f"{100 * (1 - record.metrics['test/accuracy']):.2f}" in answer.stdout
    assert f"pipelines/dashboard.py run={record.run_id} tracking.uri={store}" in answer.stdout.replace("\n", "")

    import mlflow

    run = mlflow.MlflowClient(store).get_run(str(record.run_id))
    assert run.info.status == "FINISHED"
    assert run.data.metrics["test/accuracy"] == record.metrics["test/accuracy"]
    assert run.data.params["model"] == "resnet" and run.data.params["depth"] == "56"
