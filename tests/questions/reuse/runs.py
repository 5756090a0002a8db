"""Runs with maps of feature reuse, made up."""

from collections.abc import Callable

from depthlab.questions.reuse.record import ReuseMap, ReuseRun
from depthlab.records import RunRef
from tests.questions.degradation.runs import ref

Value = Callable[[int, int], float]  # of source (0 is the input) and target (from 1), where the target reads it


def block_map(value: Value, *, measure: str = "weight", block: int = 1, units: int = 4, last: str = "") -> ReuseMap:
    """Return the map of a block; `last` is what follows it."""
    targets = (*map(str, range(1, units + 1)), last or "transition")
    rows = tuple(
        tuple(value(source, target) if source < target else None for target in range(1, units + 2))
        for source in range(units + 1)
    )
    return ReuseMap(measure, block, ("input", *map(str, range(1, units + 1))), targets, rows)


def maps(value: Value, measure: str = "weight", units: int = 4) -> tuple[ReuseMap, ...]:
    """Return three blocks, the classifier behind the last."""
    return tuple(
        block_map(value, measure=measure, block=block, units=units, last="classifier" if block == 3 else "")
        for block in (1, 2, 3)
    )


def fading(rate: float, faint_input: float = 1.0) -> Value:
    """Return values that are multiplied by `rate` with each unit farther back."""
    return lambda source, target: rate ** (target - source - 1) * (faint_input if source == 0 else 1.0)


def flat(source: int, target: int) -> float:
    return 0.5


def reuse_runs(network: str, *values: Value, measures: tuple[str, ...] = ("weight",)) -> list[ReuseRun]:
    """Return a run for each seed; its maps hold the values, and were flat before training."""
    return [
        ReuseRun(
            fingerprint=f"{network}/{seed}",
            network=network,
            seed=seed,
            test_error=3.0 + seed,
            maps=tuple(one for measure in measures for one in maps(value, measure)),
            initial=tuple(one for measure in measures for one in maps(flat, measure)),
        )
        for seed, value in enumerate(values)
    ]


def refs_of(runs: list[ReuseRun]) -> list[RunRef]:
    made = [(run, ref(*_parts(run.network), run.seed)) for run in runs]
    return [RunRef.from_dict(one.to_dict() | {"fingerprint": run.fingerprint}) for run, one in made]


def _parts(network: str) -> tuple[str, int]:
    series, _, depth = network.partition("-")
    return series, int(depth)
