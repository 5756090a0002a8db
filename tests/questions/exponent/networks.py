"""Networks of units and groups with lesions, made up."""

from collections.abc import Callable

from depthlab.questions.exponent.record import ExponentRun, PieceLesion, PieceSet

# units, cardinality and multiply-adds in thousands: a base, twice and three times its cost along depth and cardinality
SHAPES = ((6, 4, 100), (12, 4, 200), (18, 4, 300), (6, 9, 200), (6, 14, 300))

Law = Callable[[int, int], float]  # of units and cardinality


def exponent_run(units: int, cardinality: int, cost: int, seed: int, rise: float, size: float) -> ExponentRun:
    """Return a network whose error rises by `rise` without a third of its units, and which is `size` equal votes."""
    pieces = []
    for kind, count, harm in (("units", units, 1.0), ("groups", units * cardinality, 0.5)):
        effect = 64.0 / size / (count - 1)
        lesions = [PieceLesion("1.1", True, 50.0, 9.0)]
        lesions += [PieceLesion(f"1.{place}", False, 5.0 + harm * rise / 4, effect) for place in range(2, count + 1)]
        draws = (5.0 + harm * rise - 1, 5.0 + harm * rise + 1)
        pieces.append(PieceSet(kind, tuple(lesions), max(1, count // 3), draws))
    return ExponentRun(
        fingerprint=f"{units}x{cardinality}/{seed}",
        network=f"resnext-{3 * units + 2} {cardinality}x4d",
        family="resnext",
        seed=seed,
        units=units,
        cardinality=cardinality,
        parameters=10 * cost,
        multiply_adds=1000 * cost,
        error=5.0,
        power=64.0,
        pieces=tuple(pieces),
    )


def exponent_runs(rise: Law, size: Law, seeds: int = 3, noise: float = 0.3) -> list[ExponentRun]:
    """Return runs of all shapes, whose seeds lie a little apart."""
    runs = []
    for place, (units, cardinality, cost) in enumerate(SHAPES):
        for seed in range(seeds):
            off = noise * ((seed + place) % 3 - 1)
            values = (rise(units, cardinality) + off, size(units, cardinality) * 2 ** (off / 10))
            runs.append(exponent_run(units, cardinality, cost, seed, *values))
    return runs
