"""Units and channels per stage from the arguments `depth` and `width`."""

from collections.abc import Mapping, Sequence

from depthlab.models.arguments import is_list, is_number


def units_per_stage(
    what: str, depth: object, *, layers_per_unit: int, stages: int = 3, others: int = 2, fixed: bool = False
) -> list[int]:
    """Return the number of units of each stage.

    `depth` counts weighted layers as papers do: `layers_per_unit` in each of n units in each of `stages` stages, and
    `others` around them (2 for a stem and a head, He et al. 2015, sec. 4.2); projections don't count. So it must be
    stages * layers_per_unit * n + others. A list gives the units of each stage instead; its length is the number of
    stages, which must be `stages` if `fixed`. `what` names the network in errors.
    """
    step = stages * layers_per_unit
    if is_list(depth):
        counts = _checked_counts("depth", depth, f"units per stage, such as depth={_plain([3] * stages)}")
        return _one_for_each(what, counts, stages) if fixed else counts
    number = _checked_depth(depth, example=3 * step + others, stages=stages)
    if number < step + others or (number - others) % step:
        lower = max(1, (number - others) // step) * step + others
        rule = f"{step}n+{others}" if others else f"{step}n"
        examples = ", ".join(str(n * step + others) for n in (1, 2, 3))
        raise ValueError(
            f"{what} can't have depth={depth}: depth must be {rule} ({examples}, ...); "
            f"the nearest are depth={lower} and depth={lower + step}"
        )
    return [(number - others) // step] * stages


def listed_units_per_stage(what: str, depth: object, table: Mapping[int, Sequence[int]]) -> list[int]:
    """Return the number of units of each stage for a family whose paper lists its depths: `table` maps depth to units.

    A list gives the units of each stage instead; it must have as many stages as the networks in the table.
    """
    stages = len(next(iter(table.values())))
    if is_list(depth):
        counts = _checked_counts("depth", depth, f"units per stage, such as depth={_plain(next(iter(table.values())))}")
        return _one_for_each(what, counts, stages)
    number = _checked_depth(depth, example=min(table), stages=stages)
    if number not in table:
        nearest = min(table, key=lambda known: abs(known - number))
        allowed = ", ".join(map(str, table))
        raise ValueError(
            f"{what} can't have depth={depth}: the paper's are {allowed}, the nearest is depth={nearest}; "
            f"any other takes units per stage, such as depth={_plain(table[nearest])}"
        )
    return list(table[number])


def channels_per_stage(width: object, base: Sequence[int], *, each: str = "stage") -> list[int]:
    """Return each stage's channels: `base` times `width`, or the list `width` itself.

    `each` names what an entry of `base` stands for, if that is not a stage.
    """
    if is_list(width):
        channels = _checked_counts("width", width, f"channels per {each}, such as width={_plain(base)}")
        if len(channels) != len(base):
            raise ValueError(f"width={_plain(channels)} must have one entry for each of the {len(base)} {each}s")
        return channels
    if not is_number(width) or round(min(base) * width) < 1:
        raise ValueError(
            f"width must be a positive factor, such as width=1 or width=0.5, or a list of channels per {each}, "
            f"such as width={_plain(base)}, not {width!r}"
        )
    return [round(channels * width) for channels in base]


def doubling(first: int, stages: int) -> list[int]:
    """Return channels that double from stage to stage: 16, 32, 64, ..."""
    return [first * 2**stage for stage in range(stages)]


def _checked_depth(depth: object, *, example: int, stages: int) -> int:
    if isinstance(depth, bool) or not isinstance(depth, int):
        raise ValueError(
            f"depth must be a whole number, such as depth={example}, or a list of units per stage, "
            f"such as depth={_plain([3] * stages)}, not {depth!r}"
        )
    return depth


def _one_for_each(what: str, counts: list[int], stages: int) -> list[int]:
    if len(counts) != stages:
        raise ValueError(f"{what} has {stages} stages: depth={_plain(counts)} must have one entry for each")
    return counts


def _checked_counts(name: str, values: Sequence[object], meaning: str) -> list[int]:
    counts = [value for value in values if isinstance(value, int) and not isinstance(value, bool) and value >= 1]
    if not counts or len(counts) != len(values):
        raise ValueError(f"{name} as a list must hold {meaning}, each 1 or more, not {name}={list(values)}")
    return counts


def _plain(values: Sequence[object]) -> str:
    """Write a list as typed in a shell: without spaces."""
    return f"[{','.join(map(str, values))}]"
