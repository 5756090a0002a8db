"""Every axis runs, does something, and is written down."""

import math
from pathlib import Path

import pytest
import torch

from depthlab.recipe import compose
from depthlab.run import load
from depthlab.run.prepare import count_epochs, prepare
from depthlab.training.hardware import has_bf16
from tests.run.conftest import STEPS_PER_EPOCH, TINY, Trained, train

pytestmark = [pytest.mark.usefixtures("bare"), pytest.mark.slow]

SHORT = ("epochs=1", "trainer.max_steps=3")


@pytest.fixture(scope="session")
def short(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Three steps with every axis off."""
    return train(tmp_path_factory.mktemp("short"), *SHORT)


@pytest.mark.parametrize(
    "words",
    [
        ("mixup=0.2",),
        ("cutmix=1", "mixup=0.4"),
        ("cutout=4",),
        ("label_smoothing=0.1",),
        ("drop_path=0.5",),
        ("active_units=2",),
        ("dropout=0.3",),
        ("trainer.gradient_clip=0.01",),
        ("optimizer=adamw", "learning_rate=1e-3"),
        ("data.crop=1", "data.flip=false"),
    ],
    ids=" ".join,
)
def test_a_knob_runs_and_does_something(short: Trained, tmp_path: Path, words: tuple[str, ...]) -> None:
    trained = train(tmp_path, *SHORT, *words)
    assert all(math.isfinite(value) for value in trained.record.metrics.values())
    assert trained.record.fingerprint != short.record.fingerprint
    assert trained.weights.keys() == short.weights.keys()
    assert any(not torch.equal(short.weights[key], value) for key, value in trained.weights.items())


def test_what_is_no_knob_changes_no_bit(short: Trained, tmp_path: Path) -> None:
    words = ("trainer.checkpoint_minutes=9", "data.on_device=false", "trainer.channels_last=true", "mixup=null")
    trained = train(tmp_path, *SHORT, *words)
    assert all(torch.equal(short.weights[key], value) for key, value in trained.weights.items())


def test_a_run_that_ends_within_an_epoch_is_validated_and_whole(tmp_path: Path) -> None:
    steps = STEPS_PER_EPOCH + 2
    trained = train(tmp_path, "epochs=9", f"trainer.max_steps={steps}")
    lines = trained.folder.journal.read()
    assert [line.step for line in lines if "train/step_loss" in line.values] == list(range(1, steps + 1))
    for name in ("train/loss", "val/loss", "val/accuracy"):
        assert [(line.step, line.epoch) for line in lines if name in line.values] == [(STEPS_PER_EPOCH, 1), (steps, 2)]
    assert [epoch for epoch, _ in trained.record.curves["val/loss"]] == [1, 2]
    assert torch.load(trained.folder.checkpoints / "best.ckpt", weights_only=True)["epoch"] == trained.record.best_epoch


@pytest.mark.parametrize(("limit", "steps", "epochs"), [("null", 12, 2), (7, 7, 2), (6, 6, 1), (1, 1, 1), (99, 12, 2)])
def test_steps_are_limited_by_epochs_and_by_max_steps(limit: object, steps: int, epochs: int) -> None:
    prepared = prepare(compose([*TINY, "tracking=none", f"trainer.max_steps={limit}"]))
    assert (prepared.total_steps, count_epochs(prepared)) == (steps, epochs)


@pytest.mark.skipif(not has_bf16(torch.device("cpu")), reason="this processor has no bf16 arithmetic")
def test_bf16_is_chosen_where_it_pays_and_trains(tmp_path: Path) -> None:
    words = ("data.image_size=32", "data.train_size=60", *SHORT)
    fast, exact = train(tmp_path / "fast", *words), train(tmp_path / "exact", *words, "trainer.precision=fp32")
    assert (fast.folder.manifest.precision, exact.folder.manifest.precision) == ("bf16", "fp32")
    assert fast.record.fingerprint != exact.record.fingerprint
    assert all(value.dtype == exact.weights[key].dtype for key, value in fast.weights.items())
    assert fast.record.metrics["final/train_loss"] == pytest.approx(exact.record.metrics["final/train_loss"], rel=0.05)
    assert fast.record.metrics["final/train_loss"] != exact.record.metrics["final/train_loss"]


def test_one_channel_and_units_per_stage(tmp_path: Path) -> None:
    trained = train(tmp_path, *SHORT, "data.channels=1", "depth=[1,2,1]", "width=0.5", "model.shortcut=B")
    assert trained.record.name == "resnet-1-2-1 · synthetic · seed 0"
    network = load(trained.record.folder, root=trained.root)
    assert [len(stage) for stage in network.network.stages] == [1, 2, 1]
    assert network(torch.zeros(2, 1, 8, 8)).shape == (2, 10)


def test_what_can_not_be_cut_out_is_refused() -> None:
    with pytest.raises(ValueError, match=r"cutout=9 is more than the 8 pixels of synthetic.* images; type cutout=4"):
        prepare(compose([*TINY, "tracking=none", "cutout=9"]))
