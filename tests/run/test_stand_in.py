"""Test images that a set doesn't call so are told of: in the manifest, on the terminal, and to a sweep once."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from depthlab.recipe import compose
from depthlab.run import result_table, run
from depthlab.run.collected import collect_runs
from depthlab.sweeps.plan.recipe_checker import RecipeChecker
from depthlab.tracking import RunFolder
from tests.data.files import write_pictures

NOTE = "p has no part called test: its part val is the test set"


@pytest.mark.usefixtures("bare")
def test_a_stand_in_for_the_test_images_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for part in ("train", "val"):
        write_pictures(tmp_path / "p" / part, {"a": 20, "b": 20})
    place = (f"data.path={tmp_path / 'p'}", f"data.folder={tmp_path / 'data'}", f"tracking.folder={tmp_path / 'runs'}")
    words = ("data=imagefolder", *place, "tracking=none", "depth=8", "trainer.max_steps=1", "trainer.threads=1")
    record = run(compose([*words, "trainer.progress=false"]))
    assert record.test_note == NOTE
    console = Console(width=120, file=io.StringIO(), record=True)
    console.print(result_table(record))
    assert NOTE in console.export_text()
    folder = RunFolder.open(tmp_path / "runs" / record.folder)
    (found,) = collect_runs([folder], tell_unread=print)
    assert found.test_note == folder.manifest.dataset.test_note == NOTE
    capsys.readouterr()
    checker = RecipeChecker()
    for seed in (0, 1):
        checker.facts(compose([*words, f"seed={seed}"]))
    assert capsys.readouterr().err == f"{NOTE}\n", "once a sweep"
