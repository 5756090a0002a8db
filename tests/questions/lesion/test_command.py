"""The question of lesions from its command to its page, in the small."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from depthlab.questions.lesion.record import LesionRecord
from depthlab.questions.lesion.verdict import judge
from depthlab.recipe import compose
from depthlab.run import run
from depthlab.tracking import open_client
from tests.chromium import NARROW, WIDE, OpenPage
from tests.commands import run_command
from tests.questions.conftest import Pipeline, Trained
from tests.rules import ROOT
from tests.run.others import PaddedBlock, others_resnet
from tests.run.test_pretrained import DATA, IMAGENET, independent
from tests.sweeps.planned import TINY


@pytest.mark.slow
def test_a_run_that_is_named_is_answered_from(
    trained: Trained, pipeline: Pipeline, tmp_path: Path, open_page: OpenPage
) -> None:
    words = (f"run={trained.run_id}", f"tracking.folder={trained.root}", f"tracking.uri={trained.uri}")
    answer = pipeline("lesion", *words, "draws=2", "batch_norm=reestimated", f"output={tmp_path}")
    assert (answer.code, answer.err) == (0, "")
    record = LesionRecord.read(tmp_path / "record.json")
    assert record.batch_norm == "reestimated" and record.measured[0].folder == trained.record.folder
    assert record.measured[0].lesions.single_images == record.measured[0].lesions.draw_images == 40
    assert record.headline in answer.out and "With 1 seed there is no interval" in answer.out
    client, _ = open_client(trained.uri, "depthlab")
    sent = {item.path for item in client.list_artifacts(trained.run_id, "report/lesion")}
    assert {"report/lesion/index.html", "report/lesion/record.json"} <= sent
    open_page(tmp_path / "index.html", NARROW).check()


@pytest.mark.slow
def test_the_error_of_the_whole_network_is_the_runs_own(trained: Trained, pipeline: Pipeline, tmp_path: Path) -> None:
    words = (f"run={trained.run_id}", f"tracking.folder={trained.root}", "tracking=none")
    answer = pipeline("lesion", *words, "draws=1", "images=16", f"output={tmp_path}")
    assert (answer.code, answer.err) == (0, "")
    [measured] = LesionRecord.read(tmp_path / "record.json").measured
    assert measured.lesions.error == pytest.approx(100 * (1 - trained.record.metrics["test/accuracy"]), abs=1e-4)
    assert measured.lesions.draw_images == 16


@pytest.mark.slow
def test_weights_from_elsewhere_give_the_errors_of_an_independent_program(
    pipeline: Pipeline, tmp_path: Path, open_page: OpenPage
) -> None:
    net = others_resnet(PaddedBlock)
    torch.save({"state_dict": {f"module.{k}": v for k, v in net.state_dict().items()}}, tmp_path / "resnet14.th")
    words = ("model=resnet", "depth=14", *DATA, f"weights={tmp_path}/resnet14.th", "normalization=imagenet")
    answer = pipeline("lesion", *words, "draws=0", f"output={tmp_path}/page")
    assert (answer.code, answer.err) == (0, "")
    assert "resnet14.th: its tensors fit resnet-14 by torchvision's names" in answer.out
    record = LesionRecord.read(tmp_path / "page" / "record.json")
    [measured] = record.measured
    assert [measured.lesions.error, *measured.lesions.singles] == pytest.approx(independent(net, IMAGENET), abs=1e-9)
    assert (record.normalization, measured.lesions.single_images, record.about.sweep) == ("imagenet", 150, "")
    open_page(tmp_path / "page" / "index.html", WIDE).check()


@pytest.mark.slow
def test_a_network_without_units_is_a_line(pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own_net.py").write_text(
        "from torch import nn\n\n\ndef net(num_classes, in_channels):\n"
        "    return nn.Sequential(nn.Flatten(), nn.Linear(64 * in_channels, num_classes))\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    place = ("tracking=none", f"tracking.folder={tmp_path}/runs")
    record = run(compose([*TINY, "model._target_=own_net.net", "epochs=1", "trainer.progress=false", *place]))
    answer = pipeline("lesion", f"run={record.folder}", *place)
    assert answer.code == 2 and "Sequential is no depthlab.nn.Network" in answer.err
    assert answer.err.count("\n") == 1


@pytest.mark.slow
def test_a_sweep_is_trained_measured_and_answered(tmp_path: Path, open_page: OpenPage) -> None:
    words = (
        *(*TINY, "model=plain,resnet", "depth=8", "seed=0,1", "epochs=1", "draws=2", f"output={tmp_path}/report"),
        *(f"tracking.folder={tmp_path}/runs", f"tracking.uri=sqlite:///{tmp_path}/mlflow.db"),
    )
    ended = run_command(ROOT / "pipelines" / "lesion.py", *words, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    record = LesionRecord.read(tmp_path / "report" / "record.json")
    assert [run.network for run in record.measured[::2]] == [
        "plain-8 drop_path=0",
        "resnet-8 drop_path=0",
        "resnet-8 drop_path=0.5",
    ]
    assert len(record.about.left_out) > 0, "plain networks with stochastic depth are impossible"
    assert {(one.a, one.b) for one in record.compared} == {
        ("resnet-8 drop_path=0", "plain-8 drop_path=0"),
        ("resnet-8 drop_path=0.5", "resnet-8 drop_path=0"),
    }
    begun = {run.network: run.initial_weights for run in record.measured if run.seed == 0}
    assert len(set(begun.values())) == 1, "neither the shortcut nor stochastic depth changes the initial weights"
    by_pair = {one.a: one.comparison.method for one in record.compared if one.comparison is not None}
    assert by_pair == {"resnet-8 drop_path=0": "welch", "resnet-8 drop_path=0.5": "paired t"}
    unjudged = replace(record, compared=(), rises=(), headline="", about=replace(record.about, verdict=()))
    assert judge(unjudged) == record
    client, _ = open_client(f"sqlite:///{tmp_path}/mlflow.db", "depthlab")
    assert record.about.sweep_run is not None
    sent = {item.path for item in client.list_artifacts(record.about.sweep_run, "report/lesion")}
    assert {f"report/lesion/{name}" for name in ("index.html", "record.json", "figures", "tables")} <= sent
    open_page(tmp_path / "report" / "index.html", WIDE).check()
