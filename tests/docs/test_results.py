"""The tables of docs/results say what the records beside them say."""

import json
import re
import statistics
from pathlib import Path

import pytest

from depthlab.questions.degradation.record import DegradationRecord
from depthlab.questions.lesion.record import LesionRecord
from depthlab.questions.paths.record import PathsRecord
from depthlab.questions.votes.record import VotesRecord
from depthlab.records import MeasuredRun, RunRecord

RESULTS = Path(__file__).parents[2] / "docs" / "results"
ROW = re.compile(r"^\| ([a-z]+-\d+) \| ([\d,]+) \| ([\d.]+ ± [\d.]+) \| ([\d.]+ ± [\d.]+) \| (\d+) \|$", re.MULTILINE)


def told_in(folder: Path) -> str:
    """Return the text of a folder's README in one line, so that breaks don't matter."""
    return " ".join((folder / "README.md").read_text(encoding="utf-8").split())


def rows(heading: str) -> list[tuple[str, ...]]:
    page = (RESULTS / "README.md").read_text(encoding="utf-8")
    return ROW.findall(page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0])


ROWS = rows("Digits: depth with and without shortcuts")
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


def test_the_rows_of_degradation_on_cifar10_are_its_record_and_so_is_the_verdict():
    page = (RESULTS / "README.md").read_text(encoding="utf-8")
    record = DegradationRecord.read(RESULTS / "cifar10" / "degradation" / "record.json")
    networks: dict[str, list[MeasuredRun]] = {}
    for run in record.measured:
        networks.setdefault(run.network, []).append(run)
    assert rows("CIFAR-10: depth with and without shortcuts") == [
        (
            network,
            f"{runs[0].parameters:,}",
            in_percent([run.train_error / 100 for run in runs]),
            in_percent([run.test_error / 100 for run in runs]),
            str(len(runs)),
        )
        for network, runs in networks.items()
    ]
    assert " ".join(record.about.command) in page
    told, front = told_in(RESULTS), told_in(RESULTS.parents[1])
    assert all(f'"{sentence}"' in told for sentence in record.about.verdict)
    degradation, shortcuts, residual = record.about.verdict[1:]
    assert "31.9 points above plain-20 (95 % interval 27.9 to 36.0" in degradation
    assert "by 31.9 points (95 % interval 27.9 to 36.0)" in front and " ".join(record.about.command) in front
    assert "adds 22.1 points more" in shortcuts and "(95 % interval 19.5 to 24.7)" in shortcuts
    assert "costs it 22.1 points more than the residual network (19.5 to 24.7)" in front
    assert (
        "0.94 points below resnet-20 (95 % interval -2.3 to 0.4," in residual and "(-0.94 points, -2.3 to 0.4)" in front
    )


def test_the_verdict_on_digits_is_quoted_whole():
    record = DegradationRecord.read(RESULTS / "digits" / "degradation" / "record.json")
    assert all(f'"{sentence}"' in told_in(RESULTS) for sentence in record.about.verdict)
    assert record.about.verdict[0] == "Degradation in plain; none beyond 0.5 points in resnet."


def test_what_is_quoted_of_lesions_is_their_record():
    page = told_in(RESULTS)
    record = LesionRecord.read(RESULTS / "cifar10" / "lesion" / "record.json")
    verdict = record.about.verdict
    for sentence in verdict[-2:]:
        assert f'"{sentence}"' in page
    for sentence in verdict[1:4]:
        assert f'"{sentence[sentence.index("By interpolation") :]}" ({sentence.partition(":")[0]})' in page
    rises = {name: rise for one in record.compared for name, rise in ((one.a, one.mean_a), (one.b, one.mean_b)) if rise}
    front = told_in(RESULTS.parents[1])
    assert f"a plain network of 20 layers by {rises['plain-20']:.0f} points (median), of a residual one by" in front
    assert f"by {rises['resnet-20']:.0f}, and of a residual one of 56 layers by {rises['resnet-56']:.1f} (" in front


def test_what_is_told_of_paths_and_votes_is_in_their_records():
    page = told_in(RESULTS)
    paths = PathsRecord.read(RESULTS / "cifar10" / "paths" / "record.json").about.verdict
    votes = VotesRecord.read(RESULTS / "cifar10" / "votes" / "record.json").about.verdict
    (effective,) = [sentence for sentence in paths if sentence.startswith("resnet-56: of the number")]
    assert f'"{effective}"' in page
    assert any("correlation of -0.01 in plain-56 and 0.55 in resnet-56" in sentence for sentence in paths)
    (together,) = [sentence for sentence in votes if sentence.startswith("resnet-20: 2 independent networks err")]
    assert f'"{together.removesuffix(".")}"' in page
    assert any(sentence.startswith("resnet-56: 2 independent networks err 1.3 points less") for sentence in votes)


def test_what_is_told_of_lesions_of_the_published_recipe_is_their_record():
    page = told_in(RESULTS)
    (run,) = LesionRecord.read(RESULTS / "he2015" / "lesion" / "record.json").measured
    trained = RunRecord.read(RESULTS / "he2015" / "resnet-20-seed-0.json")
    assert run.fingerprint == trained.fingerprint
    errors = run.lesions.singles
    assert f"errs on {statistics.median(errors):.1f} % in the median, on {min(errors):.0f} % at best" in page
    assert f"on {max(errors):.0f} % without the one that first halves the image" in page
    assert errors.index(max(errors)) == 3, "the first unit of the second stage"


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
