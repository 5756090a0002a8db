"""Pages of any runs: a store with failed, diverged, pruned, cut-off and doubled runs, and mixed code, is told truly."""

import csv
import html
import re
import shutil
from pathlib import Path

import pytest

from depthlab.records import FaultRecord, SweepRecord, TrialRecord
from tests.chromium import NARROW, WIDE, OpenPage
from tests.questions.conftest import Pipeline, Trained
from tests.questions.runs_page.left_runs import EPOCH, NAN, LeftRuns


@pytest.fixture
def left(trained: Trained, tmp_path: Path) -> LeftRuns:
    root = tmp_path / "mlruns" / "runs"
    root.mkdir(parents=True)
    return LeftRuns(root, trained.folder)


def said(path: Path) -> str:
    """What can be read on the page, without patches, which may be of this very file."""
    text = re.sub("<pre.*?</pre>", "", path.read_text(), flags=re.DOTALL)
    return " ".join(
        html.unescape(re.sub("<[^>]+>", " ", text[text.index("<header>") : text.index("<script>")])).split()
    )


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "tables" / f"{name}.csv").open() as stream:
        return list(csv.DictReader(stream))


def leave_all(left: LeftRuns) -> None:
    """Leave eleven runs of eight recipes, with three versions of the code, and a folder that is no run any more."""
    for seed in (0, 1):
        left.leave(f"0{seed}-good", axes={"depth": 8, "seed": seed}, metrics={"test/accuracy": 0.9 - seed / 10})
    other = {"environment": {"commit": "b" * 40}, "source": "f" * 64}
    left.leave("02-deeper", axes={"depth": 14}, metrics={"test/accuracy": 0.5}, **other)
    left.leave("03-first", fingerprint="d" * 16, axes={"depth": 20}, metrics={"test/accuracy": 0.4})
    left.leave(
        "04-again",
        fingerprint="d" * 16,
        axes={"depth": 20},
        metrics={"test/accuracy": 0.3},
        created="2050-01-01T00:00:00+00:00",
    )
    left.leave("05-broke", fingerprint="e" * 16, axes={"depth": 26}, status="failed")
    left.leave("06-better", fingerprint="e" * 16, axes={"depth": 26}, metrics={"test/accuracy": 0.2})
    left.leave("07-diverged", status="failed", axes={"depth": 32}, journal=EPOCH + NAN)
    left.leave("08-failed", status="failed", axes={"depth": 38}, fingerprint="f" * 16)
    left.leave("09-pruned", status="pruned", axes={"depth": 44}, environment={"diff": "+ a line\n", "commit": "c" * 40})
    left.leave("10-killed", status="running", axes={"depth": 50}, journal="")
    broken = left.leave("11-broken")
    (broken.path / "manifest.json").write_text('{"name": ')
    fault = FaultRecord("f" * 16, "out of memory", "it asked for 3 GiB", 1, "2100-01-01T00:00:00+00:00", "given up")
    left.leave_sweep("ab12", fault)
    (left.leave_sweep("eeee").path / "faults.jsonl").write_text("{\n")


def test_every_run_is_told_for_what_it_is(left: LeftRuns, pipeline: Pipeline, tmp_path: Path):
    leave_all(left)
    answer = pipeline("report", f"folder={left.root}", f"output={tmp_path / 'page'}")
    assert (answer.code, answer.err) == (0, "")
    counts, page = answer.out.splitlines()
    assert counts == ("11 runs: 6 finished, 1 pruned, 3 failed (1 unknown, 1 diverged, 1 out of memory), 1 cut off")
    text = said(Path(page))
    assert f"{counts}." in text
    for told in (
        "Mixed code: 11 runs come from 3 versions of the code.",
        "1 recipe finished more than once with different results, by fingerprint: dddddddddddddddd.",
        "1 finished run had the same recipe, images and code as a newer one",
        "1 run broke, or was ended, of which another run of the same recipe counts instead.",
        "No run finished for 4 recipes",
        "2 folders can't be read: what is there counts nowhere.",
        "the faults of sweep depth-seed-eeeeeeee can't be read (",
        "11-broken can't be read (",
    ):
        assert told in text, told
    assert "+ a line" in Path(page).read_text()
    runs = {row["run"]: row for row in rows(tmp_path / "page", "runs")}
    assert {name: row["state"] for name, row in runs.items()} == {
        **dict.fromkeys(("00-good", "01-good", "02-deeper", "03-first", "04-again", "06-better"), "finished"),
        **dict.fromkeys(("05-broke", "07-diverged", "08-failed"), "failed"),
        "09-pruned": "pruned",
        "10-killed": "cut off",
    }
    remarks = {name: row["remark"] for name, row in runs.items() if row["remark"]}
    assert remarks == {"03-first": "repeat, not counted", "05-broke": "earlier attempt, not counted"}


