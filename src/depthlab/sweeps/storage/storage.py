"""A shared folder or a bucket, through fsspec, as a place for run folders."""

import os
import tempfile
from pathlib import Path
from typing import Any, Self, final

import fsspec  # type: ignore[import-untyped]
import fsspec.core  # type: ignore[import-untyped]

_WAY_OUT = "type sweep.storage=FOLDER, one that all machines see, or sweep.storage=s3://BUCKET/FOLDER"
# Here a file appears when it has arrived whole; elsewhere it grows under the eyes of readers.
_OBJECT_STORES = {"abfs", "abfss", "az", "gcs", "gs", "hf", "memory", "oci", "oss", "r2", "s3", "s3a"}


def resolve_storage(storage: str) -> str:
    """Return the address with the path of a folder made absolute."""
    if "://" in storage or "::" in storage:
        return storage
    return str(Path(storage).expanduser().absolute())


def check_storage(storage: str, root: Path) -> None:
    """Check that run folders can be kept at `storage`.

    Args:
        storage: As `resolve_storage` returns it.
        root: The folder of this machine that run folders are made in.

    Raises:
        ValueError: it is not an address, it can't be written, or it is where the runs are computed; one line.
    """
    given = f"sweep.storage={storage}"
    if "://" not in storage and (Path(storage) / "runs").resolve() == root.resolve():
        raise ValueError(
            f"{given} has runs computed right in it, in {root}, where machines that meet there get into each other's "
            "way: type another sweep.storage=FOLDER, or tracking.folder=FOLDER with one that is each machine's own"
        )
    try:
        Storage.open(storage).probe()
    except ImportError as error:
        raise ValueError(
            f"{given} needs a package: {_line(error)}; install it on every machine, or {_WAY_OUT}"
        ) from error
    except Exception as error:  # each kind of storage has errors of its own
        raise ValueError(f"{given} can't be written ({_line(error)}): {_WAY_OUT}") from error


@final
class Storage:
    """The folder `runs` of a storage, with files that are there whole or not at all."""

    def __init__(self, files: Any, root: str) -> None:  # fsspec has no types
        self._files, self._root = files, root
        protocols = {files.protocol} if isinstance(files.protocol, str) else set(files.protocol)
        self._at_once = bool(protocols & _OBJECT_STORES)

    @classmethod
    def open(cls, address: str) -> Self:
        """Connect to it; the errors of `put` and others are those of its kind: OSError, mostly."""
        return cls(*fsspec.core.url_to_fs(f"{address.rstrip('/')}/runs", use_listings_cache=False))

    def put(self, file: Path, name: str) -> None:
        """Copy a file to `name`, a path with slashes."""
        target = f"{self._root}/{name}"
        self._files.makedirs(target.rpartition("/")[0], exist_ok=True)
        if self._at_once:
            self._files.put_file(str(file), target)
            return
        partial = f"{target}.partial"
        self._files.put_file(str(file), partial)
        self._files.mv(partial, target)

    def names(self) -> list[str]:
        """Return the names of all run folders, sorted, which is by their beginning; oldest first."""
        try:
            found = self._files.ls(self._root, detail=False)
        except FileNotFoundError:
            return []
        return sorted(path.rstrip("/").rpartition("/")[2] for path in found)

    def read(self, name: str) -> bytes | None:
        """Return what a file holds, None if there is none."""
        try:
            content: bytes = self._files.cat_file(f"{self._root}/{name}")
        except FileNotFoundError:
            return None
        return content

    def size(self, name: str) -> int:
        """Return the size of a file in bytes, 0 if there is none."""
        try:
            return int(self._files.info(f"{self._root}/{name}")["size"])
        except FileNotFoundError:
            return 0

    def get(self, name: str, folder: Path) -> None:
        """Copy all files of the run folder `name` into `folder`."""
        base = f"{self._root}/{name}"
        for path in self._files.find(base):
            relative = path[path.index(f"{name}/") + len(name) + 1 :]
            if relative.endswith((".partial", ".tmp")):
                continue
            target = folder / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            self._files.get_file(path, str(target))

    def probe(self) -> None:
        """Write something and take it away again."""
        with tempfile.NamedTemporaryFile() as file:
            name = f".probe-{os.getpid()}-{os.urandom(4).hex()}"
            self.put(Path(file.name), name)
            self._files.rm_file(f"{self._root}/{name}")


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
