"""How often do verdicts claim what is not there, and find what is? Studies drawn from worlds that are known.

Nothing is trained: errors of runs are drawn, and judged as those of a real study are, question by question. A claim
where nothing is should be made in 5 % of studies at most.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING

from outputs import OUTPUT, output_file, write_record

from depthlab.command_line import key_values, run_command, whole_number
from depthlab.records.base import Record

if TYPE_CHECKING:
    from worlds import World

QUESTIONS = (
    *("degradation", "width_vs_depth", "regularization", "kernels"),
    *("lesion", "paths", "votes", "reuse", "exponent"),
)
KEYS = {
    "studies": "studies that are drawn from each world, such as 3000",
    "questions": "questions, with commas [all]",
    **OUTPUT,
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
    questions = typed["questions"].split(",") if "questions" in typed else QUESTIONS
    if unknown := set(questions) - set(QUESTIONS):
        raise ValueError(f"questions={typed['questions']}: {min(unknown)} has no worlds; type of {','.join(QUESTIONS)}")
    output = output_file(typed)
    found = simulate(studies, questions)
    show(found)
    write_record(found, output)


def simulate(studies: int, questions: Sequence[str]) -> Rates:
    """Draw so many studies from each world, and count their claims."""
    from worlds import share_interval

    from depthlab.training import track

    rates = []
    for world in track(worlds_of(questions), "judging studies"):
        for claim, share in world.shares(studies).items():
            interval = share_interval(share, studies)
            false = claim in world.false
            rates.append(Rate(world.question, world.name, world.seeds, claim, false, share, interval))
    words = [*([f"questions={','.join(questions)}"] if questions != QUESTIONS else []), f"studies={studies}"]
    date = datetime.now(UTC).isoformat(timespec="seconds")
    return Rates(("python", "benchmarks/verdicts.py", *words), date, studies, tuple(rates))


def worlds_of(questions: Sequence[str]) -> list["World"]:
    """Return the worlds of some questions."""
    found = (getattr(import_module(f"worlds_{question}"), f"{question}_worlds")() for question in questions)
    return [world for worlds in found for world in worlds]


def show(found: Rates) -> None:
    """Print a line for each world and claim."""
    for one in found.rates:
        low, high = (f"{100 * end:.1f}" for end in one.interval)
        kind = "false" if one.false else "true"
        share = f"{100 * one.share:5.1f} % ({low} to {high})"
        print(f"{one.question:14} {one.world:48} {one.seeds} seeds  {one.claim:32} {kind:5} {share}")


if __name__ == "__main__":
    run_command(main)
