"""The page of families names every family, and what it says of ImageNet forms is so."""

import re
from pathlib import Path

import torch

from depthlab import models
from depthlab.recipe import CONF

PAGE = (Path(__file__).parents[2] / "docs" / "models.md").read_text(encoding="utf-8")
FAMILIES = sorted(path.stem for path in (CONF / "model").glob("*.yaml"))


def rows(heading: str) -> list[tuple[list[str], list[str]]]:
    """Return each row of the table under a heading that starts with code: the names in it, and the other cells."""
    table = re.search(rf"\| {heading}.*?\n\|[-|]+\|\n(.*?)\n\n", PAGE, re.DOTALL)
    assert table is not None
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table[1].splitlines()]
    return [(re.findall(r"`([a-z_0-9]+)`", first), others) for first, *others in cells]


def test_every_family_has_a_row():
    assert sorted(name for names, _ in rows(r"model \| paper") for name in names) == FAMILIES


def test_families_in_python_are_those_of_the_command_line():
    assert set(FAMILIES) <= set(models.__all__)


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
    assert found == len(set(FAMILIES) - {"mlp", "locally_connected"})
