"""From depth and width, as a person gives them, to units and channels per stage."""

from collections.abc import Sequence

from depthlab.models.arguments import is_list, is_number

CIFAR_STAGES = 3


def units_per_stage(what: str, depth: object, *, layers_per_unit: int) -> list[int]:
    """Return how many units each stage has.

    `depth` counts weighted layers as He et al. 2015 do (sec. 4.2): the stem, the head and `layers_per_unit` in each
    of n units in each of 3 stages, so it must be 3n * layers_per_unit + 2; projections don't count. A list gives the
    units of each stage instead, as many stages as it has entries. `what` names the network in the error.
    """
    if is_list(depth):
        return _checked_counts("depth", depth, "units per stage, such as depth=[9,9,9]")
    step = CIFAR_STAGES * layers_per_unit
    if isinstance(depth, bool) or not isinstance(depth, int):
        raise ValueError(
            f"depth must be a whole number, such as depth={3 * step + 2}, or a list of units per stage, "
            f"such as depth=[3,3,3], not {depth!r}"
        )
    if depth < step + 2 or (depth - 2) % step:
        lower = max(1, (depth - 2) // step) * step + 2
        examples = ", ".join(str(n * step + 2) for n in (1, 2, 3))
        raise ValueError(
            f"{what} can't have depth={depth}: depth must be {step}n+2 ({examples}, ...); "
            f"the nearest are depth={lower} and depth={lower + step}"
        )
    return [(depth - 2) // step] * CIFAR_STAGES


def channels_per_stage(width: object, *, stages: int) -> list[int]:
    """Return each stage's channels: 16, 32, 64, ... times `width`, or the list `width` itself."""
    if is_list(width):
        channels = _checked_counts("width", width, "channels per stage, such as width=[16,32,64]")
        if len(channels) != stages:
            raise ValueError(f"width={channels} must have one entry for each of the {stages} stages")
        return channels
    if not is_number(width) or round(16 * width) < 1:
        raise ValueError(
            "width must be a positive factor, such as width=1 or width=0.5, or a list of channels per stage, "
            f"such as width=[16,32,64], not {width!r}"
        )
    return [round(16 * 2**stage * width) for stage in range(stages)]


def _checked_counts(name: str, values: Sequence[object], meaning: str) -> list[int]:
    counts = [value for value in values if isinstance(value, int) and not isinstance(value, bool) and value >= 1]
    if not counts or len(counts) != len(values):
        raise ValueError(f"{name} as a list must hold {meaning}, each 1 or more, not {name}={list(values)}")
    return counts
