"""Makers of small files in the forms in which people have images."""

import io
import json
import pickle
import tarfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]

PER_BATCH = 4  # images in each of CIFAR-10's five training batches, and in the test batch


def cifar_like() -> tuple[Pixels, Pixels]:
    """24 random images (N, 32, 32, 3) and their labels: 20 to train and 4 to test."""
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, (6 * PER_BATCH, 32, 32, 3), dtype=np.uint8)
    return images, (np.arange(6 * PER_BATCH) % 10).astype(np.uint8)


def cifar_like_digests() -> dict[str, str]:
    images, labels = cifar_like()
    cut = 5 * PER_BATCH
    return {
        "train_images": sha256(images[:cut].tobytes()).hexdigest(),
        "train_labels": sha256(labels[:cut].tobytes()).hexdigest(),
        "test_images": sha256(images[cut:].tobytes()).hexdigest(),
        "test_labels": sha256(labels[cut:].tobytes()).hexdigest(),
    }


def _batches() -> list[tuple[str, Pixels, Pixels]]:
    images, labels = cifar_like()
    names = [*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]
    parts = [slice(start, start + PER_BATCH) for start in range(0, len(images), PER_BATCH)]
    return [(name, images[part], labels[part]) for name, part in zip(names, parts, strict=True)]


def _planes(images: Pixels) -> Pixels:
    return images.transpose(0, 3, 1, 2).reshape(len(images), -1)


def write_python_batches(folder: Path) -> None:
    """As published: dictionaries of bytes keys, pickled by a numpy of another age."""
    folder.mkdir(parents=True)
    for name, images, labels in _batches():
        batch = {b"data": np.ascontiguousarray(_planes(images)), b"labels": labels.tolist()}
        old = pickle.dumps(batch, protocol=3).replace(b"numpy._core.", b"numpy.core.")
        (folder / name).write_bytes(old)


def write_binary_batches(folder: Path) -> None:
    folder.mkdir(parents=True)
    for name, images, labels in _batches():
        records = np.concatenate([labels[:, None], _planes(images)], axis=1)
        (folder / f"{name}.bin").write_bytes(records.tobytes())


def pack(folder: Path, archive: Path) -> None:
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(folder, folder.name)


def write_package(archive: Path, *, spoiled: bool = False) -> None:
    """As in the npm package: PNG files whose rows are images, and two lists of labels."""
    images, labels = cifar_like()
    if spoiled:
        images = images.copy()
        images[0, 0, 0, 0] ^= 1
    files: dict[str, bytes] = {}
    for index, (name, _, _) in enumerate(_batches()):
        rows = images[index * PER_BATCH : (index + 1) * PER_BATCH].reshape(PER_BATCH, 1024, 3)
        files[f"{name}.png"] = png(rows)
    files["train_lables.json"] = json.dumps(labels[: 5 * PER_BATCH].tolist()).encode()
    files["test_lables.json"] = json.dumps(labels[5 * PER_BATCH :].tolist()).encode()
    with tarfile.open(archive, "w:gz") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(f"package/{name}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))


def png(pixels: Pixels) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels.squeeze()).save(buffer, "png")
    return buffer.getvalue()


def write_pictures(folder: Path, classes: dict[str, int], size: tuple[int, int] = (10, 10), mode: str = "RGB") -> None:
    """`folder`/CLASS/0.png ...: pictures of one color for each class under a little noise."""
    generator = np.random.default_rng(len(str(folder.name)))
    for number, (name, count) in enumerate(classes.items()):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for index in range(count):
            noise = generator.integers(0, 20, (size[1], size[0], 3), dtype=np.uint8)
            picture = Image.fromarray(noise + np.uint8(60 * number)).convert(mode)
            picture.save(folder / name / f"{index}.png")


def write_hub_set(
    folder: Path, splits: dict[str, int], features: Any = None, columns: tuple[str, str] = ("image", "label")
) -> Pixels:
    """A set in the Hub's layout, parquet files with PNG images inside; returns the images of the first split."""
    import datasets

    names = ["ant", "bee", "cat"]
    image, label = columns
    features = features or datasets.Features({image: datasets.Image(), label: datasets.ClassLabel(names=names)})
    generator = np.random.default_rng(0)
    first: Pixels | None = None
    for split, count in splits.items():
        pixels = generator.integers(0, 256, (count, 6, 6, 3), dtype=np.uint8)
        first = pixels if first is None else first
        values: dict[str, list[Any]] = {image: [{"bytes": png(one), "path": None} for one in pixels]}
        for other in features:
            if other != image:
                text = isinstance(features[other], datasets.Value)
                values[other] = [names[i % 3] if text else i % 3 for i in range(count)]
        table = datasets.Dataset.from_dict(values, features=features)
        (folder / "data").mkdir(parents=True, exist_ok=True)
        table.to_parquet(folder / "data" / f"{split}-00000-of-00001.parquet")
    assert first is not None
    return first
