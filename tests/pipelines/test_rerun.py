"""A run is repeated from its manifest, and the two are compared."""

import json
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from depthlab import run
from depthlab.run import compare_runs
from depthlab.run.compare import compare_weights
from depthlab.run.rerun_manifest import recipe_from_manifest, source_changed
from depthlab.tracking import RunFolder, find_folders
from depthlab.training import Interrupted
from tests.questions.conftest import Pipeline, Trained


@pytest.fixture
def copied(trained: Trained, tmp_path: Path) -> RunFolder:
    """A copy of the run, to be spoiled."""
    return RunFolder.open(Path(shutil.copytree(trained.folder.path, tmp_path / "runs" / trained.record.folder)))


def edit(folder: RunFolder, name: str, **changes: object) -> None:
    file = folder.path / f"{name}.json"
    values = json.loads(file.read_text()) | changes
    file.write_text(json.dumps({key: value for key, value in values.items() if key != "crc32"}))


def spoil_weights(folder: RunFolder) -> str:
    """Change the lowest bit of one weight; returns its key."""
    file = folder.checkpoints / "final.ckpt"
    checkpoint = torch.load(file, weights_only=True)
    key, weight = next(iter(checkpoint["state_dict"].items()))
    changed = weight.clone(memory_format=torch.contiguous_format)
    changed.view(torch.int32).view(-1)[0] ^= 1
    checkpoint["state_dict"][key] = changed
    torch.save(checkpoint, file)
    return str(key)


def spoil_environment(folder: RunFolder) -> None:
    environment = json.loads((folder.path / "manifest.json").read_text())["environment"]
    versions = environment["versions"] | {"torch": "1.0", "a-library": "1"}
    edit(folder, "manifest", environment=environment | {"commit": "c0ffee", "versions": versions})


@pytest.mark.slow
def test_a_run_repeated_is_identical(trained: Trained, pipeline: Pipeline, tmp_path: Path) -> None:
    words = (trained.run_id, f"folder={tmp_path}", f"tracking.uri={trained.uri}")  # fetched, as its folder is not there
    answer = pipeline("rerun", *words)
    assert answer.code == 0, answer
    assert "identical, bit for bit: 44 tensors of final weights, 12 metrics" in answer.out
    assert answer.err == ""

    (now,) = find_folders(tmp_path)
    then = trained.folder
    assert str(now.path) in answer.out
    assert now.manifest.fingerprint == then.manifest.fingerprint
    assert (now.manifest.choices, now.manifest.overrides) == (then.manifest.choices, then.manifest.overrides)
    assert now.record is not None and now.record.run_id not in (None, trained.run_id)


def test_what_differs_is_told(copied: RunFolder, pipeline: Pipeline) -> None:
    key = spoil_weights(copied)
    spoil_environment(copied)
    edit(copied, "manifest", fingerprint="another")
    answer = pipeline("rerun", copied.name, f"folder={copied.path.parent}", "tracking=none")
    assert answer.code == 1
    assert answer.err == f"the code that computes has changed since {copied.name}: the result may be another\n"
    assert f"1 of them differ, most {key}: by " in answer.out
    rows = {line.split("  ")[0]: line for line in answer.out.splitlines()}
    assert rows["torch"].split() == ["torch", "1.0", torch.__version__]
    assert rows["git commit"].split()[2] == "c0ffee"
    assert not {"test/loss", "test/accuracy", "threads", "images"} & rows.keys()
    assert len(find_folders(copied.path.parent)) == 2
    now = next(folder for folder in find_folders(copied.path.parent) if folder.name != copied.name)
    assert now.record is not None and now.record.run_id is None


def test_a_difference_in_one_metric_is_found(trained: Trained, copied: RunFolder) -> None:
    record = trained.record
    loss, speed = record.metrics["test/loss"], record.metrics["throughput/images_per_second"]
    curves = record.curves | {"train/loss": [[1, 9.0]], "throughput/images_per_second": [[1, 1.0]]}
    later = {"test/loss": loss + 1e-15, "throughput/images_per_second": speed + 1}
    copied.record = replace(record, metrics=record.metrics | later, curves=curves)
    found = compare_runs(trained.folder, copied)
    assert not found.identical and not found.weights and not found.circumstances
    assert [(one.what, one.now) for one in found.metrics] == [
        ("test/loss", repr(loss + 1e-15)),
        ("train/loss, epoch 1", "9.0"),
    ]
    assert compare_runs(trained.folder, trained.folder).identical


