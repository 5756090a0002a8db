"""The dashboard as a person opens it: the command, and what Chromium shows where its link leads."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from depthlab.tracking.links import runs_link
from depthlab.tracking.ways import way_to_run, way_to_sweep
from tests.chromium import Chromium
from tests.dashboard.study import IDENTITY, Study, make_study
from tests.docker.nodes import free_port
from tests.rules import ROOT

pytestmark = pytest.mark.exhaustive

# Once charts are drawn: the names of their axes, the groups of runs in the table, and all that can be read.
CHARTS = """(() => {
  const axes = [...document.querySelectorAll(".xtitle, .ytitle")].map((one) => one.textContent);
  const groups = new Set([...document.querySelectorAll("[title]")].map((one) => one.title));
  const text = document.body.innerText, drawn = document.querySelectorAll(".js-plotly-plot, .parcoords").length;
  return drawn && { axes, groups: [...groups].filter((name) => text.includes("Group: " + name)), text };
})()"""
TEXT = "document.body.innerText.includes('{}') && document.body.innerText"


@dataclass(frozen=True)
class Opened:
    """A dashboard that runs."""

    study: Study
    store: str
    link: str  # that it printed
    process: "subprocess.Popen[str]"

    @property
    def address(self) -> str:
        return self.link.partition("/#/")[0]

    def view(self, name: str) -> str:
        return self.link.replace(f"{IDENTITY}.depth", name)


@pytest.fixture(scope="module")
def opened(empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """The command that a sweep prints, pasted; it serves the pages of a sqlite store."""
    place = tmp_path_factory.mktemp("pages")
    (place / "mlflow.db").write_bytes(empty_store.read_bytes())
    store = f"sqlite:///{place / 'mlflow.db'}"
    study = make_study(place, store)
    command = f"{way_to_sweep(study.folder)} port={free_port()}"
    process = subprocess.Popen(["sh", "-c", f"exec {command}"], stdout=subprocess.PIPE, text=True, cwd=Path.cwd())
    try:
        assert process.stdout is not None
        yield Opened(study, store, process.stdout.readline().strip(), process)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def test_the_link_of_a_sweep_opens_on_errors_against_depth(opened: Opened, browser: Chromium) -> None:
    shown = browser.read(opened.link, CHARTS)
    assert set(shown["axes"]) == {"depth"}
    assert sorted(shown["groups"]) == ["plain", "resnet"]
    assert {"test/error_percent", "final/train_error_percent"} <= set(shown["text"].split())


@pytest.mark.parametrize(
    ("view", "axes", "groups"),
    [
        ("cost", {"model/parameters", "model/multiply_adds", "test/error_percent"}, 4),
        ("curves", {"Step"}, 4),
        ("axes", set(), 0),
    ],
)
def test_every_view_of_a_sweep_shows_its_charts(
    opened: Opened, browser: Chromium, view: str, axes: set[str], groups: int
) -> None:
    shown = browser.read(opened.view(f"{IDENTITY}.{view}"), CHARTS)
    assert set(shown["axes"]) == axes
    assert len(shown["groups"]) == groups
    assert view != "axes" or {"model", "depth"} <= set(shown["text"].split())


def test_the_experiment_has_named_views_and_a_list_of_sweeps(opened: Opened, browser: Chromium) -> None:
    shown = browser.read(opened.view("depth"), CHARTS)
    assert set(shown["axes"]) == {"depth"}
    assert len(shown["groups"]) == 2
    assert "\nDepth\n" in shown["text"], "the button for views names the one that is shown"
    sweeps = opened.view("sweeps").replace("compareRunsMode=CHART&", "")
    table = browser.read(sweeps, TEXT.format("best/test/error_perc"))
    assert "model × depth × seed" in table and "plain-20" not in table


def test_the_note_of_a_run_leads_to_its_sweep(opened: Opened, browser: Chromium) -> None:
    folder = sorted(opened.study.runs.iterdir())[0]
    words = str(way_to_run(folder)).split()
    port = opened.address.rpartition(":")[2]
    again = subprocess.run([*words, f"port={port}"], capture_output=True, text=True, timeout=60)
    assert again.returncode == 0 and again.stderr == "", "it is served already, and only the link is printed"
    text = browser.read(again.stdout.strip(), TEXT.format("its sweep"))
    assert "python train.py model=plain depth=" in text and "learning curves" in text


def test_a_server_is_opened_by_a_link_alone(opened: Opened, browser: Chromium, tmp_path: Path) -> None:
    study = make_study(tmp_path, opened.address, "on a server")
    link = way_to_sweep(study.folder)
    assert link is not None and link.startswith(f"{opened.address}/#/experiments/")
    shown = browser.read(link, CHARTS)
    assert (set(shown["axes"]), sorted(shown["groups"])) == ({"depth"}, ["plain", "resnet"])
    script = ROOT / "pipelines" / "dashboard.py"
    words = [f"tracking.uri={opened.address}", "tracking.experiment=on a server"]
    printed = subprocess.run([sys.executable, script, *words], capture_output=True, text=True, timeout=60)
    assert re.fullmatch(rf"{opened.address}/#/experiments/\d+/runs\?\S+viewStateShareKey=depth\n", printed.stdout)


def test_a_link_without_a_view_opens_the_runs(opened: Opened, browser: Chromium) -> None:
    text = browser.read(runs_link("1", base=opened.address), TEXT.format("matching runs"))
    assert "model × depth × seed" in text


def test_ctrl_c_ends_the_server(empty_store: Path, tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_bytes(empty_store.read_bytes())
    script, port = ROOT / "pipelines" / "dashboard.py", free_port()
    words = [f"tracking.uri=sqlite:///{tmp_path / 'mlflow.db'}", "tracking.experiment=Default", f"port={port}"]
    process = subprocess.Popen(
        [sys.executable, script, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith(f"http://127.0.0.1:{port}/#/experiments/")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "") and out.endswith("ended\n")
    time.sleep(0.5)
    alive = subprocess.run(["pgrep", "-f", f"mlflow.*{port}"], capture_output=True, text=True).stdout
    assert alive == ""
