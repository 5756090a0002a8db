"""A whole number as it is typed behind a script's own key."""


def whole_number(key: str, word: str, *, least: int = 1, example: int | str) -> int:
    """Return the number that was typed for `key`.

    Raises:
        ValueError: it is not a whole number of `least` or more; one line, with an example to type.
    """
    if not word.isascii() or not word.isdigit() or int(word) < least:
        raise ValueError(f"{key}={word} must be a whole number of {least} or more, such as {key}={example}")
    return int(word)
