"""Text that came from others, made harmless where it is shown or written down."""

import re
from typing import Any


def printable(text: str) -> str:
    """Return the text with each control character, which a terminal would obey, as an escape such as `\\x1b`."""
    return text if text.isprintable() else "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


def csv_cell(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula: text that begins like one gets an apostrophe before it."""
    if not isinstance(value, str) or len(value) < 2 or not value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return value
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value


def short_commit(commit: str, digits: int = 10) -> str:
    """Return the beginning of a hash; a version that stands in its place, such as `depthlab 0.1.0`, as it is."""
    return commit[:digits] if re.fullmatch(r"[0-9a-f]{40,64}", commit) else commit


def redact(text: str) -> str:
    """Return the text with the password of every address in it as `***`, be it before the host or in the query."""
    # up to the last @, as a password may hold one; digits alone after the colon are a port
    text = re.sub(r"(\w://[^:/@\s]*):(?!\d+(?:/|\s|$))[^\s'\"]+@", r"\1:***@", text)
    return re.sub(r"([?&]\w*(?:password|passwd|pwd|token|secret)\w*=)[^&\s'\"]+", r"\1***", text, flags=re.IGNORECASE)
