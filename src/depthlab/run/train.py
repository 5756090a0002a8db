"""Train what was prepared, from the start or from the checkpoint of a run that was cut off."""

import logging
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import final

import pytorch_lightning as pl
from pytorch_lightning.strategies import Strategy

from depthlab.run.prepare import Prepared, count_epochs
from depthlab.tracking import RunFolder
from depthlab.training import (
    Checkpoints,
    CyclicCosine,
    Interruption,
    ListenerCallback,
    MetricsRecorder,
    ProgressBar,
    ProgressListener,
    Snapshots,
    StepLimit,
    TeamStrategy,
    read_checkpoint,
)


@dataclass(frozen=True)
class Trained:
    """What training leaves beside the weights."""

    seconds: float  # of training, over all resumptions
    checkpoints: Checkpoints


@final
class _Epochs(pl.Callback):
    """Tells the loader which epoch it is, on which order and augmentation depend."""

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        trainer.datamodule.train_dataloader().epoch = trainer.current_epoch  # type: ignore[attr-defined]


def train(
    prepared: Prepared, folder: RunFolder, interruption: Interruption, *, listener: ProgressListener | None = None
) -> Trained:
    """Train; the network that was prepared holds the final weights afterwards.

    Raises:
        Interrupted: Ctrl-C or SIGTERM; `last.ckpt` holds everything up to the last whole step.
        Diverged: the loss is not a number any more.
        Pruned: the listener ended the run early.
    """
    trainer_config = prepared.config["trainer"]
    team = prepared.team
    reporting = MetricsRecorder(folder.journal, team)
    checkpoints = Checkpoints(
        folder.checkpoints,
        every_minutes=trainer_config["checkpoint_minutes"],
        interruption=interruption,
        reporting=reporting,
        team=team,
    )
    progress = ProgressBar(prepared.total_steps, enabled=prepared.shows_progress)
    schedule = prepared.classifier.schedule
    after = schedule.ends(prepared.total_steps) if isinstance(schedule, CyclicCosine) else ()
    snapshots = Snapshots(folder.checkpoints, after=after, team=team)
    callbacks = [_Epochs(), StepLimit(prepared.total_steps), reporting, snapshots, checkpoints, progress]
    if team.broadcast(listener is not None):
        callbacks.append(ListenerCallback(listener, total_steps=prepared.total_steps, reporting=reporting, team=team))
    trainer = _trainer(prepared, folder, callbacks)
    resume = _resume_from(prepared, folder, checkpoints)
    if trainer_config["compile"]:
        prepared.classifier.network.compile()
    interruption.deferred = True
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="pytorch_lightning")
        warnings.filterwarnings("ignore", message=".*lr_scheduler.step.*")
        trainer.fit(prepared.classifier, datamodule=prepared.data, ckpt_path=resume, weights_only=True)
    interruption.deferred = False
    interruption.raise_if_requested()
    assert trainer.global_step == prepared.total_steps, f"{trainer.global_step} steps of {prepared.total_steps}"
    return Trained(checkpoints.seconds, checkpoints)


def _trainer(prepared: Prepared, folder: RunFolder, callbacks: list[pl.Callback]) -> pl.Trainer:
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    hardware = prepared.hardware
    return pl.Trainer(
        accelerator=hardware.device.type,
        devices=1,
        strategy=_strategy(prepared),
        precision="bf16-mixed" if hardware.precision == "bf16" else "32-true",
        max_epochs=count_epochs(prepared),
        gradient_clip_val=prepared.config["trainer"]["gradient_clip"],
        callbacks=callbacks,
        default_root_dir=folder.path,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
    )


def _strategy(prepared: Prepared) -> Strategy | str:
    if prepared.team.size == 1:
        return "auto"
    # whether the user's own network uses all of its parameters in each step is not known; some units alone do not
    find_unused = prepared.recipe.foreign or prepared.classifier.active_units is not None
    return TeamStrategy(prepared.team, prepared.hardware.device, find_unused=find_unused)


def _resume_from(prepared: Prepared, folder: RunFolder, checkpoints: Checkpoints) -> str | None:
    """Set journal and loader to the last checkpoint's step, and return the checkpoint, if the leader has one."""
    if not prepared.team.broadcast(checkpoints.last.is_file()):
        if folder.journal.path.is_file():
            folder.journal.drop_after(0)
        return None
    step = prepared.team.broadcast(_step_of(checkpoints.last))
    folder.journal.drop_after(step)
    loader = prepared.data.train_dataloader()
    loader.epoch, loader.position = divmod(step, prepared.data.steps_per_epoch)
    return str(checkpoints.last)


def _step_of(checkpoint: Path) -> int:
    """Return the step after which a checkpoint was written; 0 where this member doesn't have the file."""
    if not checkpoint.is_file():
        return 0
    return int(read_checkpoint(checkpoint)["global_step"])
