"""A run with a cyclic schedule keeps the weights of its cycles' ends, however often it is cut off."""

import signal
from pathlib import Path

import pytest
import pytorch_lightning as pl
import torch

from depthlab.run import reopen
from depthlab.training import Checkpoints, Interrupted, read_weights
from tests.run.conftest import STEPS_PER_EPOCH, Trained, train

CYCLES = 4
STEPS = 2 * STEPS_PER_EPOCH
WORDS = ("schedule=snapshots", f"schedule.cycles={CYCLES}", "dropout=0.1", "trainer.checkpoint_minutes=1e-9")

pytestmark = [pytest.mark.usefixtures("bare"), pytest.mark.slow]


def kept(run: Trained) -> list[dict[str, torch.Tensor]]:
    return [read_weights(file) for file in run.folder.snapshots]


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return train(tmp_path_factory.mktemp("whole"), *WORDS)


def test_there_is_one_for_each_cycle_and_the_last_one_is_the_end(whole: Trained) -> None:
    steps = [torch.load(file, weights_only=True)["step"] for file in whole.folder.snapshots]
    assert steps == [STEPS / CYCLES * cycle for cycle in range(1, CYCLES + 1)]
    found = kept(whole)
    assert same(found[-1], whole.weights)
    assert not any(same(found[0], other) for other in found[1:])


@pytest.mark.parametrize("step", [STEPS // CYCLES, STEPS // CYCLES + 1, STEPS_PER_EPOCH, STEPS])
def test_a_run_that_dies_at_once_behind_a_checkpoint_has_the_same_in_the_end(
    whole: Trained, step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a cycle's end, right behind it, at an epoch's end and at the run's."""
    save = Checkpoints._save_last

    def save_and_die(self: Checkpoints, trainer: pl.Trainer, **how: bool) -> None:
        save(self, trainer, **how)
        if trainer.global_step == step:
            raise Interrupted(signal.SIGTERM)

    with monkeypatch.context() as patch, pytest.raises(Interrupted):
        patch.setattr(Checkpoints, "_save_last", save_and_die)
        train(tmp_path, *WORDS)
    broken = train(tmp_path, *WORDS)
    assert broken.record.resumptions == 1
    assert len(kept(broken)) == CYCLES
    assert all(same(one, other) for one, other in zip(kept(broken), kept(whole), strict=True))


def test_they_are_taken_up_as_networks(whole: Trained) -> None:
    run = reopen(whole.folder)
    networks = run.snapshots()
    assert len(networks) == CYCLES and not any(network.training for network in networks)
    assert all(same(dict(net.state_dict()), weights) for net, weights in zip(networks, kept(whole), strict=True))
    assert same(dict(networks[-1].state_dict()), dict(run.network("final").state_dict()))


def test_other_schedules_keep_none(tmp_path: Path) -> None:
    run = train(tmp_path, "trainer.max_steps=2")
    assert run.folder.snapshots == [] and reopen(run.folder).snapshots() == []
