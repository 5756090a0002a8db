"""A trained network names what is on a person's pictures."""

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from depthlab.data import synthetic
from depthlab.nn import Predictor
from depthlab.run import load, predict_pictures
from tests.questions.conftest import Pipeline, Trained


def images_of_the_test_set() -> tuple[Tensor, list[int]]:
    images = synthetic(image_size=8, train_size=200, test_size=40)
    assert isinstance(images.test.images, Tensor)
    return images.test.images, images.test.labels.tolist()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """The run's own test images as files, in folders named like the classes."""
    images, labels = images_of_the_test_set()
    for index, (image, label) in enumerate(zip(images, labels, strict=True)):
        folder = tmp_path / "pictures" / f"class {label}"
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image.permute(1, 2, 0).numpy()).save(folder / f"{index:02}.png")
    return tmp_path / "pictures"


def test_pictures_of_the_test_images_give_the_test_accuracy(
    trained: Trained, pictures: Path, pipeline: Pipeline, tmp_path: Path
) -> None:
    output = tmp_path / "predictions.csv"
    words = (f"run={trained.run_id}", f"images={pictures}", f"folder={trained.root}", f"output={output}")
    answer = pipeline("predict", *words)
    assert (answer.code, answer.err) == (0, "")

    accuracy = trained.record.metrics["test/accuracy"]
    lines = answer.out.splitlines()
    assert lines[-1] == f"accuracy {100 * accuracy:.2f} %: {round(40 * accuracy)} of 40 pictures"
    assert lines[0].split() == ["file", "class", "probability", "second-best", "folder", "says"]
    assert len(lines) == 42

    labels, probabilities = load(trained.run_id, root=trained.root).predict(images_of_the_test_set()[0])
    second = probabilities.topk(2).indices[:, 1]
    with output.open(newline="") as stream:
        rows = {int(Path(row["file"]).stem): row for row in csv.DictReader(stream)}
    assert sorted(rows) == list(range(40))
    for index, row in rows.items():
        assert Path(row["file"]).parent.name == row["folder_class"]
        assert (row["class"], row["second"]) == (f"class {labels[index]}", f"class {second[index]}")
        assert float(row["probability"]) == pytest.approx(float(probabilities[index].max()), rel=1e-5)
        assert f"{float(row['probability']):.4f}" in next(line for line in lines if f"{index:02}.png" in line)


def test_one_picture_of_another_size_and_kind(trained: Trained, pipeline: Pipeline, tmp_path: Path) -> None:
    gray = Image.fromarray(np.random.default_rng(0).integers(0, 256, (30, 20), dtype=np.uint8))
    gray.save(tmp_path / "gray.jpg")
    answer = pipeline("predict", f"run={trained.record.folder[:20]}", f"images={tmp_path / 'gray.jpg'}",
                      f"folder={trained.root}", "weights=best")  # fmt: skip
    assert answer.code == 0
    assert len(answer.out.splitlines()) == 2
    assert "accuracy" not in answer.out


def test_a_broken_picture_is_named_and_the_others_are_predicted(
    trained: Trained, pictures: Path, pipeline: Pipeline
) -> None:
    broken = pictures / "class 3" / "broken.png"
    broken.write_bytes(next(pictures.rglob("*.png")).read_bytes()[:60])
    answer = pipeline("predict", f"run={trained.run_id}", f"images={pictures}", f"folder={trained.root}")
    assert answer.code == 1
    assert answer.err.count("\n") == 1
    assert str(broken) in answer.err
    assert "of 40 pictures" in answer.out


def test_a_run_that_only_the_store_has_is_fetched_once(
    trained: Trained, pictures: Path, pipeline: Pipeline, tmp_path: Path
) -> None:
    root, store = tmp_path / "nothing", tmp_path / "copy.db"
    shutil.copy(trained.uri.removeprefix("sqlite:///"), store)
    words = (f"run={trained.run_id}", f"images={pictures}", f"folder={root}", f"tracking.uri=sqlite:///{store}")
    first = pipeline("predict", *words)
    assert first.code == 0, first.err
    assert f"{100 * trained.record.metrics['test/accuracy']:.2f} %" in first.out
    store.unlink()
    assert pipeline("predict", *words) == first
    assert not store.exists()


def test_a_gray_network_and_files_below_folders_of_other_names(tmp_path: Path) -> None:
    linear = nn.Sequential(nn.Flatten(), nn.Linear(16, 2))
    with torch.no_grad():
        linear[1].weight[:] = torch.tensor([[1.0], [-1.0]])
        linear[1].bias.zero_()
    network = Predictor(linear, classes=("light", "dark"), mean=(0.5,), std=(1.0,), image_size=4, name="a test")
    for name, color in (("light/deep/one.png", "white"), ("dark/two.png", "black"), ("three.png", "yellow")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (9, 7), color).save(tmp_path / name)
    found = predict_pictures(network, tmp_path, broken=pytest.fail)
    assert {one.file.name: (one.label, one.second, one.folder_class) for one in found} == {
        "one.png": ("light", "dark", "light"),
        "two.png": ("dark", "light", "dark"),
        "three.png": ("light", "dark", None),
    }
    (inside,) = predict_pictures(network, tmp_path / "dark", broken=pytest.fail)
    assert inside.folder_class == "dark"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run=zz", "images=."), "no run 'zz' in"),
        (("run=2", "image=."), "there is no key image; did you mean images?"),
        (("images=.",), "run=... is missing"),
        (("run=2", "images=nowhere"), "images=nowhere: there is neither a folder nor a picture"),
        (("run=2", "images=EMPTY"), "holds no pictures"),
        (("run=2", "images=.", "weights=last"), "weights must be final or best, not last"),
        (("run=2", "images=.", "output=nowhere/x.csv"), "output=nowhere/x.csv can't be written"),
        (("run=" + 32 * "0", "images=."), "there is no store sqlite:///"),
        (("run=" + 32 * "0", "images=.", "tracking.uri=STORE"), "is not available in the store"),
    ],
)
def test_mistakes(words: tuple[str, ...], said: str, trained: Trained, pipeline: Pipeline, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    stands_for = {"EMPTY": str(tmp_path / "empty"), "STORE": trained.uri}
    for name, value in stands_for.items():
        words = tuple(word.replace(name, value) for word in words)
    answer = pipeline("predict", *words, f"folder={trained.root}")
    assert answer.code == 2
    assert answer.err.startswith("error: ") and answer.err.count("\n") == 1
    assert said in answer.err


def test_no_sound_picture_at_all(trained: Trained, pipeline: Pipeline, tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "x.png").write_text("hello")
    answer = pipeline("predict", "run=2", f"images={tmp_path / 'pictures'}", f"folder={trained.root}")
    assert answer.code == 2
    assert "none of the 1 pictures" in answer.err


def test_a_run_that_has_not_finished_in_its_store_is_not_fetched(
    trained: Trained, pictures: Path, pipeline: Pipeline, tmp_path: Path
) -> None:
    from mlflow import MlflowClient

    client = MlflowClient(trained.uri)
    experiment = client.get_experiment_by_name("depthlab")
    assert experiment is not None
    run_id = client.create_run(experiment.experiment_id).info.run_id
    words = (f"run={run_id}", f"images={pictures}", f"folder={tmp_path}", f"tracking.uri={trained.uri}")
    assert "it is RUNNING there, not FINISHED" in pipeline("predict", *words).err
    client.set_terminated(run_id)
    assert "has no manifest.json in its store" in pipeline("predict", *words).err
    assert [path for path in tmp_path.glob(".fetched/*")] == []
