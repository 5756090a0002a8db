"""The page of families names every family, and what it says of ImageNet forms is so."""

import re
import statistics
from pathlib import Path

import pytest
import torch
from hydra.utils import get_method

from depthlab import models
from depthlab.recipe import CONF
from depthlab.records import RunRecord

PAGE = (Path(__file__).parents[2] / "docs" / "models.md").read_text(encoding="utf-8")
FAMILIES = sorted(path.stem for path in (CONF / "model").glob("*.yaml"))


def rows(heading: str) -> list[tuple[list[str], list[str]]]:
    """Return each row of the table under a heading that starts with code: the names in it, and the other cells."""
    table = re.search(rf"\| {heading}.*?\n\|[-|]+\|\n(.*?)\n\n", PAGE, re.DOTALL)
    assert table is not None
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table[1].splitlines()]
    return [(re.findall(r"`([a-z_0-9]+)`", first), others) for first, *others in cells]


def test_every_row_is_of_a_family():
    named = [name for names, _ in rows(r"model \| paper") for name in names]
    assert {"plain", "resnet", "densenet", "inception_v3"} <= set(named) <= set(FAMILIES)
    assert len(named) == len(set(named))


@pytest.mark.parametrize("family", FAMILIES)
def test_families_in_python_are_those_of_the_command_line(family: str):
    """By the same name in `depthlab.models`, or in a module of that name there."""
    targets = re.findall(r"^ *_target_: (\S+)$", (CONF / "model" / f"{family}.yaml").read_text(), re.MULTILINE)
    assert targets in ([f"depthlab.models.{family}"], [f"depthlab.models.{family}.{family}"])
    assert callable(get_method(targets[0]))


def test_families_of_the_page_are_offered_by_the_package():
    assert {name for names, _ in rows(r"model \| paper") for name in names} <= set(models.__all__)


def test_the_least_image_of_each_imagenet_form_is_the_networks():
    needed = {"resnext": {"cardinality": 32, "group_width": 4}, "wide_resnet": {"width": 2}}
    found = 0
    for names, (depths, least) in rows(r"model \| `depth` in form"):
        sizes = [int(size) for size in re.findall(r"\d+", least)]
        listed = [int(depth) for depth in re.findall(r"\d+", depths)]  # of 12n, 12
        for index, name in enumerate(names):
            depth = listed[index if len(sizes) > 1 else 0]
            with torch.device("meta"):
                net = getattr(models, name)(depth=depth, form="imagenet", num_classes=1000, **needed.get(name, {}))
            assert net.smallest_image == sizes[index if len(sizes) > 1 else 0], name
            found += 1
    assert found >= 12


RECORDS = Path(__file__).parents[2] / "docs" / "results" / "families"
ERROR = r"([\d.]+ ± [\d.]+)"
ACCURACY = re.compile(rf"^\| `([a-z_0-9]+)` \| ([a-z_0-9-]+) \| ([\d,]+) \| {ERROR} \| {ERROR} \|$", re.MULTILINE)
ACCURACIES = ACCURACY.findall(PAGE)


def in_percent(accuracies: list[float]) -> str:
    errors = [100 * (1 - accuracy) for accuracy in accuracies]
    return f"{statistics.mean(errors):.2f} ± {statistics.stdev(errors):.2f}"


def test_every_record_of_a_family_is_in_a_row():
    assert {file.name.partition("-seed-")[0] for file in RECORDS.glob("*.json")} == {row[0] for row in ACCURACIES}
    assert len(ACCURACIES) >= 14


@pytest.mark.parametrize("row", ACCURACIES, ids=lambda row: row[0])
def test_an_accuracy_is_that_of_its_records(row: tuple[str, ...]):
    model, network, parameters, training, test = row
    records = [RunRecord.read(RECORDS / f"{model}-seed-{seed}.json") for seed in range(3)]
    assert [record.name for record in records] == [f"{network} · digits · seed {seed}" for seed in range(3)]
    assert {record.status for record in records} == {"finished"}
    assert {f"{record.metrics['model/parameters']:,.0f}" for record in records} == {parameters}
    assert in_percent([record.metrics["final/train_accuracy"] for record in records]) == training
    assert in_percent([record.metrics["test/accuracy"] for record in records]) == test
