"""What a person sees of a run: a short table, where it is kept, and what to type next."""

import io
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from depthlab.recipe import compose
from depthlab.run import result_table, run_and_show
from depthlab.run import show as show_module
from depthlab.run.show import where_to_look
from depthlab.tracking import SyncProgress
from depthlab.training import Interrupted
from tests.run.conftest import TINY, Trained


def shown(tracked: Trained, **changes: object) -> str:
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(result_table(replace(tracked.record, **changes)))  # type: ignore[arg-type]
    return console.export_text()


def test_the_table_says_what_the_record_says(tracked: Trained) -> None:
    metrics = tracked.record.metrics | {"test/accuracy": 0.9125, "throughput/images_per_second": 12345.6}
    lines = [line.strip() for line in shown(tracked, metrics=metrics, seconds=62.4).splitlines()]
    assert lines[0] == "resnet-8 · synthetic · seed 0"
    rows = dict(line.split("  ", 1) for line in lines[1:])
    found = {name: value.strip() for name, value in rows.items()}
    assert found["test error"] == "8.75 %  (40 images)"
    assert found["parameters"] == "75,290"
    assert found["multiply-adds"] == "765,568"
    assert found["training speed"] == "12,346 images/s"
    assert found["time"] == "62 s"


def test_a_run_that_was_continued_says_so(tracked: Trained) -> None:
    assert "62 s, continued 2 times" in shown(tracked, seconds=62.4, resumptions=2)


def test_the_dashboards_command_is_shown_for_the_store_that_was_used(tracked: Trained) -> None:
    words = (f"tracking.folder={tracked.root}", f"tracking.uri={tracked.uri}")
    lines = where_to_look(compose([*TINY, *words]), tracked.record)
    assert lines[0] == f"recorded in {tracked.folder.path}"
    assert str(tracked.record.run_id) in lines[1]
    program, script, *words_after = lines[2].split()
    assert shutil.which(program) is not None, "what is shown can be typed, be the environment activated or not"
    assert Path(script).is_file()
    assert words_after == [f"run={tracked.record.run_id}", f"tracking.uri={tracked.uri}"]
    untracked = where_to_look(compose([*TINY, *words, "tracking=none"]), replace(tracked.record, run_id=None))
    assert untracked == lines[:1]


def test_a_server_is_its_own_dashboard(tracked: Trained, tmp_path: Path) -> None:
    progress = SyncProgress.find(tracked.folder.path)
    assert progress is not None
    (tmp_path / tracked.record.folder).mkdir()
    replace(progress, uri="http://127.0.0.1:5000").write(tmp_path / tracked.record.folder)
    words = [*TINY, "tracking.uri=http://127.0.0.1:5000", f"tracking.folder={tmp_path}"]
    link = where_to_look(compose(words), tracked.record)[2]
    assert link.startswith(
        f"http://127.0.0.1:5000/#/experiments/{progress.experiment_id}/runs/{tracked.record.run_id}?"
    )


def test_names_with_brackets_are_printed_as_they_are(
    tracked: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "my [red] [/runs] :boom:"

    def finished(recipe: object, *, tell: object, resume: bool) -> object:
        assert callable(tell)
        tell(f"continuing in {root}")
        return tracked.record

    monkeypatch.setattr(show_module, "run", finished)
    run_and_show(compose([*TINY, f"tracking.folder='{root}'"]))
    out, err = capsys.readouterr()
    assert err == f"continuing in {root}\n"
    assert f"recorded in {root}/{tracked.record.folder}\n" in out


@pytest.mark.parametrize(("signum", "name"), [(2, "SIGINT"), (15, "SIGTERM")])
def test_a_run_that_is_stopped_says_how_to_continue(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], signum: int, name: str
) -> None:
    def stopped(recipe: object, *, tell: object, resume: bool) -> object:
        raise Interrupted(signum)

    monkeypatch.setattr(show_module, "run", stopped)
    with pytest.raises(SystemExit) as ended:
        run_and_show(compose(TINY))
    assert ended.value.code == 128 + signum
    assert capsys.readouterr() == ("", f"stopped by {name}; the same command continues it\n")
