"""Networks of equal cost: from a base network, along each axis the one nearest to a budget."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, final

from depthlab.questions.equal_cost.candidates import CARDINALITY, WIDTH, Candidate, CandidateAxis, check_axes
from depthlab.questions.equal_cost.matching import match_budget
from depthlab.recipe import override_values, override_words
from depthlab.records import MatchedNetwork

if TYPE_CHECKING:
    from depthlab.questions.equal_cost.step_times import StepTimes
    from depthlab.sweeps import CostCounter

WIDEST_STEP = 24  # layers: no family here has its depths farther apart
# of width, which is a multiple of the first stage's channels: 16 in networks for CIFAR, 64 in ResNeXt's stem
ONE_CHANNEL, ONE_CHANNEL_OF_RESNEXT = 1 / 16, 1 / 64


class Matched(Protocol):
    """A network that was found for its cost, as a record has it."""

    @property
    def network(self) -> str: ...
    @property
    def words(self) -> tuple[str, ...]: ...
    @property
    def cost(self) -> float: ...
    @property
    def mismatch(self) -> float: ...


Network = TypeVar("Network", bound=Matched)


@final
class EqualCostSearch:
    """Finds networks by their cost: `parameters` or `multiply_adds`, or the `time` of a training step.

    With `times`, which `time` needs, networks that are found for another cost are timed too.
    """

    def __init__(self, match: str, measuring: "CostCounter", times: "StepTimes | None" = None) -> None:
        assert match != "time" or times is not None, "step times are needed to match by them"
        self.match, self._measuring, self._times = match, measuring, times

    def cost(self, candidate: Candidate) -> float:
        """Return what is to be equal. Raises `ValueError` where the network can't be built."""
        if self.match == "time":
            assert self._times is not None
            return self._times.seconds(candidate.recipe)
        return float(getattr(self._measuring.cost(candidate.recipe), self.match))

    def exists(self, candidate: Candidate) -> bool:
        """Whether the network can be built."""
        try:
            self._measuring.cost(candidate.recipe)
        except ValueError:
            return False
        return True

    def axis(self, base: Candidate, name: str) -> CandidateAxis:
        """Return the networks along an axis: all depths of a family, widths by single channels of the first stage.

        Raises:
            ValueError: the family does not have the axis, the base lists its stages, or no network is deeper.
        """
        check_axes(base.recipe, (name,))
        if name == WIDTH:
            return CandidateAxis(base, name, ONE_CHANNEL_OF_RESNEXT if CARDINALITY in base.values else ONE_CHANNEL)
        if name == CARDINALITY:
            return CandidateAxis(base, name, 1)
        axes = (CandidateAxis(base, name, step) for step in range(1, WIDEST_STEP + 1))
        found = next((axis for axis in axes if self.exists(axis.candidate(1))), None)
        if found is None:
            raise ValueError(f"{base.name} has no deeper network in its family: type a smaller depth, or another model")
        return found

    def nearest(self, axis: CandidateAxis, budget: float) -> Candidate:
        """Return the network whose cost is nearest to the budget. Raises `ValueError` for no positive budget."""

        def cost_at(place: int) -> float | None:
            candidate = axis.candidate(place)
            return self.cost(candidate) if self.exists(candidate) else None

        return axis.candidate(match_budget(cost_at, budget))

    def matched(self, candidate: Candidate, axis: str, budget: float) -> MatchedNetwork:
        """Return what a record holds of a network that was found for a budget, in the unit of the cost."""
        return MatchedNetwork(
            network=candidate.name,
            family=candidate.family,
            axis=axis,
            values=candidate.values,
            step_seconds=None if self._times is None else self._times.seconds(candidate.recipe),
            **self.costs(candidate, budget),
        )

    def costs(self, candidate: Candidate, budget: float) -> dict[str, Any]:
        """Return a network's overrides and costs beside the budget, by their names in a record."""
        counted, cost = self._measuring.cost(candidate.recipe), self.cost(candidate)
        return {
            "words": override_words(candidate.overrides),
            "budget": budget,
            "cost": cost,
            "mismatch": 100 * (cost / budget - 1),
            "parameters": counted.parameters,
            "multiply_adds": counted.multiply_adds,
        }

    def along(self, bases: Mapping[str, Candidate], budgets: Sequence[float]) -> list[MatchedNetwork]:
        """Return for each budget the nearest network along each axis from its base; progress is shown."""
        from depthlab.training import track

        axes = [self.axis(base, name) for name, base in bases.items()]
        tasks = [(budget, axis) for budget in budgets for axis in axes]
        return [
            self.matched(self.nearest(axis, budget), axis.name, budget)
            for budget, axis in track(tasks, "matching networks")
        ]


def variants_of(networks: Iterable[Matched]) -> list[dict[str, str]]:
    """Return the overrides of each network once, for a sweep over all of them."""
    return [override_values(one.words) for one in {one.network: one for one in networks}.values()]


def show_networks(
    networks: Iterable[Network], match: str, label: Callable[[Network], str], budget: str = "the budget"
) -> None:
    """Print a line for each network: its label, its cost, and by how much it misses the budget."""
    for one in networks:
        size = f"{one.cost:.4g} s a step" if match == "time" else f"{one.cost:,.0f} {match.replace('_', '-')}"
        print(f"{label(one):44}{size:>26}   {one.mismatch:+.1f} % of {budget}", flush=True)
