"""CIFAR-10 is the same bytes from wherever it comes. The files here are small fakes with digests of their own."""

import hashlib
import os
import pickle
from pathlib import Path

import pytest
import torch
from torch import Tensor

from depthlab.data import ImageSet, Split, cifar10
from depthlab.data.batch_files import binary_batches, python_batches
from depthlab.data.cache import data_folder
from depthlab.data.cifar10 import DIGESTS, LOADERS, Loader, from_hub, from_npm, load_with, package_images
from tests.data import files

DIGESTS_HERE = files.cifar_like_digests()


def unneeded(folder: Path) -> tuple[Split, Split]:
    raise AssertionError("this way should not be needed")


def is_the_set(images: ImageSet) -> bool:
    pixels, labels = files.cifar_like()
    assert isinstance(images.train.images, Tensor) and isinstance(images.test.images, Tensor)
    both = torch.cat([images.train.images, images.test.images]).permute(0, 2, 3, 1)
    return (
        bool((both.numpy() == pixels).all())
        and [
            *images.train.labels.tolist(),
            *images.test.labels.tolist(),
        ]
        == labels.tolist()
    )


def get(folder: Path, *loaders: Loader) -> ImageSet:
    return load_with(folder, [(f"way {number}", load) for number, load in enumerate(loaders)], DIGESTS_HERE)


def write(form: str, folder: Path) -> None:
    name = f"cifar-10-batches-{form.split('-')[0]}"
    published = {"py": "cifar-10-python.tar.gz", "bin": "cifar-10-binary.tar.gz"}[form.split("-")[0]]
    packed = form.endswith("-packed")
    place = folder / "elsewhere" / name if packed else folder / name
    (files.write_python_batches if "py" in form else files.write_binary_batches)(place)
    if packed:
        files.pack(place, folder / published)


@pytest.mark.parametrize("form", ["py", "bin", "py-packed", "bin-packed"])
def test_published_forms(form: str, tmp_path: Path) -> None:
    write(form, tmp_path)
    load = python_batches if "py" in form else binary_batches
    images = get(tmp_path, load)
    assert is_the_set(images)
    assert images.classes[3] == "cat"
    assert is_the_set(get(tmp_path, unneeded))  # it was cached


def test_the_package_of_npm(tmp_path: Path) -> None:
    files.write_package(tmp_path / "package.tgz")
    assert is_the_set(get(tmp_path, lambda folder: package_images(folder / "package.tgz")))


def test_the_layout_of_the_hub_in_the_data_folder(tmp_path: Path) -> None:
    files.write_hub_set(tmp_path / "uoft-cs" / "cifar10", {"train": 6, "test": 3}, columns=("img", "label"))
    train, test = from_hub(tmp_path)
    assert train.images.shape == (6, 3, 6, 6)
    assert test.labels.tolist() == [0, 1, 2]
    assert [path.name for path in tmp_path.iterdir()] == ["uoft-cs"]


def test_the_ways_are_tried_in_order() -> None:
    assert [load for _, load in LOADERS] == [python_batches, binary_batches, from_hub, from_npm]


def test_a_way_with_other_bytes_is_passed_over(tmp_path: Path) -> None:
    files.write_package(tmp_path / "spoiled.tgz", spoiled=True)
    files.write_package(tmp_path / "sound.tgz")

    def spoiled(folder: Path) -> tuple[Split, Split]:
        return package_images(tmp_path / "spoiled.tgz")

    def sound(folder: Path) -> tuple[Split, Split]:
        return package_images(tmp_path / "sound.tgz")

    assert is_the_set(get(tmp_path, spoiled, sound))
    with pytest.raises(ValueError, match="way 0: not the bytes of CIFAR-10"):
        load_with(data_folder(tmp_path / "anew"), [("way 0", spoiled)], DIGESTS_HERE)


def test_a_cache_with_other_bytes_is_fetched_anew(tmp_path: Path) -> None:
    write("bin", tmp_path)
    get(tmp_path, binary_batches)
    images = tmp_path / "cifar10" / "train_images.npy"
    whole = images.read_bytes()
    images.write_bytes(whole[: len(whole) // 2])
    assert is_the_set(get(tmp_path, binary_batches))
    assert hashlib.sha256(images.read_bytes()).digest() == hashlib.sha256(whole).digest()


def test_where_nothing_works_one_line_says_what_was_tried_and_what_to_do(tmp_path: Path) -> None:
    def no_network(folder: Path) -> tuple[Split, Split]:
        raise ValueError("no network")

    loaders = [("cifar-10-batches-py", python_batches), ("cifar-10-batches-bin", binary_batches), ("Hub", no_network)]
    with pytest.raises(ValueError, match=r"cifar-10-batches-py: not there; .*bin: not there; Hub: no network") as error:
        load_with(tmp_path, loaders, DIGESTS_HERE)
    assert "\n" not in str(error.value)
    assert f"into {tmp_path}" in str(error.value)
    assert not (tmp_path / "cifar10").exists()


def break_nothing(folder: Path) -> None:
    (folder / "data_batch_3").unlink()


def break_short(folder: Path) -> None:
    file = folder / "data_batch_2"
    file.write_bytes(file.read_bytes()[:5000])


def break_kind(folder: Path) -> None:
    (folder / "test_batch").write_bytes(pickle.dumps({b"data": [1, 2, 3], b"labels": [1]}))


def break_labels(folder: Path) -> None:
    file = folder / "test_batch"
    batch = pickle.loads(file.read_bytes())
    file.write_bytes(pickle.dumps(batch | {b"labels": [1]}, protocol=3))


class Attack:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("attacked",)


def break_in(folder: Path) -> None:
    (folder / "data_batch_1").write_bytes(pickle.dumps({b"data": Attack(), b"labels": []}))


@pytest.mark.parametrize("damage", [break_nothing, break_short, break_kind, break_labels, break_in])
def test_broken_pickles_are_a_reason_not_a_crash(
    damage: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files.write_python_batches(tmp_path / "cifar-10-batches-py")
    damage(tmp_path / "cifar-10-batches-py")  # type: ignore[operator]
    with pytest.raises(ValueError, match=r"missing|read|labels"):
        python_batches(tmp_path)
    assert not (tmp_path / "attacked").exists()


def test_broken_archives_and_records_are_a_reason(tmp_path: Path) -> None:
    write("py-packed", tmp_path)
    archive = tmp_path / "cifar-10-python.tar.gz"
    archive.write_bytes(archive.read_bytes()[:2000])
    with pytest.raises(ValueError, match=r"can't be read"):
        python_batches(tmp_path)
    write("bin", tmp_path)
    file = tmp_path / "cifar-10-batches-bin" / "test_batch.bin"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(ValueError, match="cut short"):
        binary_batches(tmp_path)


@pytest.mark.slow
@pytest.mark.network
def test_the_real_set(tmp_path: Path) -> None:
    images = cifar10(folder=tmp_path)
    assert images.content.digests == DIGESTS
    assert images.mean == pytest.approx((0.49139968, 0.48215841, 0.44653091), abs=1e-8)
    assert images.std == pytest.approx((0.24703223, 0.24348513, 0.26158784), abs=1e-8)
    assert (len(images.train), len(images.test)) == (50_000, 10_000)
