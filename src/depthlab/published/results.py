"""Read the table of published results."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import final

UNVERIFIED = "unverified"


@final
@dataclass(frozen=True)
class PublishedResult:
    """A row of results.csv.

    `dataset` has a plus for padded crops and flips. `source` is paper, authors (their code or data), quoted (by another
    paper), reproduction (by others), or unverified: read off a picture, say, and never to be a gate.
    """

    id: str
    paper: str
    arxiv: str
    table: str
    dataset: str
    model: str
    metric: str
    value: str
    unit: str
    params_millions: str
    std: str
    runs: str
    source: str
    notes: str

    @property
    def error(self) -> float | None:
        """The error in percent; None where the figure is none, or is words."""
        if self.unit != "%" or not self.metric.startswith(("test_", "train_")):
            return None
        try:
            value = float(self.value)
        except ValueError:
            return None
        return round(100 - value, 6) if "accuracy" in self.metric else value

    @property
    def relation(self) -> str:
        """How the error stands to the figure: = it is that, < or > it is bounded by it, ≈ it was read off a curve."""
        signs = {"upper_bound": "<", "lower_bound": ">", "approx": "≈"}
        return next((sign for end, sign in signs.items() if self.metric.endswith(end)), "=")

    @property
    def verified(self) -> bool:
        """Whether it may be compared with as a number."""
        return self.source != UNVERIFIED

    @property
    def where(self) -> str:
        """Where it stands, as a reader would look it up."""
        arxiv = f" (arXiv {self.arxiv})" if self.arxiv else ""
        return f"{self.paper}{arxiv}, {self.table}" if self.table else f"{self.paper}{arxiv}"


@cache
def published_results() -> tuple[PublishedResult, ...]:
    """Return every row, in the file's order."""
    return tuple(PublishedResult(**row) for row in read_rows("results.csv"))


def published_result(name: str) -> PublishedResult:
    """Return the row with this `id`."""
    return next(result for result in published_results() if result.id == name)


def published_recipe(result: PublishedResult) -> str:
    """Return how the networks of a result's paper were trained, in its words; "" where that is not known."""
    same = (one for one in published_results() if one.metric == "recipe" and one.paper == result.paper)
    return next((one.value for one in same if one.id.endswith("-recipe")), "")


def read_rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a file that lies beside this one."""
    text = files("depthlab.published").joinpath(name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())
