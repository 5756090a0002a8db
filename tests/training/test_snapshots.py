"""Weights of some steps are kept on the way, before there is a checkpoint that is past them."""

from pathlib import Path
from typing import Any

import pytest
import pytorch_lightning as pl
import torch

from depthlab.training import Snapshots, Team, read_weights
from tests.training.small import Training, batches

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
Weights = dict[str, torch.Tensor]


class Seen(pl.Callback):
    """Notes the weights after each step."""

    def __init__(self) -> None:
        self.weights: list[Weights] = []

    def on_train_batch_end(self, trainer: pl.Trainer, pl_module: Any, *_: Any) -> None:
        self.weights.append({name: value.clone() for name, value in pl_module.network.state_dict().items()})


def same(one: Weights, other: Weights) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_they_are_the_weights_behind_the_steps_that_were_named(tmp_path: Path) -> None:
    training, seen = Training(tmp_path), Seen()
    training.fit(batches(4, 4, 4), batches(5), Snapshots(tmp_path, after=(2, 3, 6)), seen, epochs=2)
    files = sorted(tmp_path.glob("snapshot-*"))
    assert [file.name for file in files] == ["snapshot-001.ckpt", "snapshot-002.ckpt", "snapshot-003.ckpt"]
    for file, step in zip(files, (2, 3, 6), strict=True):
        assert same(read_weights(file), seen.weights[step - 1])
        assert torch.load(file, weights_only=True)["step"] == step
    assert not same(read_weights(files[0]), read_weights(files[1]))


def test_nothing_is_kept_where_no_step_is_named_and_by_who_does_not_lead(tmp_path: Path) -> None:
    class Follower(Team):  # type: ignore[misc]
        is_rank_zero = False

    training = Training(tmp_path)
    training.fit(
        batches(4, 4), batches(5), Snapshots(tmp_path, after=()), Snapshots(tmp_path, after=(1,), team=Follower())
    )
    assert list(tmp_path.glob("snapshot-*")) == []
