"""The published files of CIFAR-10: pickled batches, as torchvision keeps them, and the binary version.

Both may be in a folder, or still in the published archive.
"""

import io
import pickle
import tarfile
import zlib
from pathlib import Path
from typing import Any, final

import numpy as np

from depthlab.data.images import Split, split_from_arrays
from depthlab.data.lazy import Bytes

BATCHES = ("data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5")
RECORD = 1 + 3 * 32 * 32  # bytes: a label, then the red, green and blue planes


def python_batches(folder: Path) -> tuple[Split, Split]:
    """Read `cifar-10-batches-py` in `folder`; raises `ValueError` where it is missing, incomplete or broken."""
    names = (*BATCHES, "test_batch")
    parts = [_unpickled(content) for content in _contents(folder, "cifar-10-batches-py", "cifar-10-python", names)]
    return _joined(parts[:-1]), _joined(parts[-1:])


def binary_batches(folder: Path) -> tuple[Split, Split]:
    """Read `cifar-10-batches-bin` in `folder`; raises `ValueError` where it is missing, incomplete or broken."""
    names = tuple(f"{name}.bin" for name in (*BATCHES, "test_batch"))
    parts = [_records(content) for content in _contents(folder, "cifar-10-batches-bin", "cifar-10-binary", names)]
    return _joined(parts[:-1]), _joined(parts[-1:])


def _contents(folder: Path, directory: str, archive: str, names: tuple[str, ...]) -> list[bytes]:
    packed = folder / f"{archive}.tar.gz"
    try:
        if (folder / directory).is_dir():
            return [(folder / directory / name).read_bytes() for name in names]
        if not packed.is_file():
            raise ValueError("not there")
        with tarfile.open(packed) as tar:
            files = {Path(member.name).name: member for member in tar if member.isfile()}
            return [_member(tar, files[name]) for name in names]
    except FileNotFoundError as error:
        raise ValueError(f"{error.filename} is missing") from error
    except KeyError as error:
        raise ValueError(f"{packed} has no file {error}") from error
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        raise ValueError(f"{packed} can't be read ({error})") from error


def _member(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    assert file is not None, member.name
    return file.read()


def _records(content: bytes) -> tuple[Bytes, list[int]]:
    if len(content) % RECORD:
        raise ValueError("a file is cut short")
    records = np.frombuffer(content, dtype=np.uint8).reshape(-1, RECORD)
    return records[:, 1:], records[:, 0].tolist()


def _unpickled(content: bytes) -> tuple[Bytes, list[int]]:
    try:
        batch = _ArraysOnly(io.BytesIO(content), encoding="bytes").load()
        data, labels = np.asarray(batch[b"data"], dtype=np.uint8), list(batch[b"labels"])
        return data.reshape(-1, RECORD - 1), labels
    except (pickle.UnpicklingError, EOFError, KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise ValueError(f"a batch can't be read ({error})") from error


@final
class _ArraysOnly(pickle.Unpickler):
    """Read pickled arrays only: a downloaded pickle could run any code."""

    def find_class(self, module: str, name: str) -> Any:
        home = module.replace("numpy.core", "numpy._core")
        if (home, name) in {("numpy._core.multiarray", "_reconstruct"), ("numpy", "ndarray"), ("numpy", "dtype")}:
            return super().find_class(home, name)
        raise pickle.UnpicklingError(f"{module}.{name} is not part of an array")


def _joined(parts: list[tuple[Bytes, list[int]]]) -> Split:
    planes = np.concatenate([images for images, _ in parts]).reshape(-1, 3, 32, 32)
    labels = [label for _, part in parts for label in part]
    if len(labels) != len(planes):
        raise ValueError(f"{len(planes)} images but {len(labels)} labels")
    return split_from_arrays(planes.transpose(0, 2, 3, 1), labels)
