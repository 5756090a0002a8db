"""What can be deleted from a network, and what can't."""

from dataclasses import dataclass

from depthlab.records.base import Record


@dataclass(frozen=True)
class LesionSite(Record):
    """What can be deleted from a network: a unit, its branch, or one of its branches."""

    name: str  # reads: 2.3, the third unit of the second stage, or 2.3 five, its path of that name
    stage: int  # from 1
    place: int  # of the unit among all, from 0
    path: str  # of the unit; "" for all of it
    how: str  # what deleting means: skip alone, identity, zeroed, or left out
    transition: bool  # whether the unit changes the shape


@dataclass(frozen=True)
class FixedUnit(Record):
    """A unit that can't be deleted."""

    name: str
    stage: int
    place: int
    reason: str
