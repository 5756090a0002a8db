"""A cached set is whole and unchanged, or it is made anew."""

import json
import multiprocessing
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor

from depthlab.data import ImageSet, synthetic
from depthlab.data.cache import METADATA, cached, data_folder, load, save


def a_set(seed: int = 0) -> ImageSet:
    return synthetic(image_size=6, train_size=30, test_size=10, num_classes=3, seed=seed)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    place = tmp_path / "set"
    save(place, "here", a_set())
    return place


def same_pixels(a: ImageSet, b: ImageSet) -> bool:
    pairs = [(a.train, b.train), (a.test, b.test)]
    for one, two in pairs:
        assert isinstance(one.images, Tensor) and isinstance(two.images, Tensor)
        if not (torch.equal(one.images, two.images) and torch.equal(one.labels, two.labels)):
            return False
    return True


def test_a_set_comes_back_as_it_was(place: Path) -> None:
    read, original = load(place, "here"), a_set()
    assert read is not None
    assert same_pixels(read, original)
    assert (read.name, read.classes, read.content) == (original.name, original.classes, original.content)
    assert isinstance(read.train.images, Tensor)
    assert read.train.images.is_contiguous(memory_format=torch.channels_last)


def test_a_cached_set_is_not_made_again(place: Path) -> None:
    assert same_pixels(cached(place, "here", lambda: pytest.fail("made again")), a_set())


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-7])


def flip_a_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(bytes(content))


def not_json(file: Path) -> None:
    file.write_text("half of it")


def no_digests(file: Path) -> None:
    facts = json.loads(file.read_text())
    del facts["digests"]
    file.write_text(json.dumps(facts))


DAMAGES: list[tuple[str, Callable[[Path], None]]] = [
    ("train_images.npy", cut),
    ("test_images.npy", flip_a_bit),
    ("train_labels.npy", flip_a_bit),
    ("test_labels.npy", Path.unlink),
    (METADATA, Path.unlink),
    (METADATA, not_json),
    (METADATA, no_digests),
]


@pytest.mark.parametrize(("file", "damage"), DAMAGES, ids=[f"{file}-{damage.__name__}" for file, damage in DAMAGES])
def test_a_damaged_set_is_thrown_away_and_made_anew(place: Path, file: str, damage: Callable[[Path], None]) -> None:
    damage(place / file)
    assert load(place, "here") is None
    made = []
    assert same_pixels(cached(place, "here", lambda: made.append(1) or a_set()), a_set())  # type: ignore[func-returns-value]
    assert made == [1]
    assert load(place, "here") is not None


def test_a_set_from_another_source_replaces_the_old_one(place: Path) -> None:
    assert load(place, "elsewhere") is None
    assert same_pixels(cached(place, "elsewhere", lambda: a_set(1)), a_set(1))
    assert load(place, "here") is None


def test_nothing_is_left_where_making_or_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    place = tmp_path / "set"
    with pytest.raises(ValueError, match="no way"):
        cached(place, "here", lambda: (_ for _ in ()).throw(ValueError("no way")))
    monkeypatch.setattr("depthlab.data.cache.np.save", full)
    with pytest.raises(OSError, match="No space left"):
        cached(place, "here", a_set)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


def test_what_a_killed_process_left_is_cleared(tmp_path: Path) -> None:
    leftover = tmp_path / ".set.new"
    leftover.mkdir()
    (leftover / "train_images.npy").write_bytes(b"half")
    cached(tmp_path / "set", "here", a_set)
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["set"]


def _make_slowly(place: Path, log: Path) -> None:
    def make() -> ImageSet:
        with log.open("a") as lines:
            lines.write(f"{os.getpid()}\n")
        time.sleep(0.5)  # the others come while this one is at it
        return a_set()

    cached(place, "here", make)


def test_of_several_processes_one_makes_the_set(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    log = tmp_path / "log"
    processes = [context.Process(target=_make_slowly, args=(tmp_path / "set", log)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 4
    assert len(log.read_text().splitlines()) == 1


def test_the_data_folder_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert data_folder("~/a/b") == tmp_path / "a" / "b"
    assert (tmp_path / "a" / "b").is_dir()


def test_a_data_folder_that_cannot_be_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match=r"data\.folder=.*type another data\.folder="):
        data_folder(tmp_path / "file" / "below")


def test_a_folder_that_cannot_be_written_serves_what_it_has(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write everywhere
    assert same_pixels(cached(place, "here", lambda: pytest.fail("made again")), a_set())
    with pytest.raises(ValueError, match=r"can't be written: type another data\.folder="):
        cached(place.with_name("other"), "here", a_set)
