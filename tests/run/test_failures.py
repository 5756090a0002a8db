"""A run that can't go on says why, keeps what it has, and ends as what it is: in its folder and in the store."""

import errno
import os
import resource
import shutil
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import pytorch_lightning as pl
from mlflow import MlflowClient

from depthlab.command_line.errors import errors_in_one_line
from depthlab.recipe import Recipe, compose
from depthlab.run import experiment as experiment_module
from depthlab.run import run
from depthlab.tracking import RunFolder, find_folders
from depthlab.tracking.journal import Journal
from depthlab.training import Diverged, Interrupted, MetricsRecorder
from tests.run.conftest import TINY, Trained, train

pytestmark = [pytest.mark.usefixtures("bare"), pytest.mark.slow]


def recipe(root: Path, *words: str) -> Recipe:
    return compose([*TINY, f"tracking.folder={root}", "tracking=none", *words])


def only(root: Path) -> RunFolder:
    (folder,) = find_folders(root)
    return folder


def full_disk(*_: Any, **__: Any) -> Any:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_run_that_diverges_says_so_and_has_diverged(tmp_path: Path) -> None:
    with pytest.raises(Diverged, match=r"training diverged: the loss is (nan|inf) at step"):
        run(recipe(tmp_path, "learning_rate=1e30"))
    folder = only(tmp_path)
    assert folder.status == "diverged"
    assert folder.record is None
    assert folder.journal.read()


def test_a_full_disk_ends_the_command_in_one_line_and_keeps_earlier_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    append = Journal.append

    def fills_up(journal: Journal, values: Mapping[str, float], *, step: int, epoch: int) -> None:
        if step < 4:
            return append(journal, values, step=step, epoch=epoch)
        # the kernel takes ten bytes more, then none: as a disk does, but for the name of the error
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (journal.path.stat().st_size + 10, limits[1]))
        try:
            return append(journal, values, step=step, epoch=epoch)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    monkeypatch.setattr(Journal, "append", fills_up)
    with pytest.raises(SystemExit) as ended, errors_in_one_line():
        run(recipe(tmp_path))
    assert ended.value.code == 2
    assert capsys.readouterr().err == "error: File too large\n"
    folder = only(tmp_path)
    assert folder.status == "killed"  # so that the same command goes on when there is room
    assert [line.step for line in folder.journal.read()] == [1, 2, 3]
    assert folder.journal.path.read_bytes().endswith(b"}\n")


def test_a_full_disk_at_a_checkpoint_is_one_line_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pl.Trainer, "save_checkpoint", full_disk)
    with pytest.raises(SystemExit) as ended, errors_in_one_line():
        run(recipe(tmp_path))
    assert ended.value.code == 2
    last = only(tmp_path).checkpoints / "last.ckpt"
    assert capsys.readouterr().err == f"error: No space left on device: {last}\n"


def test_where_not_even_the_status_can_be_written_the_folder_is_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Journal, "append", full_disk)
    opened = RunFolder.create

    def then_full(root: Path, manifest: Any) -> RunFolder:
        folder = opened(root, manifest)
        monkeypatch.setattr("depthlab.tracking.folder.write_atomically", full_disk)
        return folder

    monkeypatch.setattr(RunFolder, "create", then_full)
    with pytest.raises(OSError, match="No space left on device"):
        run(recipe(tmp_path))
    monkeypatch.undo()
    assert only(tmp_path).acquire()  # the same command can continue it


@pytest.mark.parametrize(
    ("error", "status"), [(RuntimeError("a bug"), "failed"), (Interrupted(signal.SIGTERM), "killed")], ids=str
)
def test_the_store_learns_how_the_run_ended(
    tracked: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, status: str
) -> None:
    def broken(*_: Any) -> Any:
        raise error

    monkeypatch.setattr(experiment_module, "evaluate_run", broken)
    store = shutil.copy(tracked.uri.removeprefix("sqlite:///"), tmp_path)  # to make the tables anew takes seconds
    uri = f"sqlite:///{store}"
    words = ("tracking=mlflow", f"tracking.uri={uri}", "tracking.experiment=broken", "tracking.system_metrics=false")
    with pytest.raises(type(error)):
        run(recipe(tmp_path / "runs", *words, "trainer.max_steps=2"))
    assert only(tmp_path / "runs").status == status
    client = MlflowClient(uri)
    found = client.get_experiment_by_name("broken")
    assert found is not None
    (shown,) = client.search_runs([found.experiment_id])
    assert shown.info.status == status.upper()
    assert len(client.get_metric_history(shown.info.run_id, "train/step_loss")) == 2
    assert "manifest.json" in [item.path for item in client.list_artifacts(shown.info.run_id)]


@pytest.mark.parametrize(
    ("step", "words"), [(4, ("epochs=3", "trainer.max_steps=4")), (8, ("trainer.max_steps=8",)), (12, ())]
)
def test_a_signal_in_the_very_last_step_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int, words: tuple[str, ...]
) -> None:
    begin = MetricsRecorder.on_train_batch_start

    def stopped(reporting: MetricsRecorder, trainer: pl.Trainer, *more: Any) -> None:
        begin(reporting, trainer, *more)
        if trainer.global_step + 1 == step:
            os.kill(os.getpid(), signal.SIGINT)

    whole = train(tmp_path / "whole", *words)
    monkeypatch.setattr(MetricsRecorder, "on_train_batch_start", stopped)
    with pytest.raises(Interrupted):
        run(recipe(tmp_path / "cut", *words))
    monkeypatch.undo()
    assert only(tmp_path / "cut").status == "killed"

    told: list[str] = []
    record = run(recipe(tmp_path / "cut", *words), tell=told.append)
    assert told == [f"continuing {record.folder} from its last checkpoint"]
    assert record.resumptions == 1
    speed = "throughput/images_per_second"
    assert record.metrics.pop(speed) == record.curves.pop(speed)[-1][1] > 0
    whole.record.metrics.pop(speed), whole.record.curves.pop(speed)
    assert record.metrics == whole.record.metrics
    assert record.curves == whole.record.curves
    assert record.best_epoch == whole.record.best_epoch


def test_a_mistake_records_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="depth=57"):
        run(recipe(tmp_path, "depth=57"))
    with pytest.raises(ValueError, match=r"optimizer=nesterov|momentum"):
        run(recipe(tmp_path, "optimizer=nesterov", "optimizer.momentum=0"))
    assert not list(tmp_path.iterdir())
