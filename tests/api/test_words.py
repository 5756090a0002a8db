"""Arguments of Python become the words that would be typed."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from depthlab.api.words import words_of


@pytest.mark.parametrize(
    ("typed", "settings", "single", "sweep"),
    [
        (("model=resnet depth=20",), {}, ["model=resnet", "depth=20"], ["model=resnet", "depth=20"]),
        (("'depth=[3, 3]' seed=1",), {}, ["depth=[3, 3]", "seed=1"], ["depth=[3, 3]", "seed=1"]),
        ((), {"depth": [3, 4]}, ["depth=[3,4]"], ["depth=3,4"]),
        ((), {"depth": [[3, 4], [5, 6]]}, ["depth=[[3,4],[5,6]]"], ["depth=[3,4],[5,6]"]),
        ((), {"seed": range(3)}, ["seed=[0,1,2]"], ["seed=0,1,2"]),
        ((), {"fresh": True, "width": None, "dropout": 0.5}, ["fresh=true", "width=null", "dropout=0.5"], None),
        (({"model.shortcut": "A"},), {"depth": 20}, ["model.shortcut=A", "depth=20"], None),
        (({"data": {"path": Path("/a"), "crop": 2}},), {}, ["data.path=/a", "data.crop=2"], None),
        ((), {"depth": 20, "dry_run": True}, ["--dry-run", "depth=20"], None),
        ((), {"depth": 20, "dry_run": False}, ["depth=20"], None),
        ((["model=resnet", "depth=[3, 3]"],), {}, ["model=resnet", "depth=[3, 3]"], None),
        ((), {"depth": np.array([8, 14])}, ["depth=[8,14]"], ["depth=8,14"]),
        ((), {"depth": np.int64(8), "dropout": np.float32(0.5)}, ["depth=8", "dropout=0.5"], None),
        ((), {"depth": {8: "a"}.keys()}, ["depth=[8]"], ["depth=8"]),
    ],
)
def test_words(typed: tuple[Any, ...], settings: dict[str, Any], single: list[str], sweep: list[str] | None) -> None:
    assert words_of(typed, settings, several=False) == single
    assert words_of(typed, settings, several=True) == (single if sweep is None else sweep)
