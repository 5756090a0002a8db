"""JSON that a person can read and compare: indented where it is long, on one line where it is short."""

import json
from collections.abc import Iterator
from typing import Any

WIDTH = 120  # columns
SHORT = 40  # items of a list up to this length share lines


def compact_json(value: Any, indent: str = "") -> str:
    """Return JSON with sorted keys, in which a value that fits stands on one line, and short items share lines."""
    flat = json.dumps(value, sort_keys=True, ensure_ascii=False)
    if len(indent) + len(flat) < WIDTH or not isinstance(value, dict | list | tuple) or not value:
        return flat
    inner = indent + "  "
    if isinstance(value, dict):
        entries = [f"{json.dumps(key, ensure_ascii=False)}: {compact_json(value[key], inner)}" for key in sorted(value)]
        lines = [f"{inner}{entry}" for entry in entries]
    else:
        items = [compact_json(item, inner) for item in value]
        short = max(map(len, items)) <= SHORT
        lines = list(_filled(items, inner)) if short else [f"{inner}{item}" for item in items]
    left, right = "{}" if isinstance(value, dict) else "[]"
    return f"{left}\n" + ",\n".join(lines) + f"\n{indent}{right}"


def _filled(items: list[str], indent: str) -> Iterator[str]:
    """Yield lines of as many items as fit."""
    line = ""
    for item in items:
        if line and len(indent) + len(line) + len(item) + 3 > WIDTH:
            yield indent + line
            line = ""
        line += f", {item}" if line else item
    yield indent + line
