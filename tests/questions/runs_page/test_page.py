"""Pages about runs that were found: what counts, what is told of code and repeats, what is drawn."""

import math
from typing import Any

import pytest

from depthlab.questions.runs_page.figures import run_curves
from depthlab.questions.runs_page.page import count_runs, runs_page
from depthlab.questions.runs_page.page_groups import group_by, sort_runs, telling_keys
from depthlab.questions.runs_page.tables_versions import code_notice, environment_blocks, version_of
from depthlab.records import FoundRun, RunsFound
from depthlab.report import Notice, Picture
from depthlab.report.blocks import PageTable, blocks_of
from depthlab.report.cells import Estimate


def found(place: int = 0, state: str = "finished", **changes: Any) -> FoundRun:
    """A run that never was; `place` sets its fingerprint and its time."""
    axes = {"model": "resnet", "depth": 20, "width": 1, "seed": 0} | changes.pop("axes", {})
    values: dict[str, Any] = {
        "name": f"run {place}",
        "fingerprint": f"{place:016x}",
        "state": state,
        "created": f"2026-11-23T00:{place:02}:00+00:00",
        "axes": axes,
        "settings": axes | {"data.crop": 4},
        "metrics": {"test/accuracy": 0.9, "val/accuracy": 0.92} if state == "finished" else {},
        "curves": {"val/accuracy": [[1, 0.5], [2, 0.9]], "train/accuracy": [[1, 0.4], [2, 0.8]]},
        "folder": f"folder-{place}",
        "commit": "a" * 40,
        "diff": "",
        "source": "5" * 64,
        "versions": {"torch": "2.13.0"},
    }
    return FoundRun(**values | changes)


def page_of(*runs: FoundRun, **changes: Any) -> str:
    page = runs_page(RunsFound("", "mlruns/runs", runs, **changes))
    told = [block.text if isinstance(block, Notice) else block for block in blocks_of(page)]
    return "\n".join([page.lead, *(text for text in told if isinstance(text, str))])


def test_one_run_of_a_fingerprint_counts():
    old, new = found(1), found(1, created="2026-11-24T00:00:00+00:00")
    broken, alone = found(1, "failed", created="2026-11-25T00:00:00+00:00"), found(2, "cut off")
    done = sort_runs([old, new, broken, alone])
    assert done.counted == (new, alone)
    assert done.repeats == (old,) and done.attempts == (broken,)
    assert done.disagreeing == ()
    assert sort_runs([old, found(1, metrics={"test/accuracy": 0.8})]).disagreeing == (old.fingerprint,)
    speed = found(1, metrics=old.metrics | {"throughput/images_per_second": 3.0})
    assert sort_runs([old, speed]).disagreeing == ()


def test_keys_that_tell_runs_apart():
    runs = [
        found(1, axes={"model": "plain", "depth": 56, "seed": 1}),
        found(2, axes={"shortcut": "A"}),
        found(3, axes={"shortcut": "A", "seed": 1}),
    ]
    assert telling_keys(runs) == ["model", "depth", "seed"]  # only resnet has a shortcut, and always the same
    assert telling_keys([*runs, found(4, axes={"shortcut": "B"})]) == ["model", "depth", "shortcut", "seed"]
    assert telling_keys([found(1), found(2)]) == []
    other = found(2, settings=found().axes | {"data.crop": 2})
    assert telling_keys([found(1), other]) == ["data.crop"]
    stored = found(3, settings=found().axes)
    assert telling_keys([found(1), stored]) == []  # a store knows no other settings


def test_a_seed_that_two_versions_of_the_code_computed_is_in_no_mean_twice():
    runs = [found(1), found(2, source="6" * 64), found(3, axes={"seed": 1}), found(4, "failed", source="7" * 64)]
    keys = telling_keys(runs)
    assert keys == ["seed", "code"]
    groups = group_by([run for run in runs if run.state == "finished"], [key for key in keys if key != "seed"])
    assert sorted(len(members) for members in groups.values()) == [1, 2]
    assert telling_keys([found(1), found(2, axes={"seed": 1}, source="6" * 64)]) == ["seed"]
    assert telling_keys([found(1), found(2, "failed", source="6" * 64)]) == []


def test_groups_are_in_an_order_that_reads():
    runs = [found(place, axes={"depth": depth}) for place, depth in enumerate((110, [3, 3, 3], 20))]
    assert list(group_by(runs, ["depth"])) == [(20,), (110,), ("[3,3,3]",)]


def test_figures_call_them_runs():
    runs = [found(place, axes={"depth": 8 * place, "width": place % 3, "seed": place}) for place in range(1, 9)]
    page = runs_page(RunsFound("", "mlruns/runs", (*runs, found(9, "failed", fault="diverged"))))
    notes = [one.figure.get_supxlabel() for one in blocks_of(page) if isinstance(one, Picture)]
    counting = [note for note in notes if "finished" in note]
    assert len(counting) >= 2 and all("9 runs: 8 finished, 1 failed (1 diverged)" in note for note in counting), notes
    assert "trial" not in "".join(notes)


def test_every_run_is_counted():
    runs = [found(1), found(2, "failed", fault="diverged"), found(3, "failed", fault="unknown"), found(4, "running")]
    assert count_runs(runs) == "4 runs: 1 finished, 2 failed (1 diverged, 1 unknown), 1 running"
    assert count_runs(runs[:1]) == "1 run: 1 finished"


