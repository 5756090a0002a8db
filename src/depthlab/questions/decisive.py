"""The effects that a verdict rests on: how surely each is known, and which networks' seeds would make it surer."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import final

from depthlab.records import Compared, Comparison, ExchangeFit
from depthlab.statistics import at_level, standard_error

SHARE = 0.6  # of an interval's misses that are left for it: that seeds stop where it is narrow makes it too narrow
MOST = 64  # seeds of a network


@final
@dataclass(frozen=True)
class Decisive:
    """An effect that a verdict rests on."""

    name: str  # reads: resnet-56 less resnet-20
    comparison: Comparison
    networks: tuple[tuple[str, ...], ...]  # for each of its `parts`: the networks that take seeds to lower it
    fixed: float = 0.0  # share of its variance that no seed lowers
    scale: float = 1.0  # what 1 of `until=` is in the comparison's unit
    unit: str = "points"  # of the comparison
    measure: str = ""  # reads: training error
    p: float | None = None  # of the test that decides, corrected over its family; None where no claim may be made
    equal: bool | None = None  # whether it is shown to be within the margin; None where that is not asked

    @property
    def half_width(self) -> float:
        """Half-width of its interval in units of `until=`, a little wider than it is told; inf without an interval."""
        interval = self.comparison.interval
        if interval is None:
            return math.inf
        told = at_level(self.comparison, 1 - SHARE * (1 - interval.level)).interval
        return math.inf if told is None else (told.high - told.low) / 2 / self.scale

    def seeds_for(self, until: float) -> dict[str, int]:
        """Return how many values each network is to have so that the half-width is `until`.

        Fewest runs in all: as many in proportion as the spread of the part that they lower (Neyman, J. R. Stat. Soc.
        97, 1934). At most twice as many as there are, as spreads are guesses. Empty where more seeds don't help.
        """
        n, parts = self.comparison.n, self.comparison.parts
        if not parts or math.isinf(self.half_width):
            return {name: 2 * max(1, min(n)) for names in self.networks for name in names}
        total = standard_error(self.comparison) ** 2
        room = total * ((until / self.half_width) ** 2 - self.fixed)
        if room <= 0:
            return {}
        sizes = n[: len(parts)]
        wanted = _fewest([part * size for part, size in zip(parts, sizes, strict=True)], sizes, room)
        wanted = [min(want, 2 * size) for want, size in zip(wanted, sizes, strict=True)]
        return {name: want for names, want in zip(self.networks, wanted, strict=True) for name in names}


def _fewest(variances: Sequence[float], sizes: Sequence[int], room: float) -> list[int]:
    """Return the fewest values of parts that have `sizes` already, so that their variances of a value fill the room."""
    kept: set[int] = set()
    while True:
        left = room - math.fsum(variances[k] / sizes[k] for k in kept)
        roots = math.fsum(math.sqrt(one) for k, one in enumerate(variances) if k not in kept)
        wanted = [math.sqrt(one) * roots / left for one in variances]
        enough = {k for k, want in enumerate(wanted) if want <= sizes[k]} - kept
        if not enough:
            return [sizes[k] if k in kept else math.ceil(want) for k, want in enumerate(wanted)]
        kept |= enough


def seeds_wanted(effects: Iterable[Decisive], until: float, asked: Mapping[str, int]) -> dict[str, int]:
    """Return the networks that are to have more seeds than were asked for, and how many; empty where all is known."""
    found: dict[str, int] = {}
    for one in effects:
        if one.half_width > until:
            values = {name: size for names, size in zip(one.networks, one.comparison.n, strict=False) for name in names}
            for name, want in one.seeds_for(until).items():
                lost = asked.get(name, 0) - values.get(name, 0)
                found[name] = max(found.get(name, 0), min(want + max(0, lost), MOST))
    return {name: want for name, want in found.items() if name in asked and want > asked[name]}


def of_compared(compared: Iterable[Compared], unit: str = "points") -> list[Decisive]:
    """Return comparisons of two networks as effects; pairs take seeds together."""
    return [
        Decisive(
            f"{one.a} less {one.b}",
            one.comparison,
            ((one.a,), (one.b,)) if len(one.comparison.parts) > 1 else ((one.a, one.b),),
            unit=unit,
            measure=one.measure,
            p=one.comparison.p if one.p_holm is None else one.p_holm,
        )
        for one in compared
        if one.comparison is not None
    ]


def of_fit(
    fit: ExchangeFit,
    networks: Sequence[str],
    effects: Mapping[str, tuple[Comparison, float | None]],
    scale: float = 1.0,
    unit: str = "points",
) -> list[Decisive]:
    """Return slopes and contrasts of a fit as effects: of the spread of networks about it, seeds lower their own share.

    Args:
        fit: With its spreads.
        networks: Those that were fitted.
        effects: Name -> slope or contrast with its interval, and its corrected p.
        scale: As in `Decisive`, as is `unit`.
    """
    seeds = max(1, round(fit.runs / max(1, fit.networks)))
    share = min(1.0, fit.seeds_std**2 / seeds / fit.std**2) if fit.seeds_std is not None and fit.std else 1.0
    found = []
    for name, (one, p) in effects.items():
        tested = one.interval is not None
        part = share * standard_error(one) ** 2 / len(networks) if tested else 0.0
        counts, parts = (seeds,) * len(networks), (part,) * len(networks) if tested else ()
        comparison = replace(one, n=counts, parts=parts)
        each = tuple((one,) for one in networks)
        found.append(Decisive(name, comparison, each, 1 - share, scale, unit, fit.measure, p))
    return found
