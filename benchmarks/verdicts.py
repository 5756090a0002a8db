"""How often do verdicts claim what is not there, and find what is? Studies drawn from worlds that are known.

Nothing is trained: errors of runs are drawn, and judged as those of a real study are. A claim where nothing is should
be made in 5 % of studies at most.
"""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from depthlab.command_line import key_values, run_command, whole_number
from depthlab.records.base import Record

KEYS = {
    "studies": "studies that are drawn from each world, such as 3000",
    "output": "a JSON file to write the record to",
}


@dataclass(frozen=True)
class Rate(Record):
    """How often studies of a world make a claim."""

    question: str
    world: str
    seeds: int
    claim: str
    false: bool  # whether the claim is false in this world
    share: float
    interval: tuple[float, ...]  # Wilson's, 95 %


@dataclass(frozen=True)
class Rates(Record):
    """What a simulation found."""

    command: tuple[str, ...]
    date: str  # ISO 8601, UTC
    studies: int  # of each world
    rates: tuple[Rate, ...]


def main() -> None:
    """Draw, judge, show, and write down what was typed for."""
    typed = key_values(sys.argv[1:], required={}, optional=KEYS, about=__doc__ or "")
    studies = whole_number("studies", typed.get("studies", "3000"), example=3000)
    output = Path(typed["output"]) if "output" in typed else None
    if output is not None and not output.parent.is_dir():
        raise ValueError(f"output={output}: there is no folder {output.parent}")
    found = simulate(studies)
    show(found)
    if output is not None:
        output.write_text(found.to_json(), encoding="utf-8")


def simulate(studies: int) -> Rates:
    """Draw so many studies from each world, and count their claims."""
    from worlds import share_interval
    from worlds_degradation import degradation_worlds

    from depthlab.training import track

    rates = []
    for world in track(degradation_worlds(), "judging studies"):
        for claim, share in world.shares(studies).items():
            interval = share_interval(share, studies)
            false = claim in world.false
            rates.append(Rate(world.question, world.name, world.seeds, claim, false, share, interval))
    date = datetime.now(UTC).isoformat(timespec="seconds")
    return Rates(("python", *sys.argv), date, studies, tuple(rates))


def show(found: Rates) -> None:
    """Print a line for each world and claim."""
    for one in found.rates:
        low, high = (f"{100 * end:.1f}" for end in one.interval)
        kind = "false" if one.false else "true"
        share = f"{100 * one.share:5.1f} % ({low} to {high})"
        print(f"{one.question:12} {one.world:40} {one.seeds} seeds  {one.claim:32} {kind:5} {share}")


if __name__ == "__main__":
    run_command(main)
