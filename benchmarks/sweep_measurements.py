"""What the benchmark of sweeps writes down, and the table that shows it."""

from dataclasses import dataclass
from statistics import median

from conditions import Conditions
from rich.table import Table

from depthlab.records import Record

NAMES = {
    "sweep": "this project's sweep",
    "tune": "Ray Tune with its defaults",
    "basic": "Hydra's basic launcher",
}


@dataclass(frozen=True)
class Way(Record):
    """One way to compute the trials."""

    name: str  # sweep, tune or basic
    seconds: float  # from the command's start to its exit
    efficiency: float  # of the cores' time, the share in which a network was trained


@dataclass(frozen=True)
class Efficiency(Conditions):
    """All ways of one benchmark, and the conditions."""

    cores: int
    trials: int
    words: tuple[str, ...]  # what all trials have in common
    alone: tuple[float, ...]  # seconds of training one trial in a warm process with one thread, before and after
    ways: tuple[Way, ...]


def table_of(result: Efficiency) -> Table:
    """Lay out time and efficiency of each way, and how many times as long it took as this project's sweep."""
    fit = median(result.alone)
    title = f"{result.trials} trials of {fit:.1f} s: {' '.join(result.words)}"
    table = Table(title=title, caption=result.hardware, title_justify="left", caption_justify="left")
    for head in ("", "time, s", "efficiency", "times as long"):
        table.add_column(head, justify="right" if head else "left")
    least = min((way.seconds for way in result.ways if way.name == "sweep"), default=None)
    for way in result.ways:
        ratio = "" if least is None else f"{way.seconds / least:.2f}"
        table.add_row(NAMES[way.name], f"{way.seconds:.1f}", f"{way.efficiency:.2f}", ratio)
    return table