@pytest.mark.parametrize(
    ("changes", "kind", "told"),
    [
        ({}, None, ""),
        ({"commit": "b" * 40}, "note", "was the same in all of them, by its checksum"),
        ({"commit": "b" * 40, "source": "6" * 64}, "warning", "differed as well: 2 checksums"),
        ({"commit": "b" * 40, "source": ""}, "warning", "Mixed code: 2 runs come from 2 versions of the code"),
        ({"changed": True, "diff": "+ a"}, "note", "1 with aaaaaaaa + changes"),
        ({"changed": True, "diff": None, "source": ""}, "warning", "1 with aaaaaaaa + changes"),
        ({"commit": None, "source": ""}, "warning", "1 with no commit"),
    ],
)
def test_versions_of_the_code(changes: dict[str, Any], kind: str | None, told: str):
    notice = code_notice([found(1), found(2, **changes)])
    assert (notice.kind if notice else None) == kind
    assert told in (notice.text if notice else "")


def test_one_version_may_need_words_too():
    changed = [found(1, changed=True, diff="+ a"), found(2, changed=True, diff="+ a")]
    notice = code_notice(changed)
    assert notice is not None and notice.text.startswith("2 runs were computed with uncommitted changes")
    assert version_of(changed[0]) != version_of(found(1, changed=True, diff="+ b"))
    notice = code_notice([found(1, commit=None)])
    assert notice is not None and notice.text == "Of 1 run the commit of the code is not known."


def test_libraries_that_differ_are_listed():
    runs = [found(1), found(2, versions={"torch": "2.14.0", "numpy": "2.4"}), found(3)]
    table = environment_blocks(runs)[1]
    assert table.rows == (  # type: ignore[union-attr]
        ("numpy", "absent (2 runs), 2.4 (1 run)"),
        ("torch", "2.13.0 (2 runs), 2.14.0 (1 run)"),
    )


def test_the_best_is_chosen_on_validation():
    good = found(1, metrics={"val/accuracy": 0.95, "test/accuracy": 0.7}, name="chosen")
    assert "The lowest validation error, 5.00 %, is that of chosen; its test error is 30.00 %." in page_of(
        good, found(2)
    )
    same = found(3, metrics={"val/accuracy": 0.95, "test/accuracy": 0.8})
    told = "2 runs share the lowest validation error, 5.00 %; their test errors lie between 20.00 and 30.00 %."
    assert told in page_of(good, same, found(2))


@pytest.mark.parametrize(
    "runs",
    [
        (found(1, "failed", fault="diverged", curves={}, metrics={"train/step_loss": math.nan}),),
        (found(1, "running", curves={}),),
        (found(1, metrics={"val/accuracy": math.nan}), found(2, metrics={})),
        (found(1, curves={"val/accuracy": [[1, math.nan]]}),),
    ],
)
def test_runs_without_numbers_make_a_page(runs: tuple[FoundRun, ...]):
    assert count_runs(runs) in page_of(*runs)


def test_pictures_say_what_they_show():
    runs = [found(place, axes={"depth": 8 + 6 * place, "seed": seed}) for place in range(3) for seed in (0, 1)]
    runs = [found(place, axes=run.axes) for place, run in enumerate(runs)]
    page = runs_page(RunsFound("", "here", tuple(runs)))
    described = {block.name: block.description for block in blocks_of(page) if isinstance(block, Picture)}
    assert (
        described["test-error-by-depth"]
        == "test error (%) against depth. Means of test error (%): 8: 10; 14: 10; 20: 10."
    )
    assert "Last validation errors: 8: 10 %; 14: 10 %; 20: 10 %." in described["curves"]
    assert "Each setting has one finished run" not in page_of(*runs)
    assert "Each setting has one finished run" in page_of(*runs[::2])


def test_runs_that_agree_do_not_spread():
    runs = [found(place, axes={"seed": place}, metrics={"test/accuracy": 0.101238}) for place in range(3)]
    tables = [
        block for block in blocks_of(runs_page(RunsFound("", "here", tuple(runs)))) if isinstance(block, PageTable)
    ]
    [estimate] = [cell for row in tables[0].rows for cell in row if isinstance(cell, Estimate)]
    assert estimate == Estimate(pytest.approx(89.8762), 0.0), "no rounding where nothing differs"


@pytest.mark.parametrize(("count", "told"), [(1, " 1 run has no curve."), (2, " 2 runs have no curve.")])
def test_runs_without_curves_are_counted(count: int, told: str):
    runs = (found(0), *(found(place, axes={"seed": place}, curves={}) for place in range(1, count + 1)))
    captions = [
        block.caption for block in blocks_of(runs_page(RunsFound("", "here", runs))) if isinstance(block, Picture)
    ]
    assert any(caption.endswith(told) for caption in captions)


def test_curves_of_many_groups_are_gray():
    few = run_curves({str(place): [found(place)] for place in range(3)})
    many = run_curves({str(place): [found(place)] for place in range(9)})
    assert len({str(line.get_color()) for line in few.axes[0].lines}) == 3
    assert {str(line.get_color()) for line in many.axes[0].lines} == {"0.45"}
    ended = run_curves({"a": [found(1, "failed"), found(2, "pruned")]}).axes[0].lines
    assert [line.get_linestyle() for line in ended] == ["--", "None", "--", "None"]
    assert [line.get_marker() for line in ended[1::2]] == ["x", "o"]
    bottom, top = few.axes[0].get_ylim()
    assert bottom == 0 and top > 60


def test_an_unknown_metric_is_a_persons_mistake():
    with pytest.raises(ValueError, match=r"no run has the metric val/acc; there are test/accuracy, val/accuracy"):
        runs_page(RunsFound("", "here", (found(1),)), metric="val/acc")


def test_notes_and_unread_folders_are_told():
    text = page_of(found(1), unread=("folder-9 can't be read (OSError: gone)",), notes=("Something is missing.",))
    assert "1 folder can't be read: what is there counts nowhere." in text
    assert "folder-9 can't be read (OSError: gone)" in text and "Something is missing." in text
