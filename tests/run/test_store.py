"""What MLflow shows of a run is what the run's folder says, once."""

import json
from collections import Counter
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.entities import Run

from tests.run.conftest import STEPS_PER_EPOCH, Trained


@pytest.fixture(scope="session")
def client(tracked: Trained) -> MlflowClient:
    return MlflowClient(tracked.uri)


@pytest.fixture(scope="session")
def shown(tracked: Trained, client: MlflowClient) -> Run:
    return client.get_run(str(tracked.record.run_id))


def test_the_run_is_finished_and_reads_well(tracked: Trained, shown: Run) -> None:
    assert shown.info.status == "FINISHED"
    assert shown.info.run_name == tracked.record.name == "resnet-8 · synthetic · seed 0"
    assert shown.data.tags["depthlab.fingerprint"] == tracked.record.fingerprint
    assert shown.data.tags["depthlab.folder"] == str(tracked.folder.path)


def test_there_is_one_experiment_with_one_run(shown: Run, client: MlflowClient) -> None:
    experiment = client.get_experiment_by_name("depthlab")
    assert experiment is not None
    assert [run.info.run_id for run in client.search_runs([experiment.experiment_id])] == [shown.info.run_id]


def test_parameters_are_named_as_the_axes_that_one_types(tracked: Trained, shown: Run) -> None:
    assert {name: str(value) for name, value in tracked.record.axes.items()}.items() <= shown.data.params.items()
    assert {"model.shortcut", "optimizer.momentum", "trainer.gradient_clip", "data.crop"} <= shown.data.params.keys()
    expected = {"model": "resnet", "data": "synthetic", "depth": "8", "seed": "0", "epochs": "2", "batch_size": "32"}
    assert expected.items() <= shown.data.params.items()
    assert {
        "width",
        "dropout",
        "drop_path",
        "weight_decay",
        "label_smoothing",
        "learning_rate",
    } <= shown.data.params.keys()


def test_metrics_by_step_are_there_once(shown: Run, client: MlflowClient) -> None:
    for name in ("train/step_loss", "train/learning_rate"):
        steps = [metric.step for metric in client.get_metric_history(shown.info.run_id, name)]
        assert sorted(steps) == list(range(1, 2 * STEPS_PER_EPOCH + 1))


@pytest.mark.parametrize(
    "name", ["train/loss", "train/accuracy", "val/loss", "val/accuracy", "throughput/images_per_second"]
)
def test_metrics_by_epoch_are_there_once(tracked: Trained, shown: Run, client: MlflowClient, name: str) -> None:
    history = client.get_metric_history(shown.info.run_id, name)
    assert [metric.step for metric in history] == [STEPS_PER_EPOCH, 2 * STEPS_PER_EPOCH]
    assert [metric.value for metric in history] == [value for _, value in tracked.record.curves[name]]


def test_the_records_numbers_are_the_stores(tracked: Trained, shown: Run, client: MlflowClient) -> None:
    for name, value in tracked.record.metrics.items():
        assert shown.data.metrics[name] == pytest.approx(value, rel=1e-6), name
    finals = {name for name in tracked.record.metrics if name.startswith(("final/", "test/", "model/"))}
    assert len(finals) == 6
    counts = Counter({name: len(client.get_metric_history(shown.info.run_id, name)) for name in finals})
    assert set(counts.values()) == {1}


def test_the_data_set_is_an_input(tracked: Trained, shown: Run) -> None:
    (entry,) = shown.inputs.dataset_inputs
    assert entry.dataset.name == tracked.folder.manifest.dataset.name
    assert tracked.folder.manifest.dataset.checksum.startswith(entry.dataset.digest)
    assert json.loads(entry.dataset.profile)["images"] == {"train": 180, "validation": 20, "test": 40}


def test_record_manifest_weights_and_figures_are_artifacts(tracked: Trained, shown: Run, client: MlflowClient) -> None:
    folder = tracked.folder.path
    places = {
        "manifest.json": folder / "manifest.json",
        "record.json": folder / "record.json",
        "checkpoints/best.ckpt": folder / "checkpoints/best.ckpt",
        "checkpoints/final.ckpt": folder / "checkpoints/final.ckpt",
        "figures/learning_curves.png": folder / "learning_curves.png",
        "figures/confusion_matrix.png": folder / "confusion_matrix.png",
    }
    for place, file in places.items():
        stored = Path(client.download_artifacts(shown.info.run_id, place))
        assert stored.read_bytes() == file.read_bytes(), place


def test_the_store_is_beside_no_other(tracked: Trained) -> None:
    """Nothing goes where a person works: no mlruns folder appears by itself."""
    assert {path.name for path in tracked.root.parent.iterdir()} <= {"runs", "mlflow.db", "artifacts"}
