"""Test errors that a search is not to see: kept from MLflow's metrics until validation has chosen their run.

They stay in the run's folder, and in its `record.json` and `predictions.npz` among the artifacts, of which MLflow's
tables and charts know nothing.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from depthlab.records import without_test
from depthlab.tracking.folder import RunFolder
from depthlab.tracking.mlflow_run import send_lines, upload

if TYPE_CHECKING:
    from mlflow import MlflowClient

_TAG = "depthlab.test"
WITHHELD = {_TAG: "withheld"}  # tags of a run that is a trial of a search
PICTURES = ("figures/confusion_matrix.png",)  # artifacts that show test errors


def is_withheld(tags: Mapping[str, str]) -> bool:
    """Whether a run with these tags does not show its test errors."""
    return WITHHELD.items() <= tags.items()


def shown_files(artifacts: Mapping[str, Path], tags: Mapping[str, str]) -> dict[str, Path]:
    """Return those of a run's artifacts that may be seen."""
    hidden = PICTURES if is_withheld(tags) else ()
    return {name: file for name, file in artifacts.items() if name not in hidden}


def reveal(client: "MlflowClient", run_id: str, folder: RunFolder) -> None:
    """Send the test errors of a finished run that were withheld, if they were.

    Raises:
        mlflow.exceptions.MlflowException: The store can't be reached.
    """
    if not is_withheld(client.get_run(run_id).data.tags) or not folder.path.is_dir():
        return
    lines = [
        replace(line, values={name: line.values[name] for name in line.values.keys() - without_test(line.values)})
        for line in folder.journal.read()
    ]
    send_lines(client, run_id, [line for line in lines if line.values])
    pictures = {name: folder.path / name.rpartition("/")[2] for name in PICTURES}
    upload(client, run_id, {name: file for name, file in pictures.items() if file.is_file()})
    client.set_tag(run_id, _TAG, "shown")
