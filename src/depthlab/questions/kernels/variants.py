"""One skeleton with each kind of a part, at the width at which it costs as much as the skeleton itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from depthlab.questions.equal_cost.candidates import WIDTH, Candidate, CandidateAxis, base_candidate
from depthlab.questions.equal_cost.search import ONE_CHANNEL, EqualCostSearch
from depthlab.questions.kernels.record import VariantNetwork
from depthlab.recipe import Override, compose, override_words

if TYPE_CHECKING:
    from depthlab.sweeps import CostCounter

NARROWEST, WIDEST = 2, 128  # channels of the first stage between which widths are looked for
COARSEST = 32  # channels between two widths, at most
POSSIBLE = (8, 16, 32, 64)  # channels of which a kind can have some, if it can have any


@final
@dataclass(frozen=True)
class Variants:
    """The networks to compare, the skeleton first, and the kinds that are the skeleton's own."""

    networks: tuple[VariantNetwork, ...]
    same: tuple[str, ...]


@final
class VariantSearch:
    """Finds the width of equal cost for each kind in each slot of a skeleton."""

    def __init__(self, fixed: Sequence[str], measuring: "CostCounter", match: str) -> None:
        """Read the skeleton. Raises `ValueError` if it has no depth or width as a number."""
        self._fixed, self._measuring = tuple(fixed), measuring
        self.costs = EqualCostSearch(match, measuring)
        self.skeleton = base_candidate(fixed, ("depth", WIDTH), groups=("model", "parts"))
        self.budget = self.costs.cost(self.skeleton)

    def find_all(self, kinds: Mapping[str, Sequence[str]]) -> Variants:
        """Return the skeleton and each kind of each slot; progress is shown.

        Raises:
            ValueError: the skeleton can't have a kind, or has them all anyway.
        """
        from depthlab.training import track

        structure = self._structure(self.skeleton)
        networks, same = [self._network(self.skeleton)], []
        pairs = [(slot, kind) for slot, names in kinds.items() for kind in names]
        for slot, kind in track(pairs, "matching widths"):
            candidate = self.find(slot, kind)
            if self._structure(candidate) == structure:
                same.append(f"{slot}={kind}")
            else:
                networks.append(self._network(candidate, slot, kind))
        if len(networks) == 1:
            raise ValueError(f"{', '.join(same)} is what {self.skeleton.name} has anyway: type other kinds to compare")
        return Variants(tuple(networks), tuple(same))

    def find(self, slot: str, kind: str) -> Candidate:
        """Return the skeleton with the kind in the slot, at the width whose cost is the nearest to the skeleton's.

        Raises:
            ValueError: the skeleton can't have the kind at any width, with what it said of its own.
        """
        return self.costs.nearest(self.widths(slot, kind), self.budget)

    def widths(self, slot: str, kind: str) -> CandidateAxis:
        """Return the widths that a kind can have: by channels of the first stage, or by as many as its groups need."""
        overrides = {**self.skeleton.overrides, f"parts.{slot}": kind}
        kept = [word for word in self._fixed if Override.parse(word).key not in overrides]
        candidate = Candidate(compose([*kept, *override_words(overrides)]), overrides)
        narrowest = self._narrowest(candidate)
        axes = [CandidateAxis(narrowest, WIDTH, step * ONE_CHANNEL) for step in range(1, COARSEST + 1)]
        return next((axis for axis in axes if self.costs.exists(axis.candidate(1))), axes[-1])

    def _narrowest(self, candidate: Candidate) -> Candidate:
        own = candidate.values[WIDTH]
        possible = (own, *(channels * ONE_CHANNEL for channels in POSSIBLE))
        if not any(self.costs.exists(candidate.with_value(WIDTH, width)) for width in possible):
            self.costs.cost(candidate)  # raises what is wrong with it
        widths = (candidate.with_value(WIDTH, channels * ONE_CHANNEL) for channels in range(NARROWEST, WIDEST))
        return next(filter(self.costs.exists, widths))

    def _structure(self, candidate: Candidate) -> str:
        """Return the layers of a network as text: two that have the same are the same network."""
        from depthlab.run import ImageShape, build_untrained

        facts = self._measuring.facts(candidate.recipe)
        return repr(build_untrained(candidate.recipe, ImageShape(facts.channels, facts.image_size, facts.num_classes)))

    def _network(self, candidate: Candidate, slot: str = "", kind: str = "") -> VariantNetwork:
        return VariantNetwork(
            network=f"{slot}={kind}" if slot else candidate.name,
            slot=slot,
            kind=kind,
            width=candidate.values[WIDTH],
            **self.costs.costs(candidate, self.budget),
        )
