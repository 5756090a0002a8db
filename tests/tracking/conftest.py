"""A manifest to make runs of, and a store that need not be built anew for each test."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from depthlab.records import Dataset, Environment, Manifest
from depthlab.tracking import RunFolder, open_client

MakeFolder = Callable[..., RunFolder]


def make_manifest(
    *,
    fingerprint: str = "1a2b3c4d5e6f7788",
    name: str = "resnet-56 · digits · seed 0",
    microbatches: int = 1,
    stands_for: str = "",
) -> Manifest:
    """Return the manifest of a run that never was."""
    return Manifest(
        name=name,
        fingerprint=fingerprint,
        command=("train.py", "model=resnet", "depth=56"),
        overrides=("model=resnet", "depth=56"),
        choices={"model": "resnet"},
        config={"depth": 56, "trainer": {"microbatches": microbatches}},
        axes={"model": "resnet", "depth": 56, "width": 1, "seed": 0},
        dataset=Dataset(
            name="digits",
            checksum="ab" * 32,
            classes=tuple("0123456789"),
            channels=1,
            image_size=8,
            mean=(0.3,),
            std=(0.38,),
            train_size=1294,
            validation_size=143,
            test_size=360,
        ),
        environment=Environment(
            commit="c0ffee" * 6 + "c0ff",
            diff="",
            python="3.11.9",
            platform="Linux",
            versions={"torch": "2.13.0"},
            cpu="a processor",
            cores=2,
            memory_gib=8.0,
            gpu=None,
        ),
        device="cpu",
        precision="fp32",
        threads=2,
        seed=0,
        created=datetime.now(UTC).isoformat(),
        stands_for=stands_for,
    )


@pytest.fixture
def make_folder(tmp_path: Path) -> MakeFolder:
    """Make run folders under `runs/` of the test's own folder."""

    def make(**changes: Any) -> RunFolder:
        return RunFolder.create(tmp_path / "runs", make_manifest(**changes))

    return make


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sqlite store with MLflow's tables and nothing in them; making them takes seconds."""
    path = tmp_path_factory.mktemp("store") / "mlflow.db"
    open_client(f"sqlite:///{path}", "Default")
    return path


@pytest.fixture
def store(empty_store: Path, tmp_path: Path) -> str:
    """The address of a store of the test's own."""
    shutil.copy(empty_store, tmp_path / "mlflow.db")
    return f"sqlite:///{tmp_path / 'mlflow.db'}"