def test_weights_are_compared_bit_for_bit() -> None:
    one = {"a": torch.zeros(3), "n": torch.tensor(3)}
    assert compare_weights(one, {"a": torch.zeros(3), "n": torch.tensor(3)}) == ()
    assert len(compare_weights(one, one | {"a": torch.tensor([0.0, -0.0, 0.0])})) == 1
    nan = {"a": torch.tensor(float("nan"))}
    assert compare_weights(nan, {"a": nan["a"].clone()}) == ()
    (moved,) = compare_weights(one, one | {"a": torch.tensor([0.0, 0.5, 0.25]), "n": torch.tensor(4)})
    assert (moved.then, moved.now) == ("2 tensors", "2 of them differ, most n: by 1")
    other = compare_weights(one, {"a": torch.zeros(4), "b": torch.zeros(1)})
    assert [(d.what, d.then, d.now) for d in other] == [
        ("weights a", "float32 (3,)", "float32 (4,)"),
        ("weights n", "int64 ()", "absent"),
        ("weights b", "absent", "float32 (1,)"),
    ]
    layout = torch.arange(16.0).reshape(1, 4, 2, 2)
    assert compare_weights({"a": layout}, {"a": layout.contiguous(memory_format=torch.channels_last)}) == ()


def test_what_was_chosen_then_is_chosen_again(trained: Trained) -> None:
    manifest = replace(trained.folder.manifest, threads=3, precision="bf16", device="cpu")
    trainer = recipe_from_manifest(manifest).config["trainer"]
    assert (trainer["threads"], trainer["precision"], trainer["device"]) == (3, "bf16", "cpu")
    if not torch.cuda.is_available():
        assert recipe_from_manifest(replace(manifest, device="cuda:0")).config["trainer"]["device"] == "auto"


def test_a_change_that_means_nothing_for_a_run_is_left_aside(trained: Trained) -> None:
    manifest = trained.folder.manifest  # of synthetic images, which lie in no folder
    changes = {"data": {"folder": "x"}, "tracking": {"uri": "sqlite:///x"}}
    config = recipe_from_manifest(manifest, changes).config
    assert config["data"] == recipe_from_manifest(manifest).config["data"]
    assert config["tracking"]["uri"] == "sqlite:///x"


def test_a_change_of_the_source_shows_in_the_fingerprint(trained: Trained) -> None:
    manifest = trained.folder.manifest
    assert not source_changed(manifest)
    assert not source_changed(replace(manifest, threads=7))
    assert source_changed(replace(manifest, fingerprint="0" * 16))


def test_a_rerun_that_is_stopped_says_so(trained: Trained, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise Interrupted(signal.SIGTERM)

    monkeypatch.setattr(run, "rerun", stopped)
    answer = pipeline("rerun", trained.run_id, f"folder={trained.root}")
    assert answer.code == 128 + signal.SIGTERM
    assert answer.err == "stopped by SIGTERM; the same command begins anew\n"


def test_a_run_that_did_not_finish_is_not_repeated(copied: RunFolder, pipeline: Pipeline) -> None:
    copied.status = "killed"
    answer = pipeline("rerun", copied.name, f"folder={copied.path.parent}")
    assert answer.code == 2
    assert f"error: {copied.name} is killed, not finished: python " in answer.err
    assert len(find_folders(copied.path.parent)) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "run=... is missing"),
        (("zz",), "no run 'zz' in"),
        (("2", "threads=2"), "there is no key threads"),
        (("2", "tracking=mlflow"), "tracking=mlflow: type tracking=none, or leave it out"),
        (("2", "tracking.uri=mlruns"), "tracking.uri=mlruns is a store of plain files"),
    ],
)
def test_mistakes(words: tuple[str, ...], said: str, trained: Trained, pipeline: Pipeline) -> None:
    count = len(find_folders(trained.root))
    answer = pipeline("rerun", *words, f"folder={trained.root}")
    assert answer.code == 2
    assert answer.err.startswith("error: ") and answer.err.count("\n") == 1
    assert said in answer.err
    assert len(find_folders(trained.root)) == count
