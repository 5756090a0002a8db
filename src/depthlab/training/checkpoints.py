"""Checkpoints: the last one, to resume from, and the best one on validation."""

import io
import pickle
import time
import zipfile
from contextlib import nullcontext
from pathlib import Path
from typing import Any, final

import pytorch_lightning as pl
import torch

from depthlab.records import Damaged, replacing, sync
from depthlab.training.classifier import Classifier
from depthlab.training.interruption import Interrupted, Interruption
from depthlab.training.reporting import MetricsRecorder
from depthlab.training.team import Team

LAST, PREVIOUS, BEST = "last.ckpt", "previous.ckpt", "best.ckpt"
_SECONDS_BETWEEN_SYNCS = 10.0  # at most that much is lost with the power of the machine


@final
class Checkpoints(pl.Callback):
    """Writes `last.ckpt` at each epoch's end and every few minutes within it, and `best.ckpt`, the weights of the
    epoch with the highest validation accuracy (the first of equals).

    `last.ckpt` is Lightning's checkpoint (weights, optimizer, schedule, loops) with the generators' states, so that
    a resumed run ends with bitwise the same weights as an uninterrupted one. Every file is written atomically and is
    readable with `weights_only=True`. Of those before `last.ckpt`, one that the disk is sure to have stays as
    `previous.ckpt`, in case that the last is damaged. Each carries the checksums of its format (`zip_damage`).

    In a team rank zero writes. `last.ckpt` holds what every member needs to resume, and all members agree on when it is
    written and when to stop: a signal to one of them stops all after the same step.
    """

    def __init__(
        self,
        folder: Path,
        *,
        every_minutes: float,
        interruption: Interruption,
        reporting: MetricsRecorder,
        team: Team | None = None,
    ) -> None:
        self.folder = folder
        self.every_seconds = 60 * every_minutes
        self.interruption = interruption
        self.reporting = reporting
        self.team = team or Team()
        self.best: dict[str, float] = {"accuracy": -1.0, "epoch": -1.0}
        self._seconds_before = 0.0
        self._began = self._saved_at = time.monotonic()
        self._synced_at, self._is_synced = -_SECONDS_BETWEEN_SYNCS, True

    @property
    def last(self) -> Path:
        """The file to resume from."""
        return self.folder / LAST

    @property
    def previous(self) -> Path:
        """The file to resume from if the last one is damaged."""
        return self.folder / PREVIOUS

    @property
    def seconds(self) -> float:
        """Wall-clock time of the fit, over all resumptions."""
        return self._seconds_before + time.monotonic() - self._began

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._began = self._saved_at = time.monotonic()
        self.interruption.reinstall_handlers()

    def on_train_batch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule, *_: Any) -> None:
        if trainer.is_last_batch or trainer.should_stop:
            return  # the epoch's end writes a checkpoint; one before it would lose the epoch's metrics
        signum, due = self._agree(due=time.monotonic() - self._saved_at > self.every_seconds)
        if signum or due:
            self._save_last(trainer, durable=bool(signum))
        if signum:
            raise Interrupted(signum)

    def on_validation_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        assert isinstance(pl_module, Classifier)
        accuracy = self.reporting.validation["val/accuracy"]
        self.keep_if_best(pl_module.network, accuracy=accuracy, epoch=trainer.current_epoch + 1)

    def keep_if_best(self, network: torch.nn.Module, *, accuracy: float, epoch: int) -> None:
        """Write the weights to `best.ckpt` if `accuracy`, on validation, beats that of all epochs before."""
        if accuracy > self.best["accuracy"]:
            self.best = {"accuracy": accuracy, "epoch": float(epoch)}
            if self.team.is_rank_zero:
                save_weights(network, self.folder / BEST, durable=False, **self.best)

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        signum, _ = self._agree(due=False)
        self._save_last(trainer, durable=bool(signum) or trainer.should_stop)
        if signum:
            raise Interrupted(signum)

    def on_save_checkpoint(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        member = {
            "cpu": torch.get_rng_state(),
            "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
            # of the current epoch, as far as this member has computed it
            "metrics": {name: x.cpu() for name, x in checkpoint["state_dict"].items() if name.startswith("train_")},
        }
        checkpoint["members"] = self.team.gather(member)
        checkpoint["best"] = self.best
        checkpoint["seconds"] = self.seconds
        checkpoint["journal"] = self.reporting.journal.size

    def on_load_checkpoint(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        member = checkpoint["members"][self.team.rank]
        torch.set_rng_state(member["cpu"])
        if torch.cuda.is_available():
            torch.cuda.set_rng_state_all(member["cuda"])
        pl_module.load_state_dict(member["metrics"], strict=False)
        self.best = checkpoint["best"]
        self._seconds_before = checkpoint["seconds"]

    def _save_last(self, trainer: pl.Trainer, *, durable: bool) -> None:
        """Write `last.ckpt`. Where epochs are short, only some wait for the disk: one of the two files always did."""
        durable = durable or time.monotonic() - self._synced_at > _SECONDS_BETWEEN_SYNCS
        self.reporting.flush(trainer, durable=durable)  # the journal has every step that the weights have
        former = self.previous if self._is_synced else None
        writes = self.team.is_rank_zero
        with replacing(self.last, durable=durable, former=former) if writes else nullcontext(self.last) as partial:
            trainer.save_checkpoint(partial)  # a collective; rank zero writes
        if durable and writes and (self.folder / BEST).is_file():
            sync(self.folder / BEST)  # of which the checkpoint knows
        self._saved_at, self._is_synced = time.monotonic(), durable
        if durable:
            self._synced_at = self._saved_at

    def _agree(self, *, due: bool) -> tuple[int, bool]:
        """Return the signal that any member received, 0 if none, and whether a checkpoint is due for any member."""
        signum, due_to_any = divmod(self.team.largest(2 * (self.interruption.signum or 0) + due), 2)
        return signum, bool(due_to_any)


def save_weights(network: torch.nn.Module, path: Path, *, durable: bool = True, **values: float) -> None:
    """Write the network's state dict, and `values` about it, to `path`, atomically; see `write_atomically`."""
    buffer = io.BytesIO()  # when torch itself writes to a full disk, its error does not say so
    torch.save({"state_dict": network.state_dict(), **values}, buffer)
    with replacing(path, durable=durable) as partial:
        partial.write_bytes(buffer.getbuffer())


def read_weights(path: Path) -> dict[str, torch.Tensor]:
    """Return the state dict that `save_weights` wrote, on the CPU. Raises `Damaged`."""
    weights: dict[str, torch.Tensor] = read_checkpoint(path)["state_dict"]
    return weights


def read_checkpoint(path: Path) -> dict[str, Any]:
    """Return what a checkpoint of this lab holds, on the CPU, without running code.

    Raises:
        Damaged: The file is missing, or is not as it was written: its checksums, which torch itself ignores, are off.
    """
    reason = zip_damage(path)
    if reason is not None:
        raise Damaged(path, reason)
    try:
        values: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, pickle.UnpicklingError) as error:
        said = "it holds more than tensors, and what it holds besides could run code"
        raise Damaged(path, said if isinstance(error, pickle.UnpicklingError) else error) from error
    return values


def zip_damage(path: Path) -> str | None:
    """Return what is wrong with a zip file, as torch and numpy write them, by the CRC-32 of each of its members.

    It takes a millisecond a MiB.
    """
    try:
        with zipfile.ZipFile(path) as file:
            bad = file.testzip()
    # what is read of a damaged file may be wrong in any way
    except Exception as error:
        return str(error) or type(error).__name__
    return None if bad is None else f"the checksum of {bad} is off"
