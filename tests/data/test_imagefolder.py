"""A person's own pictures."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from depthlab.data import ImageData, ImageSet, LazyImages, LoadingOptions, imagefolder, pictures
from depthlab.data.pictures import resize_and_crop
from tests.data.files import write_pictures


def get(path: Path, image_size: int | None = None) -> ImageSet:
    return imagefolder(path=path, folder=path.parent / "data", image_size=image_size)


def pixels(images: Tensor | LazyImages) -> Tensor:
    assert isinstance(images, Tensor)
    return images


def test_train_and_test_folders(tmp_path: Path) -> None:
    write_pictures(tmp_path / "p" / "train", {"cat": 7, "ant": 5})
    write_pictures(tmp_path / "p" / "test", {"cat": 3, "ant": 2})
    images = get(tmp_path / "p")
    assert images.name == "p"
    assert images.classes == ("ant", "cat")
    assert images.train.labels.bincount().tolist() == [5, 7]
    assert images.test.labels.tolist() == [0, 0, 1, 1, 1]
    assert (images.channels, images.image_size, images.test_source) == (3, 10, "")
    first = np.asarray(Image.open(tmp_path / "p" / "train" / "ant" / "0.png"))
    assert torch.equal(pixels(images.train.images)[0].permute(1, 2, 0), torch.from_numpy(first.copy()))


@pytest.mark.parametrize("name", ["val", "valid", "validation"])
def test_other_names_of_the_test_folder(name: str, tmp_path: Path) -> None:
    write_pictures(tmp_path / "p" / "train", {"a": 3, "b": 3})
    write_pictures(tmp_path / "p" / name, {"a": 1, "b": 1})
    images = get(tmp_path / "p")
    assert (len(images.test), images.test_source) == (2, name)


@pytest.mark.parametrize("below", [".", "train"])
def test_class_folders_alone_give_a_fixed_stratified_fifth_to_the_test_set(below: str, tmp_path: Path) -> None:
    write_pictures(tmp_path / "p" / below, {"a": 20, "b": 10})
    images = get(tmp_path / "p")
    assert images.test.labels.bincount().tolist() == [4, 2]
    assert images.train.labels.bincount().tolist() == [16, 8]
    assert images.test_source == "train"
    assert imagefolder(path=tmp_path / "p", folder=tmp_path / "other").checksum == images.checksum


def test_subfolders_hidden_files_and_other_files(tmp_path: Path) -> None:
    write_pictures(tmp_path / "p", {"a/deep": 5, "a": 5, "b": 5, ".hidden": 3})
    (tmp_path / "p" / "a" / "notes.txt").write_text("not a picture")
    (tmp_path / "p" / "a" / "._0.png").write_text("not a picture either")
    (tmp_path / "p" / "empty").mkdir()
    images = get(tmp_path / "p")
    assert images.classes == ("a", "b")
    assert len(images.train) + len(images.test) == 15


@pytest.mark.parametrize(("mode", "channels"), [("L", 1), ("1", 1), ("LA", 1), ("RGB", 3), ("RGBA", 3), ("P", 3)])
def test_gray_pictures_have_one_channel_and_others_three(mode: str, channels: int, tmp_path: Path) -> None:
    write_pictures(tmp_path / "p", {"a": 5, "b": 5}, mode=mode)
    assert get(tmp_path / "p").channels == channels


def test_one_colored_picture_makes_a_colored_set(tmp_path: Path) -> None:
    write_pictures(tmp_path / "p", {"a": 5, "b": 5}, mode="L")
    Image.new("RGB", (10, 10), "red").save(tmp_path / "p" / "b" / "red.png")
    assert get(tmp_path / "p").channels == 3


def test_the_size_is_that_of_the_pictures_or_64_or_what_is_typed(tmp_path: Path) -> None:
    write_pictures(tmp_path / "p", {"a": 5, "b": 5}, size=(12, 12))
    assert get(tmp_path / "p").image_size == 12
    assert get(tmp_path / "p", 7).image_size == 7
    assert get(tmp_path / "p").image_size == 12
    write_pictures(tmp_path / "p", {"c": 1}, size=(20, 16))
    assert get(tmp_path / "p").image_size == 64


def test_the_shorter_side_is_scaled_and_the_center_cut_out() -> None:
    wide = np.zeros((20, 60, 3), dtype=np.uint8)
    wide[:, 20:40] = 200
    assert bool((resize_and_crop(Image.fromarray(wide), 10, 3) > 180).all())
    assert bool((resize_and_crop(Image.fromarray(wide.transpose(1, 0, 2).copy()), 10, 1) > 180).all())
    assert resize_and_crop(Image.fromarray(wide), 10, 3).shape == (3, 10, 10)


def test_sixteen_bits_become_eight() -> None:
    deep = Image.fromarray(np.full((4, 4), 0x8040, dtype=np.uint16))
    assert resize_and_crop(deep, 4, 1).unique().tolist() == [0x80]


def test_pictures_stand_upright() -> None:
    lying = Image.fromarray(np.array([[10, 20], [30, 40]], dtype=np.uint8))
    lying.getexif()[0x0112] = 6  # turned by 90 degrees
    assert resize_and_crop(lying, 2, 1)[0].tolist() == [[30, 10], [40, 20]]


def test_a_changed_added_or_removed_picture_is_noticed(tmp_path: Path) -> None:
    write_pictures(tmp_path / "p", {"a": 5, "b": 5})
    seen = [get(tmp_path / "p").checksum]
    Image.new("RGB", (10, 10), "blue").save(tmp_path / "p" / "a" / "0.png")
    seen.append(get(tmp_path / "p").checksum)
    Image.new("RGB", (10, 10), "green").save(tmp_path / "p" / "a" / "9.png")
    seen.append(get(tmp_path / "p").checksum)
    (tmp_path / "p" / "b" / "0.png").unlink()
    seen.append(get(tmp_path / "p").checksum)
    assert len(set(seen)) == 4
    caches = [path.name for path in (tmp_path / "data").iterdir() if path.is_dir()]
    assert len(caches) == 1  # the new takes the place of the old


def test_a_picture_changed_to_one_of_the_same_length_is_noticed(tmp_path: Path) -> None:
    write_pictures(tmp_path / "p", {"a": 5, "b": 5})
    file = tmp_path / "p" / "a" / "0.bmp"
    Image.new("RGB", (10, 10), "blue").save(file)
    before, length = get(tmp_path / "p").checksum, file.stat().st_size
    Image.new("RGB", (10, 10), "green").save(file)
    os.utime(file, (1, 1))
    assert file.stat().st_size == length
    assert get(tmp_path / "p").checksum != before


def test_pictures_are_decoded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_pictures(tmp_path / "p", {"a": 5, "b": 5})
    first = get(tmp_path / "p")
    monkeypatch.setattr(Image, "open", lambda *_: pytest.fail("decoded again"))
    assert torch.equal(pixels(get(tmp_path / "p").train.images), pixels(first.train.images))


def test_pictures_too_large_for_memory_stream_and_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_pictures(tmp_path / "p", {"a": 20, "b": 20})
    memory = get(tmp_path / "p")
    monkeypatch.setattr(pictures, "MEMORY_SHARE", 0.0)
    streaming = imagefolder(path=tmp_path / "p", folder=tmp_path / "other")
    assert isinstance(streaming.train.images, LazyImages)
    assert streaming.content == memory.content
    passes = []
    for images, workers in ((memory, 0), (streaming, 0), (streaming, 1)):
        loading = LoadingOptions(crop=2, flip=True, workers=workers)
        data = ImageData(images, batch_size=8, seed=3, loading=loading, device=torch.device("cpu"), channels_last=True)
        passes.append([*data.train_dataloader(), *data.val_dataloader(), *data.test_dataloader()])
    for first, second, third in zip(*passes, strict=True):
        assert torch.equal(first[0], second[0]) and torch.equal(first[0], third[0])
        assert torch.equal(first[1], second[1]) and torch.equal(first[1], third[1])


def test_what_streams_is_measured_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_pictures(tmp_path / "p", {"a": 5, "b": 5})
    monkeypatch.setattr(pictures, "MEMORY_SHARE", 0.0)
    first = get(tmp_path / "p")
    monkeypatch.setattr(LazyImages, "blocks", lambda *_: pytest.fail("measured again"))
    assert get(tmp_path / "p").content == first.content


def no_path(folder: Path) -> None:
    imagefolder(path=None, folder=folder)


def no_folder(folder: Path) -> None:
    get(folder / "nowhere")


def no_classes(folder: Path) -> None:
    (folder / "p").mkdir()
    get(folder / "p")


def one_class(folder: Path) -> None:
    write_pictures(folder / "p", {"a": 5})
    get(folder / "p")


def too_few(folder: Path) -> None:
    write_pictures(folder / "p", {"a": 1, "b": 1})
    get(folder / "p")


def broken(folder: Path) -> None:
    write_pictures(folder / "p", {"a": 5, "b": 5})
    (folder / "p" / "b" / "3.png").write_bytes((folder / "p" / "b" / "2.png").read_bytes()[:150])
    get(folder / "p")


def not_a_picture(folder: Path) -> None:
    write_pictures(folder / "p", {"a": 5, "b": 5})
    (folder / "p" / "a" / "1.png").write_text("hello")
    get(folder / "p")


def unknown_class(folder: Path) -> None:
    write_pictures(folder / "p" / "train", {"a": 5, "b": 5})
    write_pictures(folder / "p" / "test", {"a": 5, "z": 5})
    get(folder / "p")


MISTAKES = {
    no_path: r"type data\.path=FOLDER",
    no_folder: r"data\.path=.*nowhere is not a folder",
    no_classes: r"has no folders: it needs a folder for each class",
    one_class: r"pictures in 1 of its folders",
    too_few: r"2 images are too few",
    broken: r"b/3\.png is not a picture that can be read: remove it",
    not_a_picture: r"a/1\.png is not a picture that can be read: remove it",
    unknown_class: r"class folder 'z', which .*train does not have",
}


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.__name__)
def test_a_mistake_is_told_in_one_line(mistake: object, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=MISTAKES[mistake]) as error:  # type: ignore[index]
        mistake(tmp_path)  # type: ignore[operator]
    assert "\n" not in str(error.value)
    assert not [path for path in tmp_path.glob("data/*") if os.path.isdir(path)]
