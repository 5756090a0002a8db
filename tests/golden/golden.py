"""Golden runs: the first steps of each family and of each part of training, in float64, as numbers.

`python -m tests.golden.golden` writes them anew. Do so only together with a higher `ARITHMETIC`, or to add runs.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch

from depthlab.recipe import ARITHMETIC, compose, override_keys, without_keys
from depthlab.run.prepare import prepare
from depthlab.training import Classifier
from tests.models.forms import FORMS

FILE = Path(__file__).with_name("golden.json")
STEPS = 3
SMALL = ("data=synthetic", "data.train_size=96", "data.test_size=8", "batch_size=16", "epochs=2", "data.crop=2")
EXACT = ("trainer.device=cpu", "trainer.precision=fp32", "trainer.threads=1", "trainer.channels_last=false")
TRAINING = {  # what is set in training, each on one small network
    word: ("model=resnet", "depth=[1,1,1]", "width=[4,6,8]", *word.split())
    for word in (
        "optimizer=nesterov",
        "optimizer=adamw",
        "schedule=cosine",
        "schedule=steps",
        "schedule=constant",
        "schedule=snapshots schedule.cycles=2",
        "weight_decay=0.01",
        "label_smoothing=0.1",
        "cutout=4",
        "mixup=0.4",
        "cutmix=1.0",
        "mixup=0.4 cutmix=1.0",
        "dropout=0.3 drop_path=0.4",
        "active_units=2",
        "trainer.microbatches=2",
        "seed=7",
        "data.flip=true",
        "data.validation=0.5",
    )
}


def golden_words() -> dict[str, tuple[str, ...]]:
    """Return the words of each golden run, by its name."""
    families = {
        " ".join((f"model={family}", *form)): (f"model={family}", *form)
        for family in FORMS
        for form in FORMS[family][:2]
    }
    return families | TRAINING


def golden_run(words: tuple[str, ...]) -> list[float]:
    """Return the losses of the first steps, and then the norm and the sum of all weights."""
    with _float64(), patch.object(Classifier, "global_step", 0):
        prepared = prepare(compose([*without_keys((*SMALL, *EXACT), override_keys(words)), *words]))
        classifier = prepared.classifier.train()
        optimizer, scheduler = _optimizer(classifier)
        losses = []
        for number, batch in enumerate(islice(prepared.data.train_dataloader(), STEPS)):
            classifier.on_train_batch_start(batch, number)
            loss = classifier.training_step(batch, number)
            loss.backward()
            classifier.on_after_backward()
            optimizer.step()
            scheduler.step()
            losses.append(float(loss.detach()))
        weights = torch.cat([tensor.detach().flatten().double() for tensor in classifier.network.state_dict().values()])
    return [*losses, float(weights.norm()), float(weights.sum())]


def identity(words: tuple[str, ...]) -> str:
    """Return the fingerprint of a run on given images."""
    return compose([*without_keys(SMALL, override_keys(words)), *words]).fingerprint(
        data_checksum="0" * 64, precision="fp32"
    )


def _optimizer(classifier: Classifier) -> tuple[Any, Any]:
    made: Any = classifier.configure_optimizers()
    return made["optimizer"], made["lr_scheduler"]["scheduler"]


@contextmanager
def _float64() -> Iterator[None]:
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


if __name__ == "__main__":
    runs = {name: [identity(words), *golden_run(words)] for name, words in golden_words().items()}
    lines = ",\n".join(f"    {json.dumps(name)}: {json.dumps(numbers)}" for name, numbers in runs.items())
    FILE.write_text(f'{{\n  "arithmetic": {ARITHMETIC},\n  "runs": {{\n{lines}\n  }}\n}}\n')
