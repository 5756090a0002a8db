"""Sets in the layout of the Hugging Face Hub, from folders, as no test may need a connection."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import datasets
import pytest
import torch
from PIL import Image
from torch import Tensor

from depthlab.data import (
    ImageData,
    ImageSet,
    LazyImages,
    LoadingOptions,
    cifar100,
    hub,
    huggingface,
    mnist,
    pictures,
    svhn,
)
from tests.data.files import write_hub_set

NAMES = datasets.ClassLabel(names=["ant", "bee", "cat"])


def get(path: Path, **choices: Any) -> ImageSet:
    return huggingface(path=str(path), folder=path.parent / "data", **choices)


def test_a_set_in_the_layout_of_the_hub(tmp_path: Path) -> None:
    pixels = write_hub_set(tmp_path / "set", {"train": 9, "test": 4})
    images = get(tmp_path / "set")
    assert (images.name, images.classes) == ("set", ("ant", "bee", "cat"))
    assert isinstance(images.train.images, Tensor)
    assert bool((images.train.images.permute(0, 2, 3, 1).numpy() == pixels).all())
    assert images.train.labels.tolist() == [0, 1, 2] * 3
    assert images.test.labels.tolist() == [0, 1, 2, 0]


def test_it_is_decoded_once_and_anew_when_its_files_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_hub_set(tmp_path / "set", {"train": 9, "test": 4})
    first = get(tmp_path / "set")
    with monkeypatch.context() as patch:
        patch.setattr(datasets, "load_dataset", lambda *_, **__: pytest.fail("loaded again"))
        assert get(tmp_path / "set").checksum == first.checksum
    write_hub_set(tmp_path / "set", {"train": 12, "test": 4})
    assert len(get(tmp_path / "set").train) == 12
    assert sorted(path.name[:4] for path in (tmp_path / "data").iterdir() if path.is_dir()) == ["set-"]


def test_the_validation_split_stands_in_for_a_missing_test_split(tmp_path: Path) -> None:
    write_hub_set(tmp_path / "set", {"train": 9, "validation": 5})
    for images in (get(tmp_path / "set"), get(tmp_path / "set")):  # from the cache too
        assert (len(images.test), images.test_source) == (5, "validation")


def test_a_fixed_fifth_stands_in_where_there_is_only_one_split(tmp_path: Path) -> None:
    write_hub_set(tmp_path / "set", {"train": 30})
    images = get(tmp_path / "set")
    assert images.test.labels.bincount().tolist() == [2, 2, 2]
    assert (len(images.train), images.test_source) == (24, "train")


def test_splits_and_size_may_be_chosen(tmp_path: Path) -> None:
    write_hub_set(tmp_path / "set", {"train": 9, "validation": 5, "test": 4})
    images = get(tmp_path / "set", train_split="validation", test_split="train", image_size=3)
    assert (len(images.train), len(images.test), images.image_size, images.test_source) == (5, 9, 3, "")


def test_columns_of_text_labels_are_classes_too(tmp_path: Path) -> None:
    features = datasets.Features({"picture": datasets.Image(), "label": datasets.Value("string")})
    write_hub_set(tmp_path / "set", {"train": 9, "test": 3}, features, columns=("picture", "label"))
    images = get(tmp_path / "set")
    assert images.classes == ("ant", "bee", "cat")
    assert images.test.labels.tolist() == [0, 1, 2]


def test_a_choice_of_columns_is_asked_for(tmp_path: Path) -> None:
    features = datasets.Features({"image": datasets.Image(), "fine": NAMES, "coarse": NAMES})
    write_hub_set(tmp_path / "set", {"train": 9, "test": 3}, features)
    with pytest.raises(ValueError, match=r"fine, coarse: type data\.label_column=fine"):
        get(tmp_path / "set")
    assert len(get(tmp_path / "set", label_column="coarse").train) == 9
    with pytest.raises(ValueError, match=r"data\.label_column=label is not a column: the set has image, fine, coarse"):
        get(tmp_path / "set", label_column="label")


def test_a_set_without_images_or_split_is_refused(tmp_path: Path) -> None:
    write_hub_set(tmp_path / "set", {"train": 9, "test": 3})
    with pytest.raises(ValueError, match=r"no split 'training', only train, test: type data\.train_split=train"):
        get(tmp_path / "set", train_split="training")
    (tmp_path / "text" / "data").mkdir(parents=True)
    table = datasets.Dataset.from_dict({"text": ["a"], "label": [0]})
    table.to_parquet(tmp_path / "text" / "data" / "train-00000-of-00001.parquet")
    with pytest.raises(ValueError, match=r"which column is it\? The set has text, label: type data\.image_column=text"):
        get(tmp_path / "text")


def test_images_without_labels_are_refused(tmp_path: Path) -> None:
    write_hub_set(tmp_path / "set", {"train": 9})
    features = datasets.Features({"image": datasets.Image(), "label": NAMES})
    table = datasets.Dataset.from_dict({"image": [None, None], "label": [-1, None]}, features=features)
    table.to_parquet(tmp_path / "set" / "data" / "test-00000-of-00001.parquet")
    with pytest.raises(ValueError, match=r"split of data\.test_split has images without a known label"):
        get(tmp_path / "set")


@pytest.mark.parametrize(
    ("image", "complaint"), [(None, "image 1 of the set is missing"), (b"no image", "image 1 of the set can't be")]
)
def test_a_missing_or_broken_image_is_told(image: bytes | None, complaint: str, tmp_path: Path) -> None:
    write_hub_set(tmp_path / "set", {"test": 9})
    features = datasets.Features({"image": datasets.Image(), "label": NAMES})
    sound = Image.new("RGB", (6, 6))
    broken = None if image is None else {"bytes": image, "path": None}
    table = datasets.Dataset.from_dict({"image": [sound, broken], "label": [0, 1]}, features=features)
    table.to_parquet(tmp_path / "set" / "data" / "train-00000-of-00001.parquet")
    with pytest.raises(ValueError, match=complaint):
        get(tmp_path / "set")


def test_a_broken_file_is_told_in_one_line(tmp_path: Path) -> None:
    write_hub_set(tmp_path / "set", {"train": 9})
    file = next((tmp_path / "set" / "data").glob("train*"))
    file.write_bytes(file.read_bytes()[:200])
    with pytest.raises(ValueError, match=r"set can't be loaded: ") as error:
        get(tmp_path / "set")
    assert "\n" not in str(error.value)


def test_named_sets_are_taken_from_the_data_folder(tmp_path: Path) -> None:
    write_hub_set(tmp_path / "ylecun" / "mnist", {"train": 9, "test": 3})
    assert mnist(folder=tmp_path).name == "mnist"
    features = datasets.Features({"img": datasets.Image(), "fine_label": NAMES, "coarse_label": NAMES})
    write_hub_set(tmp_path / "uoft-cs" / "cifar100", {"train": 9, "test": 3}, features, columns=("img", "fine_label"))
    assert len(cifar100(folder=tmp_path).train) == 9
    assert (tmp_path / "cifar100").is_dir()


def test_sets_too_large_for_memory_stream_and_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_hub_set(tmp_path / "set", {"train": 20, "test": 6})
    memory = get(tmp_path / "set")
    monkeypatch.setattr(pictures, "MEMORY_SHARE", 0.0)
    streaming = huggingface(path=str(tmp_path / "set"), folder=tmp_path / "other")
    assert isinstance(streaming.train.images, LazyImages)
    assert streaming.content == memory.content
    passes = [
        list(
            ImageData(
                images,
                batch_size=8,
                seed=0,
                loading=LoadingOptions(workers=workers),
                device=torch.device("cpu"),
                channels_last=False,
            ).train_dataloader()
        )
        for images, workers in ((memory, 0), (streaming, 1))
    ]
    for (x, y), (streamed_x, streamed_y) in zip(*passes, strict=True):
        assert torch.equal(x, streamed_x)
        assert torch.equal(y, streamed_y)


def test_a_set_that_is_nowhere_is_told_in_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="somebody/nothing can't be loaded: ") as error:  # offline, as all tests are
        huggingface(path="somebody/nothing", folder=tmp_path)
    assert "\n" not in str(error.value)
    assert capfd.readouterr() == ("", "")
    with pytest.raises(ValueError, match=r"type data\.path=OWNER/NAME"):
        huggingface(path=None, folder=tmp_path)


def test_an_unreachable_hub_is_noticed_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setattr(datasets.config, "HF_ENDPOINT", f"http://127.0.0.1:{unused.getsockname()[1]}")
        monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", False)
        with pytest.raises(ValueError, match=r"Hub can't be reached: put .* into .*ufldl-stanford/svhn"):
            svhn(folder=tmp_path)


@pytest.fixture
def silent_server() -> Iterator[str]:
    """A server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_hub_that_never_answers_costs_no_more_than_our_patience(
    silent_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "PATIENCE", 0.2)
    assert not hub._reachable(silent_server)


@pytest.mark.parametrize("status", [200, 404, 503])
def test_any_answer_shows_that_the_hub_can_be_reached(status: int) -> None:
    class Answer(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Keep quiet."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    assert hub._reachable(f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()