def test_what_broke_is_told_with_what_is_known(left: LeftRuns, pipeline: Pipeline, tmp_path: Path):
    leave_all(left)
    pipeline("report", f"folder={left.root}", f"output={tmp_path / 'page'}", "status=failed,cut-off")
    told = {
        row["run"]: (row["fault"], row["epochs"], row["what is known"]) for row in rows(tmp_path / "page", "unfinished")
    }
    assert told == {
        "05-broke": ("unknown", "1", "it ended after step 4; what ended it was told on its screen alone"),
        "07-diverged": ("diverged", "1", "the loss is nan at step 7"),
        "08-failed": ("out of memory", "1", "it asked for 3 GiB"),
        "10-killed": ("", "0", ""),
    }


def test_means_are_over_what_counts(left: LeftRuns, pipeline: Pipeline, tmp_path: Path):
    leave_all(left)
    pipeline("report", f"folder={left.root}", f"output={tmp_path / 'page'}")
    found = {
        row["depth"]: (row["finished"], row["test error (%)"][:4], row["test error (%), std"][:4], row["others"])
        for row in rows(tmp_path / "page", "settings")
    }
    assert found["8"] == ("2", "14.9", "7.07", "")  # 15 up to rounding
    assert found["14"] == ("1", "50.0", "", "")
    assert found["26"] == ("1", "80.0", "", "")
    assert found["32"] == ("0", "", "", "1 failed")
    assert found["44"] == ("0", "", "", "1 pruned")
    assert found["50"] == ("0", "", "", "1 cut off")


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["depth=14,20"], ["02-deeper", "03-first", "04-again"]),
        (["run=00,06-better", "status=finished", "optimizer.momentum=0.9"], ["00-good", "06-better"]),
    ],
)
def test_a_query_means_what_it_says(
    words: list[str], names: list[str], left: LeftRuns, pipeline: Pipeline, tmp_path: Path
):
    leave_all(left)
    answer = pipeline("report", f"folder={left.root}", f"output={tmp_path / 'page'}", *words)
    assert (answer.code, answer.err) == (0, "")
    assert sorted(row["run"] for row in rows(tmp_path / "page", "runs")) == names


@pytest.mark.slow
def test_a_sweep_is_found_by_name_and_what_it_lacks_is_told(left: LeftRuns, pipeline: Pipeline, tmp_path: Path):
    leave_all(left)
    sweep = left.leave_sweep("cd34")
    states = {"d" * 16: "finished", "e" * 16: "finished", "9" * 16: "waiting", "8" * 16: "failed"}
    trials = tuple(
        TrialRecord(place, str(place), (), {"depth": place}, fingerprint, state)
        for place, (fingerprint, state) in enumerate(states.items())
    )
    sweep.record = SweepRecord(
        "depth × seed",
        "cd34" * 4,
        ("train.py", "-m", "sweep=degradation"),
        ("depth",),
        (),
        "grid",
        "val/accuracy",
        trials,
    )
    for name in (sweep.path.name, "cd34cd", "degradation", "depth-seed-cd"):
        answer = pipeline("report", f"folder={left.root}", f"output={tmp_path / 'page'}", f"sweep={name}")
        assert answer.out.startswith("4 runs: 3 finished, 1 failed (1 unknown)\n"), name
    assert "2 of the sweep's 4 trials have no run here (1 waiting, 1 failed)." in said(tmp_path / "page" / "index.html")
    answer = pipeline("report", f"folder={left.root}", "sweep=depht")
    assert answer.code == 2 and f"there are: {sweep.path.name}" in answer.err


def test_settings_beside_the_axes_are_told_apart(left: LeftRuns, pipeline: Pipeline, tmp_path: Path):
    config = left.trained.manifest.config
    for name, momentum in (("a", 0.9), ("b", 0.5)):
        changed = config | {"optimizer": config["optimizer"] | {"momentum": momentum}}
        left.leave(name, config=changed)
    pipeline("report", f"folder={left.root}", f"output={tmp_path / 'page'}")
    assert [row["optimizer.momentum"] for row in rows(tmp_path / "page", "settings")] == ["0.5", "0.9"]


@pytest.mark.slow
def test_one_version_of_the_code_is_no_warning(left: LeftRuns, pipeline: Pipeline, tmp_path: Path):
    for name in ("a", "b"):
        left.leave(name, environment={"commit": "a" * 40})
    answer = pipeline("report", f"folder={left.root}", f"output={tmp_path / 'page'}")
    text = said(Path(answer.out.splitlines()[1]))
    assert "Mixed code" not in text and "Warning" not in text
    left.leave("c", environment={"commit": "b" * 40})
    pipeline("report", f"folder={left.root}", f"output={tmp_path / 'page'}")
    assert "was the same in all of them, by its checksum." in said(tmp_path / "page" / "index.html")
    left.leave("d", environment={"commit": "b" * 40}, source="f" * 64)
    pipeline("report", f"folder={left.root}", f"output={tmp_path / 'page'}")
    assert "differed as well: 2 checksums." in said(tmp_path / "page" / "index.html")


