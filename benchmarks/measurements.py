"""What the throughput benchmark writes down, and the table that shows it."""

from dataclasses import dataclass
from statistics import median

from conditions import Conditions
from rich.table import Table

from depthlab.records import Record


@dataclass(frozen=True)
class Case(Record):
    """One network: images/s of each round, in the order in which the rounds were made."""

    depth: int
    stock_workers: int  # of the stock loop's DataLoader: the better one of those that were tried
    precision: str  # of the run and of the bare loop; the stock loop has fp32
    channels_last: bool  # likewise
    stock: tuple[float, ...]
    run: tuple[float, ...]
    bare: tuple[float, ...]
    tracking_inside: tuple[float, ...]  # share of a step's time inside tracking calls
    tracking_beside: tuple[float, ...]  # processor time of the thread that feeds MLflow, as share of a step's time

    @property
    def over_stock(self) -> list[float]:
        """How many times as fast as the stock loop the run was, round by round."""
        return [ours / theirs for ours, theirs in zip(self.run, self.stock, strict=True)]

    @property
    def over_bare(self) -> list[float]:
        """How many times as fast as the bare loop the run was, round by round."""
        return [ours / theirs for ours, theirs in zip(self.run, self.bare, strict=True)]


@dataclass(frozen=True)
class Throughput(Conditions):
    """All networks of one benchmark, and the conditions."""

    threads: int
    image_size: int
    batch_size: int
    steps: int  # timed in each round, after `warmup` steps
    warmup: int
    rounds: int
    medians: dict[str, dict[str, float]]  # depth -> figure of the table -> median over the rounds
    cases: tuple[Case, ...]


def medians(case: Case) -> dict[str, float]:
    """Return the medians that the table shows."""
    figures = {
        "stock images/s": case.stock,
        "run images/s": case.run,
        "bare images/s": case.bare,
        "run / stock": case.over_stock,
        "run / bare": case.over_bare,
        "tracking inside": case.tracking_inside,
        "tracking beside": case.tracking_beside,
    }
    return {name: round(median(values), 4) for name, values in figures.items()}


def table_of(result: Throughput) -> Table:
    """Lay out medians, and in brackets the least and the most, over the rounds."""
    title = f"training throughput, {result.image_size}x{result.image_size}, batch {result.batch_size}"
    caption = (
        f"{result.hardware}, {result.threads} threads; median (least to most) of {result.rounds} alternating rounds"
    )
    table = Table(title=title, caption=caption, title_justify="left", caption_justify="left")
    table.add_column("")
    for case in result.cases:
        table.add_column(f"ResNet-{case.depth}", justify="right")
    rows = [
        ("stock loop, images/s", [_spread(case.stock, ",.0f") for case in result.cases]),
        ("this project, images/s", [_spread(case.run, ",.0f") for case in result.cases]),
        ("bare loop, images/s", [_spread(case.bare, ",.0f") for case in result.cases]),
        ("this project / stock", [_spread(case.over_stock, ".2f") for case in result.cases]),
        ("this project / bare", [_spread(case.over_bare, ".2f") for case in result.cases]),
        ("inside tracking calls, % of a step", [_spread(_percent(c.tracking_inside), ".2f") for c in result.cases]),
        ("thread that feeds MLflow, % of a core", [_spread(_percent(c.tracking_beside), ".2f") for c in result.cases]),
        ("stock loop's workers", [str(case.stock_workers) for case in result.cases]),
        ("precision", [case.precision for case in result.cases]),
    ]
    for name, values in rows:
        table.add_row(name, *values)
    return table


def _percent(shares: tuple[float, ...]) -> list[float]:
    return [100 * share for share in shares]


def _spread(values: list[float] | tuple[float, ...], form: str) -> str:
    return f"{median(values):{form}} ({min(values):{form}} to {max(values):{form}})"
