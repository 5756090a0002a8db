"""A run that is cut off, at any step and by any signal, ends with the bits of one that never was."""

import json
import os
import signal
import time
from pathlib import Path

import pytest
import pytorch_lightning as pl
import torch

from depthlab.records import RunRecord
from depthlab.tracking import RunFolder, find_folders
from depthlab.training import Checkpoints, Interrupted, read_weights
from tests.commands import ROOT, Command
from tests.run.conftest import STEPS_PER_EPOCH as STEPS_PER_EPOCH_OF_TINY
from tests.run.conftest import train

RUN = [
    *("model=resnet", "depth=8", "epochs=6", "batch_size=16", "dropout=0.1", "drop_path=0.2", "active_units=2"),
    "data=synthetic",
    *("data.image_size=8", "data.train_size=500", "data.test_size=50", "cutout=2", "tracking=none"),
    *("trainer.threads=1", "trainer.checkpoint_minutes=0.001", "schedule=snapshots", "schedule.cycles=4"),
]
STEPS_PER_EPOCH = 29  # 450 images, 50 more are for validation


def start(root: Path) -> Command:
    return Command("train.py", *RUN, f"tracking.folder={root}", cwd=ROOT)


def wait_for_step(root: Path, step: int, process: Command, *, resumptions: int) -> None:
    """Wait until the process itself trains: a journal that was begun before it may know the step already."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()
        for folder in find_folders(root):
            if folder.journal.resumptions == resumptions and any(line.step >= step for line in folder.journal.read()):
                return
        time.sleep(0.02)
    raise AssertionError(f"step {step} not reached")


def cut_off(root: Path, step: int, signum: signal.Signals, *, resumptions: int) -> tuple[int, str]:
    process = start(root)
    wait_for_step(root, step, process, resumptions=resumptions)
    os.kill(process.pid, signum)
    _, errors = process.communicate(timeout=60)
    return process.returncode, errors


@pytest.mark.slow
def test_a_run_cut_off_thrice_ends_bit_for_bit_like_an_unbroken_one(tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert start(whole).wait(120) == 0
    code, errors = cut_off(broken, 10, signal.SIGKILL, resumptions=0)
    assert code == -signal.SIGKILL
    code, errors = cut_off(broken, STEPS_PER_EPOCH + 5, signal.SIGINT, resumptions=1)
    assert code == 130, errors
    assert "continuing" in errors
    assert "the same command continues it" in errors
    assert "Traceback" not in errors
    assert find_folders(broken)[0].status == "killed"
    code, errors = cut_off(broken, 2 * STEPS_PER_EPOCH + 3, signal.SIGTERM, resumptions=2)
    assert code == 143, errors
    assert start(broken).wait(120) == 0

    (one,), (other,) = find_folders(whole), find_folders(broken)
    assert len(one.snapshots) == 4
    final = "checkpoints/final.ckpt"
    for expected_file, found_file in zip(
        [*one.snapshots, one.path / final], [*other.snapshots, other.path / final], strict=True
    ):
        expected, found = read_weights(expected_file), read_weights(found_file)
        assert expected.keys() == found.keys()
        assert all(torch.equal(expected[key], found[key]) for key in expected)
    assert other.status == "finished"
    assert other.journal.resumptions == 3
    assert same_numbers(one, other)
    assert (one.path / "predictions.npz").read_bytes() == (other.path / "predictions.npz").read_bytes()


@pytest.mark.slow
@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    ("saved_at", "words"),
    [
        (3, ()),
        (STEPS_PER_EPOCH_OF_TINY, ()),
        (2 * STEPS_PER_EPOCH_OF_TINY, ()),
        (4, ("trainer.max_steps=9",)),
        (STEPS_PER_EPOCH_OF_TINY, ("trainer.max_steps=9",)),
        (9, ("trainer.max_steps=9",)),
    ],
)
def test_it_continues_from_every_kind_of_checkpoint(
    saved_at: int, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within an epoch, at its end, at the run's end, and at the end of an epoch that is cut short."""
    words = (*words, "dropout=0.1", "trainer.checkpoint_minutes=1e-9")
    whole = train(tmp_path / "whole", *words)
    save = Checkpoints._save_last

    def save_and_die(self: Checkpoints, trainer: pl.Trainer, *, durable: bool) -> None:
        save(self, trainer, durable=durable)
        if trainer.global_step == saved_at:
            raise Interrupted(signal.SIGTERM)

    with monkeypatch.context() as patch, pytest.raises(Interrupted):
        patch.setattr(Checkpoints, "_save_last", save_and_die)
        train(tmp_path / "broken", *words)
    broken = train(tmp_path / "broken", *words)
    assert broken.record.resumptions == 1
    assert all(torch.equal(value, broken.weights[key]) for key, value in whole.weights.items())
    assert same_numbers(whole.folder, broken.folder)


def same_numbers(one: RunFolder, other: RunFolder) -> bool:
    """Compare all that two runs recorded, but for the speed: every step once, every value equal."""

    def numbers(folder: RunFolder) -> list[str]:
        rows = [
            (line.step, line.epoch, {k: v for k, v in line.values.items() if not k.startswith("throughput/")})
            for line in folder.journal.read()
        ]
        return [json.dumps(row) for row in rows]

    def metrics(record: RunRecord | None) -> dict[str, float]:
        assert record is not None
        return {name: value for name, value in record.metrics.items() if not name.startswith("throughput/")}

    return numbers(one) == numbers(other) and metrics(one.record) == metrics(other.record)