def test_runs_without_a_folder_come_from_their_store(trained: Trained, pipeline: Pipeline, tmp_path: Path):
    words = (f"tracking.uri={trained.uri}", f"output={tmp_path / 'page'}")
    empty = tmp_path / "runs"
    empty.mkdir()
    answer = pipeline("report", f"folder={empty}", *words)
    assert (answer.code, answer.err) == (0, "")
    [row] = [row for row in rows(tmp_path / "page", "runs") if trained.run_id in row["folder"]]
    assert float(row["test error (%)"]) == pytest.approx(100 * (1 - trained.record.metrics["test/accuracy"]), rel=1e-4)
    text = said(tmp_path / "page" / "index.html")
    assert f"have no folder in {empty}: what is told of them is what the store {trained.uri} has" in text
    assert "Learning curves" in text
    with_folder = pipeline("report", f"folder={trained.root}", *words, f"run={trained.run_id[:12]}")
    assert with_folder.out.startswith("1 run: 1 finished\n")
    assert "have no folder in" not in said(tmp_path / "page" / "index.html")


def test_a_filter_is_mlflows(trained: Trained, pipeline: Pipeline, tmp_path: Path):
    words = (f"folder={trained.root}", f"tracking.uri={trained.uri}", f"output={tmp_path / 'page'}")
    accuracy = trained.record.metrics["test/accuracy"]
    answer = pipeline("report", *words, f'filter=metrics."test/accuracy" >= {accuracy - 0.01}', f"run={trained.run_id}")
    assert answer.code == 0 and answer.out.startswith("1 run: 1 finished\n")
    assert pipeline("report", *words, 'filter=metrics."test/accuracy" > 1').code == 2
    answer = pipeline("report", *words, "filter=what is this")
    assert answer.code == 2 and answer.err.startswith("error: filter=what is this can't be read by MLflow: ")
    assert answer.err.count("\n") == 1


def test_a_store_that_is_away_is_told_on_the_page(
    left: LeftRuns, pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    left.leave("a")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:1")
    monkeypatch.chdir(tmp_path)
    answer = pipeline("report")
    assert answer.code == 0 and answer.out == "1 run: 1 finished\nreports/report/index.html\n"
    assert "their store was not asked: no store answers at http://127.0.0.1:1" in said(
        Path("reports/report/index.html")
    )
    answer = pipeline("report", "tracking.uri=http://127.0.0.1:1")
    assert answer.code == 2 and answer.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["foldre=x"], "there is no key foldre; did you mean folder?"),
        (["dept=8"], "no run here has a setting dept; did you mean depth?"),
        (["status=finnished"], "allowed are finished, pruned, diverged, failed, cut off, running"),
        (["since=yesterday"], "since=yesterday is not a time: type since=2026-11-01"),
        (["depth=9"], "no run is meant by depth=9; there are 1 in"),
        (["run=nobody"], "no run 'nobody' here"),
        (["metric=val/acuracy"], "no run has the metric val/acuracy; there are"),
        (["sweep=degradation"], "there is no sweep 'degradation' in"),
        (["depth"], "'depth' is not key=value"),
        (["folder=nowhere"], "folder=nowhere: there is no such folder"),
        (["output=pyproject.toml"], "output=pyproject.toml is a file"),
    ],
)
def test_mistakes_are_answered_in_one_line(words: list[str], told: str, left: LeftRuns, pipeline: Pipeline):
    left.leave("a")
    folder = [] if any(word.startswith("folder=") for word in words) else [f"folder={left.root}"]
    answer = pipeline("report", *folder, *words)
    assert answer.code == 2 and answer.out == ""
    assert answer.err.startswith("error: ") and answer.err.count("\n") == 1
    assert told in answer.err


def test_no_runs_yet(pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    answer = pipeline("report")
    assert answer.code == 2 and "there are no runs in mlruns/runs yet" in answer.err
    assert not Path("reports").exists()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.slow
def test_the_page_in_a_browser(
    width: int, dark: bool, left: LeftRuns, pipeline: Pipeline, tmp_path: Path, open_page: OpenPage
):
    leave_all(left)
    pipeline("report", f"folder={left.root}", f"output={tmp_path / 'page'}")
    page = open_page(tmp_path / "page" / "index.html", width, dark=dark)
    page.check()
    names = [figure.name for figure in page.figures]
    assert names == [
        *("table-settings", "figure-test-error-by-depth", "figure-curves"),
        *("table-runs", "table-unfinished", "table-environments"),
    ]
    shutil.rmtree(tmp_path / "page")
