"""The tables of docs/results say what the records beside them say."""

import json
import re
import statistics
from pathlib import Path

import pytest

from depthlab.records import RunRecord

RESULTS = Path(__file__).parents[2] / "docs" / "results"
ROW = re.compile(r"^\| ([a-z]+-\d+) \| ([\d,]+) \| ([\d.]+ ± [\d.]+) \| ([\d.]+ ± [\d.]+) \| (\d+) \|$", re.MULTILINE)
ROWS = ROW.findall((RESULTS / "README.md").read_text(encoding="utf-8"))


PUBLISHED = re.compile(r"^\| (resnet-\d+) \| ([\d,]+) \|((?: [\d.]+ \|){3}) ([\d.]+) \|$", re.MULTILINE)


def in_percent(errors: list[float]) -> str:
    return f"{100 * statistics.mean(errors):.2f} ± {100 * statistics.stdev(errors):.2f}"


def test_every_record_of_digits_is_in_a_row():
    networks = {path.name.partition("-seed-")[0] for path in (RESULTS / "digits").glob("*.json")}
    assert networks == {row[0] for row in ROWS} != set()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_row_is_computed_from_its_records(row: tuple[str, ...]):
    network, parameters, training, test, runs = row
    records = [RunRecord.read(path) for path in sorted((RESULTS / "digits").glob(f"{network}-seed-*.json"))]
    assert [record.axes["seed"] for record in records] == list(range(int(runs)))
    assert {f"{record.metrics['model/parameters']:,.0f}" for record in records} == {parameters}
    assert in_percent([1 - record.metrics["final/train_accuracy"] for record in records]) == training
    assert in_percent([1 - record.metrics["test/accuracy"] for record in records]) == test


def test_the_published_recipe_came_within_half_a_point():
    """He et al. 2015, Table 6. Ours is one seed, so the row holds no spread."""
    ((network, parameters, ours, published),) = PUBLISHED.findall((RESULTS / "README.md").read_text(encoding="utf-8"))
    record = RunRecord.read(RESULTS / "he2015" / f"{network}-seed-0.json")
    assert record.status == "finished"
    assert record.command == ("python", "train.py", "experiment=he2015_resnet", "depth=20", *record.command[4:])
    metrics = record.metrics
    names = ("final/train_accuracy", "val/accuracy", "test/accuracy")
    errors = [100 * (1 - metrics[name]) for name in names]
    assert f"{metrics['model/parameters']:,.0f}" == parameters
    assert ours.split() == [word for error in errors for word in (f"{error:.2f}", "|")]
    assert abs(errors[-1] - float(published)) < 0.5


@pytest.mark.parametrize("name", ["sweep_efficiency.json", "sweep_efficiency_short.json"])
def test_a_row_of_efficiency_is_that_of_its_record(name: str):
    page = (RESULTS / "README.md").read_text(encoding="utf-8")
    table = page[: page.index(f"({name})")].rpartition("| time, s |")[2]
    rows = [[cell.strip() for cell in line.strip("|").split("|")][1:] for line in table.splitlines() if "|" in line][2:]
    record = json.loads((RESULTS / name).read_text(encoding="utf-8"))
    ways = record["ways"]
    assert rows == [
        [f"{way['seconds']:.0f}", f"{way['efficiency']:.2f}", f"{way['seconds'] / ways[0]['seconds']:.2f}"]
        for way in ways
    ]
    alone = statistics.median(record["alone"])
    for way in ways:
        share = record["trials"] * alone / (record["cores"] * way["seconds"])
        assert way["efficiency"] == pytest.approx(share, rel=0.01)
