"""Whatever is damaged in the folder of a run that was cut off, the same command ends with the same bits."""

import shutil
import signal
from pathlib import Path
from random import Random

import pytest
import pytorch_lightning as pl
import torch

from depthlab import load
from depthlab.recipe import compose
from depthlab.records import RunStatus
from depthlab.run import ensure, run
from depthlab.tracking import RunFolder, find_folders
from depthlab.training import Checkpoints, Interrupted
from tests.faults.damage import DAMAGES, Damage, blank, cut, flip, remove
from tests.run.conftest import TINY, Trained, bare, train
from tests.run.test_resume import same_numbers

__all__ = ["bare"]  # a fixture
pytestmark = [pytest.mark.usefixtures("bare"), pytest.mark.slow]

WORDS = ("trainer.checkpoint_minutes=1e-9", "schedule=snapshots", "schedule.cycles=3", "dropout=0.1")
LAST_STEP = 9  # of 12: the first snapshot is written, the first epoch is over


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return train(tmp_path_factory.mktemp("whole"), *WORDS)


@pytest.fixture(scope="module")
def cut_off(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a run that was stopped after a step, with a checkpoint of each step."""
    root, save = tmp_path_factory.mktemp("cut-off"), Checkpoints._save_last

    def save_and_die(self: Checkpoints, trainer: pl.Trainer, *, durable: bool) -> None:
        save(self, trainer, durable=True)
        if trainer.global_step == LAST_STEP:
            raise Interrupted(signal.SIGTERM)

    with pytest.MonkeyPatch.context() as patch, pytest.raises(Interrupted):
        patch.setattr(Checkpoints, "_save_last", save_and_die)
        train(root, *WORDS)
    return root


def files_of(root: Path) -> list[Path]:
    (folder,) = find_folders(root)
    return sorted(file for file in folder.path.rglob("*") if file.is_file() and file.name != "lock")


def is_like(one: Trained, other: Trained) -> bool:
    return all(torch.equal(value, other.weights[key]) for key, value in one.weights.items()) and same_numbers(
        one.folder, other.folder
    )


@pytest.mark.parametrize(
    ("name", "damage", "said"),
    [
        ("checkpoints/last.ckpt", flip, "last.ckpt can't be gone on with"),
        ("checkpoints/last.ckpt", cut, "last.ckpt can't be gone on with"),
        ("checkpoints/best.ckpt", blank, "best.ckpt, of which it knows, is damaged or missing"),
        ("metrics.jsonl", flip, "metrics.jsonl was damaged"),
        ("metrics.jsonl", cut, "metrics.jsonl has lost lines of steps before it"),
        ("status.json", cut, "status.json is damaged"),
    ],
)
def test_what_was_before_the_damage_is_used_and_the_damage_named(
    name: str,
    damage: Damage,
    said: str,
    whole: Trained,
    cut_off: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    root = Path(shutil.copytree(cut_off, tmp_path / "runs"))
    (folder,) = find_folders(root)
    damage(folder.path / name, Random(5))
    told: list[str] = []
    record = run(compose([*TINY, f"tracking.folder={root}", "tracking=none", *WORDS]), tell=told.append)
    assert said in "\n".join([*told, capfd.readouterr().err])
    assert is_like(whole, Trained(record, root, ""))
    assert len(find_folders(root)) == 1, "it went on in the same folder"
    (begun,) = [line for line in told if line.startswith("continuing")]
    assert begun.endswith("from its last checkpoint") == (name in ("checkpoints/last.ckpt", "status.json"))


@pytest.mark.parametrize(
    "seed", [*range(6), *(pytest.param(seed, marks=pytest.mark.exhaustive) for seed in range(6, 200))]
)
def test_no_damage_leads_to_another_result(seed: int, whole: Trained, cut_off: Path, tmp_path: Path) -> None:
    root, random = Path(shutil.copytree(cut_off, tmp_path / "runs")), Random(seed)
    file, damage = random.choice(files_of(root)), random.choice(DAMAGES)
    damage(file, random)
    continued = train(root, *WORDS)
    assert is_like(whole, continued), f"{damage.__name__} of {file.name}"


@pytest.mark.parametrize("name", ["record.json", "status.json"])
def test_a_finished_run_that_lost_its_record_ends_once_more(
    name: str, whole: Trained, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    root = Path(shutil.copytree(whole.root, tmp_path / "runs"))
    (folder,) = find_folders(root)
    flip(folder.path / name, Random(1))
    recipe = compose([*TINY, f"tracking.folder={root}", "tracking=none", *WORDS])
    record = ensure(recipe, folder.manifest.fingerprint)
    assert f"{name} is damaged" in capfd.readouterr().err
    assert is_like(whole, Trained(record, root, ""))
    (folder,) = find_folders(root)
    assert folder.status == RunStatus.FINISHED
    assert folder.journal.resumptions == (name == "record.json")


@pytest.mark.parametrize("damage", [blank, cut, remove])
def test_weights_that_are_damaged_are_named_in_one_line(damage: Damage, whole: Trained, tmp_path: Path) -> None:
    root = Path(shutil.copytree(whole.root, tmp_path / "runs"))
    (folder,) = find_folders(root)
    damage(folder.checkpoints / "final.ckpt", Random(2))
    with pytest.raises(ValueError, match=r"final\.ckpt is damaged|has no final weights") as refused:
        load(folder.name, root=root)
    assert "\n" not in str(refused.value)


def test_a_manifest_that_is_damaged_stands_in_nobodys_way(
    cut_off: Path, whole: Trained, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    root = Path(shutil.copytree(cut_off, tmp_path / "runs"))
    (broken,) = find_folders(root)
    cut(broken.path / "manifest.json", Random(3))
    assert is_like(whole, train(root, *WORDS))
    assert f"{broken.path / 'manifest.json'} is damaged" in capfd.readouterr().err
    with pytest.raises(ValueError, match=r"manifest\.json is damaged"):
        _ = RunFolder.open(broken.path).manifest
