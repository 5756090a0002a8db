"""The parts of units that the user can choose: one value with a named slot for each kind of part."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Any, final

from depthlab.nn.parts.activations import ACTIVATIONS
from depthlab.nn.parts.convolutions import CONVOLUTIONS
from depthlab.nn.parts.initializations import INITIALIZATIONS
from depthlab.nn.parts.normalizations import NORMALIZATIONS
from depthlab.nn.parts.pooling import POOLS

DROPOUTS = ("unit", "spatial", "head")
DROP_PATHS = ("linear", "uniform")
CHOICES: dict[str, tuple[str, ...]] = {
    "convolution": CONVOLUTIONS,
    "pool": POOLS,
    "activation": tuple(ACTIVATIONS),
    "normalization": NORMALIZATIONS,
    "initialization": INITIALIZATIONS,
    "dropout": DROPOUTS,
    "drop_path": DROP_PATHS,
}
MINIMUM = {"groups": 2, "dilation": 2, "excitation": 1}  # slots that hold whole numbers


@final
@dataclass(frozen=True)
class Parts:
    """The parts of a network's units. None in a slot means the family's default.

    convolution     kind of the k x k convolutions in units, except one that reads the image: standard, grouped,
                    shuffled (grouped, then channel shuffle), separable, dilated or asymmetric; see
                    `nn.parts.convolutions`
    groups          of grouped and shuffled convolutions; None: the family's own number if it has groups, or else 4
    dilation        of dilated convolutions; None: 2
    excitation      reduction ratio of a squeeze-and-excitation at the end of each unit, 16 in the paper; 0 is off
    pool            how H and W shrink: max or average pooling, strided convolutions, or none at all
    activation      relu, gelu, silu, ...; see `nn.parts.activations`
    normalization   batch, group, layer, lrn or none, wherever the family normalizes; a family that doesn't gets it
                    after every convolution. With none or lrn, convolutions have biases
    initialization  he, xavier, orthogonal, or bad (on purpose); see `nn.parts.initializations`
    dropout         what the family's rate drops: features inside units, whole maps there (spatial), or features
                    before the last linear layer (head)
    drop_path       how drop rates rise to the last unit's: linear, or uniform (all equal)

    Raises `ValueError` for a value that a slot can't hold.
    """

    convolution: str | None = None
    groups: int | None = None
    dilation: int | None = None
    excitation: int | None = None
    pool: str | None = None
    activation: str | None = None
    normalization: str | None = None
    initialization: str | None = None
    dropout: str | None = None
    drop_path: str | None = None

    def __post_init__(self) -> None:
        for slot, value in self.chosen.items():
            if slot in CHOICES and value not in CHOICES[slot]:
                raise ValueError(_no_such_name(slot, value))
            if slot in MINIMUM and (isinstance(value, bool) or not isinstance(value, int) or value < MINIMUM[slot]):
                raise ValueError(
                    f"parts.{slot} must be a whole number of {MINIMUM[slot]} or more, or null, not {value!r}; "
                    f"type parts.{slot}={2 * MINIMUM[slot]}"
                )

    @property
    def chosen(self) -> dict[str, Any]:
        """The slots that are set, with their values."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        off = {"excitation": (None, 0)}
        return {slot: value for slot, value in values.items() if value not in off.get(slot, (None,))}


SLOTS = tuple(field.name for field in fields(Parts))


def as_parts(parts: Parts | Mapping[str, Any] | None) -> Parts:
    """Return a mapping of slots, such as a config's, as `Parts`; raises `ValueError` for unknown slots."""
    if parts is None or isinstance(parts, Parts):
        return parts or Parts()
    for slot in parts:
        if slot not in SLOTS:
            raise ValueError(f"there is no slot parts.{slot}; the slots are {', '.join(SLOTS)}")
    return Parts(**parts)


def _no_such_name(slot: str, value: object) -> str:
    names = CHOICES[slot]
    near = get_close_matches(str(value).lower(), names, n=1)
    guess = f"; did you mean {near[0]}?" if near else f"; type parts.{slot}={names[0]}"
    return f"parts.{slot} must be {', '.join(names[:-1])} or {names[-1]}, not {value!r}{guess}"
