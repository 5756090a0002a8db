"""Values and choices as they read in a message."""

from collections.abc import Sequence


def listed(words: Sequence[str]) -> str:
    """Join words as a sentence does: a, b or c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def as_typed(value: object) -> str:
    """Write a value as it would be typed on the command line."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, list):
        return "[" + ",".join(as_typed(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{key}:{as_typed(item)}" for key, item in value.items()) + "}"
    return str(value)


def as_given(value: object) -> str:
    """Write a value for a message: as typed, texts in quotation marks."""
    return repr(value) if isinstance(value, str) else as_typed(value)
