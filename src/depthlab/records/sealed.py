"""A checksum in all JSON that a run or a sweep rests on, so that damage is seen when it is read."""

import json
import zlib
from pathlib import Path
from typing import Any, final

_MARK = b'"crc32":'


@final
class Damaged(ValueError):
    """A file is not as it was written; the message is one line that names it."""

    def __init__(self, path: Path, reason: object, *, where: str = "") -> None:
        said = " ".join(str(reason).split())[:120] or type(reason).__name__
        super().__init__(f"{path} is damaged{where} ({said}); python pipelines/check.py --repair sets such files aside")
        self.path, self.reason = path, said


def seal(text: str) -> str:
    """Return JSON of an object with the CRC-32 of all that comes before it as its last member."""
    body = text.rstrip().removesuffix("}").rstrip()
    between, end = (",\n  ", "\n}\n") if "\n" in body else (",", "}\n")
    return f'{body}{between}"crc32":{between[1:2] and " "}"{_checksum(body.encode())}"{end}'


def unseal(raw: bytes) -> dict[str, Any]:
    """Return the object that JSON holds, without its checksum; what was written before there were any has none.

    Raises:
        ValueError: It is not whole.
    """
    body, mark, checksum = raw.rpartition(_MARK)
    if mark and checksum.strip(b' "}\n') != _checksum(body.rstrip(b", \n")).encode():
        raise ValueError("its checksum is that of another content")
    values = json.loads(raw)
    if not isinstance(values, dict):
        raise ValueError("it holds no JSON object")
    values.pop("crc32", None)
    return values


def read_sealed(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file.

    Raises:
        Damaged: It is not whole.
        OSError: It can't be read.
    """
    try:
        return unseal(path.read_bytes())
    except ValueError as error:
        raise Damaged(path, error) from error


def _checksum(content: bytes) -> str:
    return f"{zlib.crc32(content):08x}"
