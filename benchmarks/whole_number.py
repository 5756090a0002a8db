"""A number as it is typed."""


def whole_number(key: str, word: str, *, least: int, meaning: str) -> int:
    """Return the number that was typed for `key`.

    Raises:
        ValueError: it is no whole number of at least `least`; one line, with the key's meaning.
    """
    if not word.isdecimal() or int(word) < least:
        raise ValueError(f"{key}={word} must be a whole number of at least {least}: {meaning}")
    return int(word)
