"""Names without what all of them share: what is left tells them apart."""

from collections.abc import Sequence

_BETWEEN = " · "  # parts of a name: resnet-56 · digits · seed 0


def without_shared(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names without the parts that all of them have, as long as something is left of each."""
    parts = [name.split(_BETWEEN) for name in names]
    shared = set(parts[0]).intersection(*parts) if len(set(names)) > 1 else set()
    short = [_BETWEEN.join(part for part in own if part not in shared) for own in parts]
    return tuple(short) if all(short) else tuple(names)
