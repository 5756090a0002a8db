"""The order of the files of tests: what takes long comes first, so that no core waits for another in the end.

`pytest --note-durations` writes down how long each file took, for all later runs; `make durations` does so.
A file that is not in the list yet comes first if it has slow tests.
"""

import csv
from collections import Counter
from pathlib import Path

import pytest

_DURATIONS = Path(__file__).with_name("durations.csv")
_LEAST = 1.0  # seconds of a file that are worth a line
_UNKNOWN = 60.0  # seconds that a new file with slow tests may take


class Durations:
    """Hears how long every test took, and writes down what that makes of its file."""

    def __init__(self) -> None:
        self._seconds: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._seconds[report.location[0]] += report.duration

    def pytest_sessionfinish(self) -> None:
        with _DURATIONS.open("w", newline="") as file:
            rows = [(path, round(seconds)) for path, seconds in self._seconds.most_common() if seconds >= _LEAST]
            csv.writer(file, lineterminator="\n").writerows([("file", "seconds"), *rows])


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--note-durations", action="store_true", help="write tests/durations.csv anew")


def pytest_configure(config: pytest.Config) -> None:
    in_worker = hasattr(config, "workerinput")
    if config.getoption("--note-durations") and not in_worker:
        config.pluginmanager.register(Durations())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    with _DURATIONS.open(newline="") as file:
        known = {row["file"]: float(row["seconds"]) for row in csv.DictReader(file)}
    slow = {_file(item) for item in items if item.get_closest_marker("slow")} - known.keys()
    items.sort(key=lambda item: -_UNKNOWN if (file := _file(item)) in slow else -known.get(file, 0.0))


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]
