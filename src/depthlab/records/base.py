"""A frozen dataclass that turns into JSON and back."""

import json
import types
import typing
from dataclasses import asdict, dataclass, fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any, ClassVar, Self

from depthlab.records.atomic import write_atomically
from depthlab.records.compact_json import compact_json
from depthlab.records.sealed import Damaged, read_sealed, seal


@dataclass(frozen=True)
class Record:
    """Base of everything that is written down as JSON.

    A field that had another name in earlier versions is listed in `RENAMED`, so that their records are still read.
    """

    RENAMED: ClassVar[dict[str, str]] = {}  # earlier key -> field

    def to_dict(self) -> dict[str, Any]:
        """Return the record, and the records inside it, as plain dictionaries."""
        return asdict(self)

    def to_json(self) -> str:
        """Return the record as indented JSON, what is short on one line; NaN and infinities as Python writes them."""
        return compact_json(asdict(self)) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote; unknown keys are ignored, so that an older lab reads a newer record."""
        return cls.from_dict(json.loads(text))

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Build the record, and the records inside it, from plain dictionaries."""
        hints = typing.get_type_hints(cls)
        known = {cls.RENAMED.get(key, key): value for key, value in values.items()}
        return cls(**{f.name: _revive(hints[f.name], known[f.name]) for f in fields(cls) if f.name in known})

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the record in the file `path`.

        Raises:
            Damaged: it is not whole.
        """
        values = read_sealed(path)
        try:
            return cls.from_dict(values)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise Damaged(path, error) from error

    def save(self, path: Path, *, durable: bool = True) -> None:
        """Write the record to the file `path`, whole and with a checksum. Raises `OSError`; see `write_atomically`."""
        write_atomically(path, seal(self.to_json()), durable=durable)


def _revive(hint: Any, value: Any) -> Any:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        if value is None:
            return None
        hint = next(option for option in typing.get_args(hint) if option is not type(None))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    if isinstance(hint, type) and is_dataclass(hint) and issubclass(hint, Record):
        return hint.from_dict(value)
    if typing.get_origin(hint) is tuple:
        inner = typing.get_args(hint)[0]
        return tuple(_revive(inner, item) for item in value)
    if typing.get_origin(hint) is dict and isinstance(value, dict):
        inner = typing.get_args(hint)[1]
        return {key: _revive(inner, item) for key, item in value.items()}
    return value
