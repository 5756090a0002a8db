"""What a sweep takes for a run of its own: those of earlier versions, and none that computed something else."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from depthlab.recipe import recipe_from_config
from depthlab.recipe.arithmetic import FORMER_SOURCES
from depthlab.records import Manifest, read_sealed
from tests.sweeps.living import Sandbox, placed
from tests.sweeps.planned import TINY

pytestmark = pytest.mark.slow

WORDS = (*TINY, "model=resnet", "depth=8", "epochs=1", "tracking=none", "trainer.device=cpu")


@pytest.fixture
def place(tmp_path: Path, empty_store: Path) -> Iterator[Sandbox]:
    with placed(tmp_path / "place", empty_store) as made:
        yield made


def as_made_before_there_was_a_number(folder: Path) -> str:
    """Turn a run into one of an earlier version; returns its folder's name."""
    manifest = Manifest.read(folder / "manifest.json")
    recipe = recipe_from_config(manifest.config, manifest.choices, manifest.overrides)
    (*_, former) = recipe.former_fingerprints(data_checksum=manifest.dataset.checksum, precision=manifest.precision)
    values = read_sealed(folder / "manifest.json")
    del values["arithmetic"], values["stands_for"]
    text = json.dumps(values | {"fingerprint": former, "source": FORMER_SOURCES[-1]})
    (folder / "manifest.json").write_text(text)
    return folder.rename(folder.with_name(folder.name.replace(manifest.fingerprint[:8], former[:8]))).name


def test_a_study_survives_an_update(place: Sandbox) -> None:
    assert place.run_in_turn(*WORDS, "seed=0,1").code == 0
    old = {as_made_before_there_was_a_number(run.path) for run in place.runs}
    again = place.run_in_turn(*WORDS, "seed=0,1,2")
    assert again.code == 0, again.said
    runs = {run.name for run in place.runs}
    assert old < runs and len(runs) == 3, "one is new"
    assert place.run_in_turn(*WORDS, "seed=0,1", "fresh=true").code == 0
    assert len(place.runs) == 5, "unless they are to be trained anew"


def test_microbatches_are_part_of_what_is_asked(place: Sandbox) -> None:
    ended = place.run_in_turn(*WORDS, "trainer.microbatches=1,4", "seed=0")
    assert ended.code == 0, ended.said
    manifests = [run.manifest for run in place.runs]
    assert sorted(one.config["trainer"]["microbatches"] for one in manifests) == [1, 4]
    errors = {trial.values["trainer.microbatches"]: trial.metrics["final/train_loss"] for trial in place.record.trials}
    assert errors[1] != errors[4], "batch normalization sees parts"
