"""The throughput benchmark: its parts, and all of it at a tiny size."""

import importlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from depthlab.tracking import capture_environment

ROOT = Path(__file__).parents[2]
BENCHMARKS = ROOT / "benchmarks"


@pytest.fixture(autouse=True)
def _siblings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A script's own folder is where Python looks first."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def start(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(BENCHMARKS / "throughput.py"), *words]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)


@pytest.mark.slow
@pytest.mark.exhaustive
def test_all_loops_take_turns_and_leave_a_record(tmp_path: Path):
    sizes = ["depth=8", "image_size=8", "batch_size=8", "steps=3", "warmup=1", "rounds=2", "threads=1"]
    result = start(*sizes, "output=record.json", folder=tmp_path)
    assert result.returncode == 0, result.stderr
    record = json.loads((tmp_path / "record.json").read_text())
    (case,) = record["cases"]
    assert case["depth"] == 8 and case["stock_workers"] in (1, 2)
    for loop in ("stock", "run", "bare"):
        assert len(case[loop]) == 2 and min(case[loop]) > 0
    assert all(0 < share < 1 for share in case["tracking_inside"])
    assert record["medians"]["depth=8"]["run / stock"] == pytest.approx(
        np.median(np.divide(case["run"], case["stock"])), abs=1e-4
    )
    assert record["command"].endswith("output=record.json") and record["versions"]["torch"]
    assert "this project / stock" in result.stdout and "ResNet-8" in result.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["record.json"]  # runs are kept elsewhere, and removed


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("depht=20", "did you mean depth"),
        ("depth=x", "depth=x must be a whole number"),
        ("rounds=0", "rounds=0 must be a whole number of 1 or more"),
        ("output=nowhere/record.json", "there is no folder nowhere"),
    ],
)
def test_mistakes_are_told_in_one_line(word: str, message: str, tmp_path: Path):
    result = start(word, folder=tmp_path)
    assert result.returncode == 2
    assert message in result.stderr and result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("module", "record", "files"),
    [
        ("measurements", "Throughput", ("throughput.json",)),
        ("sweep_measurements", "Efficiency", ("sweep_efficiency.json", "sweep_efficiency_short.json")),
    ],
)
def test_committed_records_are_those_that_are_written(module: str, record: str, files: tuple[str, ...]):
    kind = getattr(importlib.import_module(module), record)
    for file in files:
        text = (ROOT / "docs" / "results" / file).read_text()
        assert kind.from_json(text).to_json() == text


def test_conditions_are_those_of_the_machine(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "argv", ["benchmarks/some.py", "depth=8"])
    conditions = importlib.import_module("conditions")
    environment = capture_environment()
    found = conditions.conditions(environment, ("torch",))
    assert found["command"] == "python benchmarks/some.py depth=8"
    assert found["hardware"] == f"{environment.cpu}, {environment.cores} cores"
    assert found["versions"] == {"python": environment.python, "torch": torch.__version__}
    on_gpu = conditions.conditions(replace(environment, gpu="a GPU"), ())
    assert (on_gpu["hardware"], on_gpu["versions"]) == ("a GPU", {"python": environment.python})


def test_the_stopwatch_times_the_steps_after_the_warmup():
    stopwatch = importlib.import_module("stopwatch")
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    running = []
    with stopwatch.Stopwatch(warmup=2, steps=3, device=torch.device("cpu")) as watch:
        for _ in range(watch.total_steps):
            optimizer.step()
            running.append(watch.running)
    assert running == [False, True, True, True, False]
    assert watch.seconds > 0
    optimizer.step()  # outside: not counted
    assert not watch.running


def test_pictures_are_cropped_and_mirrored_as_torchvision_does():
    transforms = importlib.import_module("pil_transforms")
    pixels = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    padded = np.pad(pixels, ((2, 2), (2, 2), (0, 0)))
    seen = set()
    for seed in range(60):
        torch.manual_seed(seed)
        top, left = (int(torch.randint(0, 5, (1,))) for _ in range(2))
        mirrored = bool(torch.rand(1) < 0.5)
        torch.manual_seed(seed)
        picture = transforms.random_crop(Image.fromarray(pixels), padding=2)
        result = np.asarray(transforms.random_horizontal_flip(picture))
        window = padded[top : top + 8, left : left + 8]
        assert np.array_equal(result, window[:, ::-1] if mirrored else window)
        seen.add((top, left, mirrored))
    assert len(seen) > 30


def test_pictures_become_normalized_tensors():
    transforms = importlib.import_module("pil_transforms")
    images = np.full((1, 4, 4, 3), 255, dtype=np.uint8)
    ones = transforms.to_tensor(Image.fromarray(images[0]))
    assert ones.dtype == torch.float32 and torch.equal(ones, torch.ones(3, 4, 4))
    result = transforms.normalize(ones, (0.5, 0.0, 1.0), (0.5, 2.0, 1.0))
    assert torch.equal(result[:, 0, 0], torch.tensor([1.0, 0.5, 0.0]))
