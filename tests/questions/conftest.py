"""One small run that all tests of the pipelines share, and a way to run a pipeline as a person does."""

import runpy
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from depthlab.recipe import compose
from depthlab.records import RunRecord
from depthlab.run import run
from depthlab.tracking import RunFolder
from tests.rules import ROOT
from tests.tracking.conftest import empty_store

__all__ = ["empty_store"]

RECIPE = (
    *("model=resnet", "depth=8", "epochs=1", "trainer.threads=1", "trainer.progress=false"),
    *("data=synthetic", "data.image_size=8", "data.train_size=200", "data.test_size=40"),
)


@dataclass(frozen=True)
class Trained:
    """A finished run; tests may add runs to its root but not change it."""

    record: RunRecord
    root: Path
    uri: str

    @property
    def folder(self) -> RunFolder:
        return RunFolder.open(self.root / self.record.folder)

    @property
    def run_id(self) -> str:
        assert self.record.run_id is not None
        return self.record.run_id


@dataclass(frozen=True)
class Answer:
    """What a pipeline said and how it ended."""

    code: int
    out: str
    err: str


Pipeline = Callable[..., Answer]


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    place = tmp_path_factory.mktemp("trained")
    root, uri = place / "runs", f"sqlite:///{place / 'mlflow.db'}"
    return Trained(run(compose([*RECIPE, f"tracking.folder={root}", f"tracking.uri={uri}"])), root, uri)


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Pipeline:
    """Run pipelines/NAME.py with the words that a person would type; in this process, as imports take seconds."""

    def call(name: str, *words: str) -> Answer:
        script = f"pipelines/{name}.py"
        monkeypatch.setattr(sys, "argv", [script, *words])
        capsys.readouterr()
        code: object = 0
        try:
            runpy.run_path(str(ROOT / script), run_name="__main__")
        except SystemExit as ended:
            code = ended.code
        shown = capsys.readouterr()
        assert isinstance(code, int)
        return Answer(code, shown.out, shown.err)

    return call
