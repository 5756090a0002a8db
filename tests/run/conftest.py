"""Runs that several tests look at: each takes a second, and MLflow's import and tables some more."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from torch import Tensor

from depthlab.recipe import compose
from depthlab.records import Environment, RunRecord
from depthlab.run import experiment, prepare, run
from depthlab.tracking import RunFolder, capture_environment
from depthlab.training import read_weights

TINY = (
    *("model=resnet", "depth=8", "epochs=2", "batch_size=32", "trainer.threads=1", "trainer.progress=false"),
    *("data=synthetic", "data.image_size=8", "data.train_size=200", "data.test_size=40"),
)
STEPS_PER_EPOCH = 6  # 180 images, 20 more are for validation


@dataclass(frozen=True)
class Trained:
    """A finished run, which tests may look at but not change."""

    record: RunRecord
    root: Path
    uri: str

    @property
    def folder(self) -> RunFolder:
        return RunFolder.open(self.root / self.record.folder)

    @property
    def weights(self) -> dict[str, Tensor]:
        return read_weights(self.folder.checkpoints / "final.ckpt")


def train(root: Path, *words: str) -> Trained:
    """Train in the small, without a store."""
    return Trained(run(compose([*TINY, f"tracking.folder={root}", "tracking=none", *words])), root, "")


@pytest.fixture(scope="session")
def tracked(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A residual network's run in a sqlite store."""
    place = tmp_path_factory.mktemp("tracked")
    root, uri = place / "runs", f"sqlite:///{place / 'mlflow.db'}"
    return Trained(run(compose([*TINY, f"tracking.folder={root}", f"tracking.uri={uri}"])), root, uri)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make runs without figures and a new look at the machine, which take longer than so small a training."""
    monkeypatch.setattr(experiment, "draw", lambda record, folder: {})
    monkeypatch.setattr(prepare, "capture_environment", _environment)


@cache
def _environment(**known: str | None) -> Environment:
    return capture_environment(**known)
