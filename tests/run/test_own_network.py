"""A person's own network trains and is tracked as any other; what is wrong with it is told."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from depthlab.recipe import compose
from depthlab.run import run
from depthlab.run.restore import load
from depthlab.tracking import find_folders
from tests.run.conftest import TINY

pytestmark = pytest.mark.usefixtures("bare")

# All but the depth: the networks below have none.
OWN = tuple(word for word in TINY if not word.startswith(("model=", "depth=")))
MODULE = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, num_classes, in_channels, hidden=16):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(64 * in_channels, hidden), nn.ReLU())
        self.frozen = nn.BatchNorm1d(hidden).eval()
        self.scores = nn.Linear(hidden, num_classes)

    def forward(self, images):
        assert not self.frozen.training, "its own mode is left alone"
        return self.scores(self.frozen(self.layers(images)))


class Failing(Net):
    steps = 0

    def forward(self, images):
        if self.training:
            self.steps += 1
        if self.steps == 3:
            raise {error}
        return super().forward(images)


class Deciding(Net):
    def forward(self, images):
        return super().forward(images if images.mean() > 0 else -images)


class Needy(Net):
    def __init__(self, num_classes, in_channels, needed):
        super().__init__(num_classes, in_channels)


class Five(nn.Linear):
    def __init__(self):
        super().__init__(8, 5)


class Empty(nn.Module):
    def forward(self, images):
        return images.new_zeros(len(images), 10)


class Pair(Net):
    def forward(self, images):
        return super().forward(images), images


class Unbuildable(nn.Module):
    def __init__(self):
        super().__init__()
        nn.Linear("many", 2)


class Narrow(Net):
    def forward(self, images):
        return super().forward(images[:, :, 1:])


def text():
    return "no network"


def empty():
    return nn.Flatten(1)
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a module of networks in it, in which the person works."""
    (tmp_path / "my_networks.py").write_text(MODULE.replace("{error}", "RuntimeError('my own mistake')"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    sys.modules.pop("my_networks", None)


def test_ones_own_network_trains_is_recorded_and_comes_back(own: Path) -> None:
    root = own / "runs"
    recipe = compose(
        [*OWN, "model._target_=my_networks.Net", "+model.hidden=24", f"tracking.folder={root}", "tracking=none"]
    )
    record = run(recipe)
    assert record.name == "Net · synthetic · seed 0"
    assert record.axes["model"] == "my_networks.Net"
    network = load(record.folder, root=root)
    assert network.network.scores.in_features == 24
    assert record.metrics["model/parameters"] == 24 * 193 + 2 * 24 + 10 * 25
    assert record.metrics["model/multiply_adds"] == 24 * 192 + 10 * 24


def test_a_network_that_asks_for_values_can_be_measured_and_trained(own: Path) -> None:
    recipe = compose([*OWN, "model._target_=my_networks.Deciding", f"tracking.folder={own / 'runs'}", "tracking=none"])
    assert run(recipe).metrics["model/multiply_adds"] == 16 * 192 + 10 * 16


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Needy", r"my_networks.Needy needs needed: type \+model.needed=..."),
        ("Absent", "my_networks has no class or function 'Absent'"),
        ("text", "model._target_=my_networks.text makes a str; it must make a torch.nn.Module"),
        ("Empty", "my_networks.Empty has no parameters to train"),
        ("Pair", r"my_networks.Pair: for one image it gives something of type tuple; .* shape \(1, 10\)"),
        ("Unbuildable", "model._target_=my_networks.Unbuildable: TypeError: .*; HYDRA_FULL_ERROR=1 shows where"),
        ("Narrow", r"my_networks.Narrow on an image of shape \(3, 8, 8\): RuntimeError: mat1 and mat2 shapes"),
        ("Five", r"my_networks.Five: for one image it gives something of shape \(1, 3, 8, 5\)"),
    ],
)
def test_what_can_not_be_trained_is_told_before_anything_is_recorded(own: Path, name: str, said: str) -> None:
    words = (f"model._target_=my_networks.{name}", f"tracking.folder={own / 'runs'}", "tracking=none")
    with pytest.raises(ValueError, match=said) as raised:
        run(compose([*OWN, *words]))
    assert "\n" not in str(raised.value)
    assert find_folders(own / "runs") == []


def test_a_network_that_fails_in_training_keeps_its_error_and_its_steps(own: Path) -> None:
    words = ("model._target_=my_networks.Failing", f"tracking.folder={own / 'runs'}", "tracking=none")
    with pytest.raises(RuntimeError, match="my own mistake") as raised:
        run(compose([*OWN, *words]))
    assert raised.traceback[-1].path == own / "my_networks.py"
    (folder,) = find_folders(own / "runs")
    assert folder.status == "failed"
    assert not folder.alive
    assert folder.record is None


def test_a_failed_run_is_begun_anew(own: Path) -> None:
    words = (*OWN, "model._target_=my_networks.Failing", f"tracking.folder={own / 'runs'}", "tracking=none")
    told: list[str] = []
    for _ in range(2):
        with pytest.raises(RuntimeError, match="my own mistake"):
            run(compose([*words]), tell=told.append)
    assert told == []
    assert [folder.status for folder in find_folders(own / "runs")] == ["failed", "failed"]
