"""All that changes what a run finds is in its identity: every key is varied, and the first steps are looked at."""

import pytest

from depthlab.recipe.key_rules import KEY_RULES
from tests.golden.golden import golden_run, identity

BASE = ("model=resnet", "depth=[1,1,1]", "width=[4,6,8]")
VARIED = {  # words that change one key, behind those that it needs
    "depth": "depth=[2,1,1]",
    "width": "width=[4,6,10]",
    "dropout": "dropout=0.3",
    "drop_path": "drop_path=0.3",
    "active_units": "active_units=2",
    "weight_decay": "weight_decay=0.1",
    "label_smoothing": "label_smoothing=0.2",
    "cutout": "cutout=3",
    "mixup": "mixup=0.4",
    "cutmix": "cutmix=1",
    "seed": "seed=3",
    "epochs": "epochs=5",
    "batch_size": "batch_size=12",
    "learning_rate": "learning_rate=0.5",
    "parts.activation": "parts.activation=elu",
    "data.validation": "data.validation=0.3",
    "data.crop": "data.crop=1",
    "data.flip": "data.flip=true",
    "data.on_device": "data.on_device=false",
    "data.workers": "data.workers=1",
    "data.image_size": "data.image_size=12",
    "data.channels": "data.channels=1",
    "data.num_classes": "data.num_classes=4",
    "data.train_size": "data.train_size=64",
    "data.test_size": "data.test_size=12",
    "data.seed": "data.seed=5",
    "optimizer.momentum": "optimizer.momentum=0.1",
    "optimizer.nesterov": "optimizer.nesterov=true",
    "optimizer.betas": "optimizer=adamw optimizer.betas=[0.5,0.9]",
    "optimizer.eps": "optimizer=adamw optimizer.eps=0.01",
    "schedule.warmup": "schedule=one_cycle schedule.warmup=0.6",
    "schedule.start": "schedule=one_cycle schedule.start=0.5",
    "schedule.end": "schedule=cosine schedule.end=0.5",
    "schedule.milestones": "schedule=steps schedule.milestones=[0.05,0.1]",
    "schedule.factor": "schedule=steps schedule.milestones=[0.05] schedule.factor=0.7",
    "schedule.warmup_steps": "schedule=steps schedule.warmup_steps=2",
    "schedule.warmup_factor": "schedule=steps schedule.warmup_steps=2 schedule.warmup_factor=0.7",
    "schedule.warmup_from_depth": "schedule=steps schedule.warmup_steps=2 schedule.warmup_from_depth=2",
    "schedule.cycles": "schedule=snapshots schedule.cycles=1",
    "trainer.threads": "trainer.threads=2",
    "trainer.max_steps": "trainer.max_steps=4",
    "trainer.checkpoint_minutes": "trainer.checkpoint_minutes=9",
    "trainer.progress": "trainer.progress=true",
    "trainer.microbatches": "trainer.microbatches=2",
    "tracking.enabled": "tracking.enabled=false",
    "tracking.experiment": "tracking.experiment=other",
    "tracking.patience": "tracking.patience=5",
    "tracking.system_metrics": "tracking.system_metrics=false",
}
IN_IDENTITY = {  # too slow, or only elsewhere: seen to be in the identity by name
    "trainer.compile": "trainer.compile=true",
    "trainer.workers": "trainer.workers=2",
    "trainer.gradient_clip": "trainer.gradient_clip=1.0",
    "trainer.channels_last": "trainer.channels_last=false",
    "trainer.deterministic": "trainer.deterministic=false",
}
RESOLVED = ("trainer.precision",)  # in the identity as it was resolved
MACHINE = ("trainer.device",)  # rounding alone
SOURCE = ("model._target_",)  # the identity has the source of a person's own model
IMAGES = ("data.folder", "data.path")  # the identity has the checksum of the images
PLACES = ("tracking.uri", "tracking.folder", "tracking.predictions", "fresh")
OTHERS = (*RESOLVED, *MACHINE, *SOURCE, *IMAGES, *PLACES)


def needed(words: str) -> tuple[str, ...]:
    """Return the words before the last, which the last one needs."""
    return (*BASE, *words.split()[:-1])


def test_every_key_is_varied_or_has_a_reason() -> None:
    parts = {key for key in KEY_RULES if key.startswith("parts.")}
    rest = {key for key in KEY_RULES if not key.startswith(("sweep.", "ray."))} - parts
    assert parts and rest - {*VARIED, *IN_IDENTITY, *OTHERS} == set(), "vary it in VARIED"


@pytest.mark.slow
@pytest.mark.parametrize("key", VARIED)
def test_what_changes_the_first_steps_changes_the_identity(key: str) -> None:
    words = VARIED[key]
    before, after = needed(words), (*BASE, *words.split())
    if identity(before) == identity(after):
        assert golden_run(after) == pytest.approx(golden_run(before), rel=1e-6)


@pytest.mark.parametrize("key", IN_IDENTITY)
def test_what_is_not_run_here_is_in_the_identity(key: str) -> None:
    assert identity((*BASE, IN_IDENTITY[key])) != identity(BASE)
