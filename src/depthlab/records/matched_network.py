"""A network that was found for its cost."""

from dataclasses import dataclass

from depthlab.records.base import Record


@dataclass(frozen=True)
class MatchedNetwork(Record):
    """A network whose cost is the nearest to a budget along one axis; `cost` and `budget` in the unit of the match."""

    network: str  # reads: resnet-14 width 2, or resnext-11 8x4d
    family: str
    axis: str  # along which it was found: depth, width or cardinality; base for a family's first network
    words: tuple[str, ...]  # that choose it
    values: dict[str, float]  # depth, width and cardinality, as far as the family has them
    budget: float
    cost: float
    mismatch: float  # of the cost, in percent of the budget
    parameters: int
    multiply_adds: int
    step_seconds: float | None = None  # of one training step, where that was measured

    @property
    def costs(self) -> dict[str, float]:
        """What it costs in every unit that was counted or measured."""
        counted = {"parameters": float(self.parameters), "multiply-adds": float(self.multiply_adds)}
        return counted if self.step_seconds is None else counted | {"time of a step": self.step_seconds}
