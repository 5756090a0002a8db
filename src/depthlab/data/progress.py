"""Progress bars of downloads and decoding on standard error; silent where that is not a terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import final

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


@final
class ProgressMeter:
    """Updates one progress bar."""

    def __init__(self, progress: Progress, description: str, total: float | None) -> None:
        self._progress = progress
        self._task = progress.add_task(description, total=total)

    def at(self, completed: float) -> None:
        """Set the completed amount."""
        self._progress.update(self._task, completed=completed)

    def advance(self, amount: float = 1) -> None:
        """Add to the completed amount."""
        self._progress.advance(self._task, amount)


@contextmanager
def item_bar(description: str, total: int) -> Iterator[ProgressMeter]:
    """Show a bar over `total` items, with the time left."""
    with _progress(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()) as progress:
        yield ProgressMeter(progress, description, total)


@contextmanager
def download_bar(description: str) -> Iterator[ProgressMeter]:
    """Show a spinner and the bytes received, for a download of unknown size."""
    with _progress(DownloadColumn(), TimeElapsedColumn()) as progress:
        yield ProgressMeter(progress, description, None)


def _progress(*columns: ProgressColumn) -> Progress:
    console = Console(stderr=True)
    text = TextColumn("{task.description}")
    return Progress(SpinnerColumn(), text, *columns, console=console, disable=not sys.stderr.isatty(), transient=True)
