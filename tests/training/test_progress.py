"""Progress is for people at a terminal: nothing is written elsewhere."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from depthlab.training import ProgressBar, track
from tests.training.small import Training, batches

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


@pytest.mark.parametrize("enabled", [None, False, True])
def test_tracking_yields_every_item(enabled: bool | None) -> None:
    assert list(track([3, 1, 2], "counting", enabled=enabled)) == [3, 1, 2]


def test_nothing_is_shown_where_there_is_no_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bar = ProgressBar(2)
    Training(tmp_path).fit(batches(4, 4), batches(5), bar)
    list(track([1, 2], "counting"))
    assert not bar.enabled
    assert capsys.readouterr() == ("", "")


def test_the_bar_shows_epoch_loss_and_accuracy_and_comes_to_its_end(tmp_path: Path) -> None:
    bar = ProgressBar(4, enabled=True)
    screen = io.StringIO()
    bar._progress.live.console = Console(file=screen, force_terminal=True, width=120)
    Training(tmp_path).fit(batches(4, 4), batches(5), bar, epochs=2)
    (task,) = bar._progress.tasks
    assert (task.completed, task.total, task.fields["epoch"]) == (4, 4, "2/2")
    assert task.fields["numbers"].startswith("loss ")
    assert "accuracy" in screen.getvalue()
    assert not bar._progress.live.is_started
