"""Published weights are evaluated on the images of a recipe."""

from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional

from depthlab.data import synthetic
from tests.models.torchvision_reference import ResNet, with_random_weights
from tests.questions.conftest import Pipeline

NETWORK = ("model=resnet", "model.form=imagenet", "depth=[1,1,1,1]", "width=0.125")
HARDWARE = ("trainer.device=cpu", "trainer.threads=1", "trainer.progress=false")
DATA = ("data=synthetic", "data.image_size=32", "data.train_size=64", "data.test_size=40")
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


@pytest.fixture
def published() -> nn.Module:
    return with_random_weights(ResNet([1, 1, 1, 1], expansion=1, first=8, classes=10))


@pytest.fixture
def weights(published: nn.Module, tmp_path: Path) -> Path:
    torch.save(published.state_dict(), tmp_path / "resnet.pth")
    return tmp_path / "resnet.pth"


def images_of_the_test_set() -> tuple[Tensor, Tensor]:
    images = synthetic(image_size=32, train_size=64, test_size=40).test
    assert isinstance(images.images, Tensor)
    return images.images, images.labels


def scores(net: nn.Module, mean: tuple[float, ...], std: tuple[float, ...]) -> tuple[Tensor, Tensor]:
    """Logits and labels of the test images, computed without any of our code."""
    pixels, labels = images_of_the_test_set()
    with torch.no_grad():
        normalized = (pixels / 255 - torch.tensor(mean)[:, None, None]) / torch.tensor(std)[:, None, None]
        return net(normalized), labels


@pytest.mark.parametrize("normalization", ["imagenet", "data"])
def test_the_table_says_what_the_published_network_scores(
    normalization: str, published: nn.Module, weights: Path, pipeline: Pipeline
) -> None:
    images = synthetic(image_size=32, train_size=64, test_size=40)
    mean, std = IMAGENET if normalization == "imagenet" else (images.mean, images.std)
    logits, labels = scores(published, mean, std)
    accuracy = float((logits.argmax(dim=1) == labels).float().mean())
    words = () if normalization == "imagenet" else ("normalization=data",)
    answer = pipeline("evaluate", f"weights={weights}", *words, *NETWORK, *DATA, *HARDWARE)
    assert (answer.code, answer.err) == (0, "")
    title, *lines = answer.out.splitlines()
    assert title.strip() == "resnet.pth on synthetic-32x32x3"
    rows = dict(line.strip().split("  ", maxsplit=1) for line in lines)
    assert {name: value.strip() for name, value in rows.items()} == {
        "test error": f"{100 * (1 - accuracy):.2f} %  (40 images)",
        "test accuracy": f"{100 * accuracy:.2f} %",
        "test loss": f"{float(functional.cross_entropy(logits, labels)):.4f}",
        "parameters": f"{sum(p.numel() for p in published.parameters()):,}",
        "multiply-adds": rows["multiply-adds"].strip(),
        "normalization": normalization,
        "hardware": "cpu, fp32",
    }


def test_all_images_can_be_evaluated(weights: Path, pipeline: Pipeline) -> None:
    answer = pipeline("evaluate", f"weights={weights}", "split=all", *NETWORK, *DATA, *HARDWARE)
    assert "(104 images)" in answer.out
    assert "test" not in answer.out


@pytest.fixture
def some_classes(tmp_path: Path) -> Path:
    """The test images of three classes as a person's pictures, in folders named so that their order is another."""
    for index, (image, label) in enumerate(zip(*images_of_the_test_set(), strict=True)):
        if label >= 7:
            for part in ("train", "test"):
                folder = tmp_path / "pictures" / part / f"{'zyx'[int(label) - 7]} {label}"
                folder.mkdir(parents=True, exist_ok=True)
                Image.fromarray(image.permute(1, 2, 0).numpy()).save(folder / f"{index:02}.png")
    return tmp_path / "pictures"


def test_pictures_of_some_classes_are_told_by_name(
    published: nn.Module, weights: Path, some_classes: Path, pipeline: Pipeline, tmp_path: Path
) -> None:
    names = tmp_path / "classes.txt"
    names.write_text("\n".join([*(f"other {n}" for n in range(7)), "z 7", "y 8", "x 9"]))
    pictures = ("data=imagefolder", f"data.path={some_classes}", f"data.folder={tmp_path}", "data.image_size=32")
    answer = pipeline("evaluate", f"weights={weights}", f"classes={names}", *NETWORK, *pictures, *HARDWARE)
    assert (answer.code, answer.err) == (0, "")
    logits, labels = scores(published, *IMAGENET)
    loss = functional.cross_entropy(logits[labels >= 7], labels[labels >= 7])
    assert f"{float(loss):.4f}" in answer.out

    without = pipeline("evaluate", f"weights={weights}", *NETWORK, *pictures, *HARDWARE)
    assert without.code == 2
    assert "resnet.pth tells 10 classes apart, pictures has 3: type classes=FILE" in without.err
    names.write_text("\n".join(f"other {n}" for n in range(10)))
    unknown = pipeline("evaluate", f"weights={weights}", f"classes={names}", *NETWORK, *pictures, *HARDWARE)
    assert "pictures has the class 'x 9', which the file of classes does not name" in unknown.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("weights=nowhere.pth",), "nowhere.pth: there is no such file"),
        (("weights=WEIGHTS", "normalization=none"), "normalization must be imagenet or data, not none"),
        (("weights=WEIGHTS", "split=train"), "split must be test or all, not train"),
        (("weights=WEIGHTS", "epochs=3"), "epochs=3 does nothing where weights are evaluated, not trained"),
        (("weights=WEIGHTS", "optimizer=adamw"), "optimizer=adamw does nothing"),
        (("weights=WEIGHTS", "tracking.uri=x", "split=train"), "split must be test or all"),  # no word on tracking
        (("weights=WEIGHTS", "depht=18"), "there is no key depht; did you mean depth?"),
        (("weights=WEIGHTS", "depth"), "'depth' is not key=value"),
        (("weights=WEIGHTS", "classes=WEIGHTS/nothing"), "Not a directory"),
        (("weights=WEIGHTS", "classes=NAMES"), "it has 2 lines of 1 names"),
        (("weights=WEIGHTS", "depth=18"), "built by model=resnet model.form=imagenet depth=[1,1,1,1] width=0.125"),
        (("weights=WEIGHTS", "data.channels=1"), "takes images of 3 channels, those of synthetic-32x32x1 have 1"),
        (("weights=WEIGHTS", "data.num_classes=4"), "tells 10 classes apart, synthetic-32x32x3 has 4"),
        ((), "weights=... is missing"),
    ],
)
def test_mistakes(words: tuple[str, ...], said: str, weights: Path, pipeline: Pipeline, tmp_path: Path) -> None:
    (tmp_path / "names").write_text("cat\ncat\n")
    places = {"WEIGHTS": str(weights), "NAMES": str(tmp_path / "names")}
    for name, place in places.items():
        words = tuple(word.replace(name, place) for word in words)
    typed = {word.partition("=")[0]: word for word in (*NETWORK, *DATA, *HARDWARE, *words)}
    answer = pipeline("evaluate", *typed.values())
    assert answer.code == 2
    assert answer.err.startswith("error: ") and answer.err.count("\n") == 1
    assert said in answer.err
