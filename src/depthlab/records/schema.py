"""A JSON schema (draft 2020-12) of any record, from its dataclass."""

import types
import typing
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from typing import Any, Literal

from depthlab.records.base import Record

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    type(None): {"type": "null"},
    Any: {},
}


def schema_of(kind: type[Record]) -> dict[str, Any]:
    """Return the schema of what `to_json` writes of a record of this kind.

    Fields that have a default may be missing, as they are in records of earlier versions; unknown ones are allowed, as
    later versions add some. Python's NaN and infinities count as numbers.
    """
    definitions: dict[str, Any] = {}
    top = _of(kind, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind.__name__,
        **top,
        "$defs": definitions,
    }


def _of(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint in _PLAIN:
        return _PLAIN[hint]
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [_of(one, definitions) for one in arguments]}
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (tuple, list):
        return _array(arguments, definitions)
    if origin is dict:
        return {"type": "object", "additionalProperties": _of(arguments[1], definitions)}
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {"enum": [one.value for one in hint]}
    if isinstance(hint, type) and is_dataclass(hint):
        return _object(hint, definitions)
    raise TypeError(f"{hint} has no place in a record")


def _array(arguments: tuple[Any, ...], definitions: dict[str, Any]) -> dict[str, Any]:
    if len(arguments) > 1 and arguments[1] is not Ellipsis:
        return {"type": "array", "prefixItems": [_of(one, definitions) for one in arguments]}
    return {"type": "array", "items": _of(arguments[0], definitions)}


def _object(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    name = kind.__name__
    if name not in definitions:
        definitions[name] = {}  # so that a record inside of itself comes to an end
        hints = typing.get_type_hints(kind)
        own = [field for field in fields(kind) if field.init]
        needed = [one.name for one in own if one.default is MISSING and one.default_factory is MISSING]
        renamed = set(getattr(kind, "RENAMED", {}).values())  # in older records they have another name
        definitions[name] = {
            "type": "object",
            "properties": {one.name: _of(hints[one.name], definitions) for one in own},
            "required": [one for one in needed if one not in renamed],
        }
    return {"$ref": f"#/$defs/{name}"}
