"""`python train.py` as it is typed: in this process with a task that only takes notes, and a few times for real."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from depthlab.command_line import main
from depthlab.recipe import Recipe
from depthlab.sweeps.plan.settings import Settings

ROOT = Path(__file__).parents[2]
TRAIN = ROOT / "train.py"
Type = Callable[[str], list[Recipe]]


@pytest.fixture
def type_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Type:
    """Return what types the words after `train.py` in an empty folder, and gives the recipes that were run."""
    monkeypatch.chdir(tmp_path)

    def run(words: str) -> list[Recipe]:
        monkeypatch.setattr("sys.argv", ["train.py", *words.split()])
        ran: list[Recipe] = []
        main(ran.append)
        return ran

    return run


def for_real(*words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | environment
    return subprocess.run(
        [sys.executable, TRAIN, *words], cwd=cwd, env=env, capture_output=True, text=True, timeout=300
    )


def test_the_task_gets_the_recipe(type_: Type) -> None:
    (recipe,) = type_("model=plain depth=56 seed=2")
    assert recipe.name == "plain-56 · digits · seed 2"
    assert recipe.overrides == ("model=plain", "depth=56", "seed=2")
    assert list(Path.cwd().iterdir()) == []


def test_a_plus_that_does_no_harm_is_accepted(type_: Type, capsys: pytest.CaptureFixture[str]) -> None:
    (recipe,) = type_("++model=plain +depth=56 seed=2 seed=2")
    assert recipe.overrides == ("model=plain", "depth=56", "seed=2")
    assert type_("-c job +depth=56") == []
    assert "depth: 56" in capsys.readouterr().out


@pytest.fixture
def swept(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], Settings]]:
    """Return a list that gets the words and settings of every sweep, none of which is carried out."""
    seen: list[tuple[list[str], Settings]] = []

    def run_sweep(words: list[str], settings: Settings) -> None:
        assert os.environ.get("HYDRA_FULL_ERROR") is None  # ours is not handed on to child processes
        if "seed=13" in words:
            raise ValueError("no\nluck")
        if "seed=14" in words:
            raise TypeError("ours")
        seen.append((words, settings))

    monkeypatch.setattr("depthlab.sweeps.run_sweep", run_sweep)
    return seen


def test_m_is_a_sweep(type_: Type, swept: list[tuple[list[str], Settings]]) -> None:
    assert type_("hydra.sweeper.search=random -m depth=20,56 hydra.sweeper.samples=3 seed=1 sweep.cpu=2") == []
    ((words, settings),) = swept
    assert words == [
        *("hydra.sweeper.search=random", "hydra.sweeper.samples=3"),
        *("depth=20,56", "seed=1", "sweep.cpu=2"),
    ]
    assert (settings.search, settings.samples, settings.cpu, settings.dry_run) == ("random", 3, 2.0, False)
    assert list(Path.cwd().iterdir()) == []


def test_a_dry_run_of_a_named_sweep(type_: Type, swept: list[tuple[list[str], Settings]]) -> None:
    type_("sweep=degradation --dry-run model=plain")
    ((words, settings),) = swept
    assert words == ["sweep=degradation", "model=plain", "sweep.dry_run=true"]
    assert settings.dry_run
    assert settings.params == {"model": "plain,resnet", "depth": "20,32,44,56", "seed": "0,1,2"}


def test_so_is_one_in_a_sweep(type_: Type, swept: list[tuple[list[str], Settings]]) -> None:
    type_("-m ++model=plain +depth=20,56 ++sweep.cpu=2 seed=0,0")
    assert swept[0][0] == ["model=plain", "depth=20,56", "sweep.cpu=2", "seed=0,0"]
    assert swept[0][1].cpu == 2.0
    type_("-m depth=20")
    assert swept[1][0] == ["depth=20"]


@pytest.mark.parametrize(
    "words",
    ["weight_decay=tag(log,interval(1e-5,1e-3))", "model=vgg,nin model.batch_norm=true", "model=glob(*) depth=8"],
)
def test_hydra_lets_every_space_through(words: str, type_: Type, swept: list[tuple[list[str], Settings]]) -> None:
    type_(f"-m {words}")
    assert len(swept) == 1


def test_a_sweep_over_ones_own_options(tmp_path: Path, type_: Type, swept: list[tuple[list[str], Settings]]) -> None:
    (tmp_path / "mine" / "model").mkdir(parents=True)
    (tmp_path / "mine" / "model" / "net.yaml").write_text("_target_: my_package.Net\n")
    type_("-m -cd mine model=net,plain")
    assert swept[0][0] == [f"hydra.searchpath=[file://{tmp_path}/mine]", "model=net,plain"]


def test_what_a_sweep_finds_wrong_is_one_line(
    type_: Type, swept: list[tuple[list[str], Settings]], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        type_("-m seed=13")
    assert ended.value.code == 2
    assert capsys.readouterr().err == "error: no luck\n"
    with pytest.raises(TypeError, match="ours"):
        type_("-m seed=14")


@pytest.mark.parametrize(
    "words",
    [
        "depth=abc",
        "+foo=1",
        "-m detph=20,56",
        "-m hydra.sweeper.search=random seed=0,1",
        "-m hydra.sweeper.foo=1 seed=0,1",
        "sweep.cpu=2",
        "sweep=degradation",
        "trainer.workers=2",
        "--multirrun",
        "--dry-run -c job",
        "-c job -m",
        "--resolve",
        "-cn nothing",
        "hydra.foo=1",
    ],
)
def test_a_mistake_is_one_line_and_nothing_runs(words: str, type_: Type, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        type_(words)
    assert ended.value.code == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("error: ")
    assert shown.err.count("\n") == 1
    assert list(Path.cwd().iterdir()) == []


def test_a_mistake_that_the_task_finds(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def task(recipe: Recipe) -> None:
        assert os.environ.get("HYDRA_FULL_ERROR") is None  # ours is not handed on to child processes
        raise ValueError(f"can't have depth={recipe.config['depth']}")

    monkeypatch.setattr("sys.argv", ["train.py", "depth=57"])
    with pytest.raises(SystemExit) as ended:
        main(task)
    assert ended.value.code == 2
    assert capsys.readouterr().err == "error: can't have depth=57\n"


def test_a_bug_of_the_task_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def task(recipe: Recipe) -> None:
        raise TypeError("ours")

    monkeypatch.setattr("sys.argv", ["train.py"])
    with pytest.raises(TypeError, match="ours"):
        main(task)


def test_the_configuration_can_be_shown(type_: Type, capsys: pytest.CaptureFixture[str]) -> None:
    assert type_("-c job depth=56 data=imagefolder") == []
    assert "depth: 56" in capsys.readouterr().out
    with pytest.raises(SystemExit) as ended:
        type_("-c job detph=56")
    assert ended.value.code == 2


def test_help_names_every_group_and_axis(
    type_: Type, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from depthlab.recipe import AXES, GROUPS
    from depthlab.recipe.key_rules import SLOTS

    monkeypatch.chdir(TRAIN.parent)  # commands are written as they work here
    with pytest.raises(SystemExit) as ended:
        type_("--help")
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert shown.partition(": ")[0].endswith("train.py")
    assert all(f"\n{group}: " in shown or f"\n  {group}" in shown for group in GROUPS)
    assert all(axis in shown for axis in AXES)
    assert all(f"parts.{slot}" in shown for slot in SLOTS)
    names = [name for rule, _ in SLOTS.values() for name in rule.names]
    assert [name for name in names if name not in re.split(r"[\s,]+", shown)] == []
    written = [line for line in shown.splitlines() if line.partition(":")[0] not in GROUPS]  # by us, not by Hydra
    assert max(map(len, written)) <= 120


def test_ones_own_options(tmp_path: Path, type_: Type) -> None:
    (tmp_path / "mine" / "model").mkdir(parents=True)
    (tmp_path / "mine" / "model" / "net.yaml").write_text("_target_: my_package.Net\n")
    (recipe,) = type_("-cd mine model=net")
    assert recipe.choices["model"] == "net"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["detph=56"], "did you mean depth?"),
        (["model=resnet,plain"], "add -m"),
        (["--depth", "56"], "typed without dashes"),
        (["depth=57"], "depth=56 and depth=62"),  # the model's constructor says so
    ],
)
def test_for_real_a_mistake_is_one_line_and_exit_code_2(words: list[str], said: str, tmp_path: Path) -> None:
    ended = for_real(*words, cwd=tmp_path)
    assert ended.returncode == 2, ended.stderr
    assert ended.stdout == ""
    assert ended.stderr.startswith("error: ")
    assert ended.stderr.count("\n") == 1
    assert said in ended.stderr
    assert list(tmp_path.glob("mlruns/*")) == []


def test_for_real_help_is_quick_and_loads_nothing_heavy(tmp_path: Path) -> None:
    begin = time.perf_counter()
    ended = for_real("--help", cwd=tmp_path, PYTHONPROFILEIMPORTTIME="1")
    seconds = time.perf_counter() - begin
    assert ended.returncode == 0
    assert "model=resnet depth=56" in ended.stdout
    assert not [line for line in ended.stderr.splitlines() if line.rpartition("|")[2].strip() in ("torch", "mlflow")]
    assert seconds < 10  # 0.5 s on an idle machine; this only sees that something went badly wrong


def test_for_real_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    command = f"'{sys.executable}' '{TRAIN}' --help | head -1"
    ended = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert ended.stdout.partition(": ")[0].endswith("train.py")
    assert ended.stderr == ""
