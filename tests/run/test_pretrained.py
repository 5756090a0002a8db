"""Weights that others published, in our networks: the errors that an independent program finds come out."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from depthlab.data import synthetic
from depthlab.questions.lesion.measure.lesions import measure_lesions
from depthlab.recipe import compose
from depthlab.run import PretrainedNetwork, load_pretrained
from depthlab.run.weight_file import read_tensors
from tests.run.others import OthersResNet, PaddedBlock, ProjectedBlock, errors_without_each, others_resnet

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
CIFAR = ((0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010))
DATA = ("data=synthetic", "data.image_size=8", "data.train_size=200", "data.test_size=150")
WORDS = ("model=resnet", "depth=14", *DATA, "trainer.threads=1")


def save_safetensors(tensors: dict[str, Tensor], path: Path) -> None:
    """Write what the format's own library writes: names in alphabetical order."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    data = b""
    for name in sorted(tensors):
        numbers = np.ascontiguousarray(tensors[name].numpy()).tobytes()
        kind = "I64" if tensors[name].dtype == torch.int64 else "F32"
        offsets = [len(data), len(data) + len(numbers)]
        header[name] = {"dtype": kind, "shape": list(tensors[name].shape), "data_offsets": offsets}
        data += numbers
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


def borrowed(path: Path, *words: str, normalization: str = "imagenet") -> PretrainedNetwork:
    return load_pretrained(compose([*WORDS, *words]), path, normalization=normalization)


def found_errors(taken: PretrainedNetwork) -> list[float]:
    lesions = measure_lesions(taken.network, taken.test_batches(), [], draws=0)
    return [lesions.error, *lesions.singles]


def independent(net: OthersResNet, normalization: tuple[tuple[float, ...], tuple[float, ...]]) -> list[float]:
    test = synthetic(image_size=8, train_size=200, test_size=150).test
    assert isinstance(test.images, Tensor)
    return errors_without_each(net, test.images.contiguous(), test.labels, *normalization)


def test_padded_shortcuts_of_a_wrapped_checkpoint(tmp_path: Path) -> None:
    net = others_resnet(PaddedBlock)
    state = {f"module.{key}": value for key, value in net.state_dict().items() if "num_batches" not in key}
    torch.save({"state_dict": state, "best_prec1": 92.6}, tmp_path / "resnet14.th")
    taken = borrowed(tmp_path / "resnet14.th")
    assert taken.matched == "by torchvision's names"
    assert found_errors(taken) == pytest.approx(independent(net, IMAGENET), abs=1e-9)


@pytest.mark.parametrize("kind", ["pt", "safetensors"])
def test_projected_shortcuts_are_taken_where_the_file_has_them(tmp_path: Path, kind: str) -> None:
    net, path = others_resnet(ProjectedBlock), tmp_path / f"resnet14.{kind}"
    torch.save(net.state_dict(), path) if kind == "pt" else save_safetensors(net.state_dict(), path)
    taken = borrowed(path, normalization="cifar10")
    assert taken.recipe.config["model"]["shortcut"] == "B"
    assert found_errors(taken) == pytest.approx(independent(net, CIFAR), abs=1e-9)
    assert independent(net, CIFAR) != independent(net, IMAGENET), "the normalization matters"
    with pytest.raises(ValueError, match=r"the file has projections on its shortcuts: type model.shortcut=B"):
        borrowed(path, "model.shortcut=A")


def test_names_that_say_nothing_are_taken_in_their_order(tmp_path: Path) -> None:
    net = others_resnet(PaddedBlock)
    layers = dict.fromkeys(key.rpartition(".")[0] for key in net.state_dict())
    number = {layer: place for place, layer in enumerate(layers)}
    state = {}
    for key, value in net.state_dict().items():
        layer, _, kind = key.rpartition(".")
        state[f"l{number[layer]}.{kind}"] = value
    torch.save({"model": state, "epoch": 3}, tmp_path / "a.pt")
    taken = borrowed(tmp_path / "a.pt")
    assert taken.matched == "by order"
    assert found_errors(taken) == pytest.approx(independent(net, IMAGENET), abs=1e-9)


def test_our_own_names_are_taken_by_name(tmp_path: Path) -> None:
    torch.save(others_resnet(PaddedBlock).state_dict(), tmp_path / "a.pt")
    first = borrowed(tmp_path / "a.pt")
    shuffled = dict(sorted(first.network.state_dict().items(), reverse=True))
    torch.save(shuffled, tmp_path / "b.pt")
    second = borrowed(tmp_path / "b.pt")
    assert second.matched == "by name"
    ours, theirs = first.network.state_dict(), second.network.state_dict()
    assert all(torch.equal(ours[key], theirs[key]) for key in ours)


def test_all_test_images_are_taken_and_training_images_are_not_augmented(tmp_path: Path) -> None:
    torch.save(others_resnet(PaddedBlock).state_dict(), tmp_path / "a.pt")
    taken = borrowed(tmp_path / "a.pt", normalization="data")
    assert sum(len(labels) for _, labels in taken.test_batches()) == 150
    assert sum(len(labels) for _, labels in taken.training_images(100)) == 100
    mean = torch.cat([images for images, _ in taken.training_images(1000)]).mean((0, 2, 3))
    assert mean.abs().max() < 0.2, "normalized by the set itself"


class Unpicklable:
    """What weights_only refuses."""


def test_every_mismatch_is_a_line(tmp_path: Path) -> None:
    state = others_resnet(PaddedBlock).state_dict()
    counted = {key: value for key, value in state.items() if "num_batches" not in key}
    missing = {key: value for key, value in counted.items() if key != "linear.bias"}
    wrong = counted | {"layer2.0.conv1.weight": torch.zeros(32, 16, 5, 5)}
    files: dict[str, tuple[object, tuple[str, ...], str]] = {
        "missing.pt": (missing, (), "has 66 tensors, the network 67: the network expects head.linear.bias of shape 10"),
        "wrong.pt": (wrong, (), "layer2.0.conv1.weight has the shape 32x16x5x5, and the network's stages.1.0.paths"),
        "deep.pt": (counted, ("depth=20",), "tensor 26, layer2.0.conv1.weight of shape 32x16x3x3, does not fit"),
        "classes.pt": (counted, ("data.num_classes=4",), "linear.weight has the shape 10x64, and the network's head"),
        "object.pt": ({"state_dict": counted, "args": Unpicklable()}, (), "holds more than tensors"),
        "numbers.pt": ({"epoch": 3, "lr": 0.1}, (), "holds epoch, lr, and no state dict among state_dict"),
        "list.pt": ([1, 2], (), "holds a list, no state dict"),
    }
    for name, (content, words, message) in files.items():
        torch.save(content, tmp_path / name)
        with pytest.raises(ValueError) as refused:
            borrowed(tmp_path / name, *words)
        assert message in str(refused.value) and "\n" not in str(refused.value), name
    for name in ("bad.pt", "bad.safetensors"):
        (tmp_path / name).write_bytes(b"not weights at all")
        with pytest.raises(ValueError, match="damaged"):
            read_tensors(tmp_path / name)
    with pytest.raises(ValueError, match="there is no such file"):
        read_tensors(tmp_path / "none.pt")
    with pytest.raises(ValueError, match="normalization must be imagenet, cifar10, data, not mnist"):
        borrowed(tmp_path / "missing.pt", normalization="mnist")
