"""A model and a data set that a person adds: a function and a file of conf each; no file of the project is edited."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from depthlab.recipe import compose, compose_all
from depthlab.run import run
from depthlab.run.restore import load

pytestmark = pytest.mark.usefixtures("bare")

FILES = {
    "added_parts.py": """
import numpy as np
from torch import nn

from depthlab.data.images import image_set, split_from_arrays


def two_layers(*, hidden, num_classes, in_channels, image_size):
    features = in_channels * image_size**2
    return nn.Sequential(nn.Flatten(), nn.Linear(features, hidden), nn.ReLU(), nn.Linear(hidden, num_classes))


def stripes(*, size):
    labels = np.arange(size) % 2
    images = np.zeros((size, 8, 8, 1), dtype=np.uint8)
    images[labels == 0, ::2] = images[labels == 1, :, ::2] = 255
    train, test = split_from_arrays(images, labels), split_from_arrays(images[:20], labels[:20])
    return image_set("stripes", ("across", "down"), train, test)
""",
    "conf/model/two_layers.yaml": "_target_: added_parts.two_layers\nhidden: 16\n",
    "conf/data/stripes.yaml": "_target_: added_parts.stripes\nsize: 120\nflip: false\n",
}


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, ...]]:
    """Yield the words that choose both parts, whose files lie in the folder in which the person works."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield f"hydra.searchpath=[file://{tmp_path}/conf]", "model=two_layers", "data=stripes"
    sys.modules.pop("added_parts", None)


def test_they_train_are_recorded_and_come_back(added: tuple[str, ...], tmp_path: Path) -> None:
    held = ("epochs=2", "batch_size=20", "trainer.threads=1", "trainer.progress=false", "tracking=none")
    record = run(compose([*added, *held, "model.hidden=24", f"tracking.folder={tmp_path}/runs"]))
    assert record.name == "two_layers · stripes · seed 0"
    assert record.metrics["model/parameters"] == 24 * 64 + 24 + 2 * 24 + 2
    assert record.metrics["test/accuracy"] == 1.0
    assert load(record.folder, root=tmp_path / "runs").network[1].out_features == 24


def test_their_values_are_axes_of_a_sweep(added: tuple[str, ...]) -> None:
    recipes = compose_all([*added, "model.hidden=8,16", "data.size=40,80"])
    assert [(one.value("model.hidden"), one.value("data.size")) for one in recipes] == [
        *((8, 40), (8, 80), (16, 40), (16, 80))
    ]
