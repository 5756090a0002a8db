"""A grid from its command to its table: computed once, extended, begun anew, and refused where it has a mistake."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from depthlab.tracking import RunFolder
from tests.sweeps.living import Child, Ended, Sandbox, placed

pytestmark = pytest.mark.slow

GRID = ("model=plain,resnet", "depth=8", "epochs=2")


@dataclass
class Told:
    """A sweep after each of the commands that were given."""

    place: Sandbox
    ends: dict[str, Ended]
    tables: dict[str, str]
    runs: dict[str, list[RunFolder]]
    children: dict[str, dict[str, Child]]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Iterator[Told]:
    with placed(tmp_path_factory.mktemp("grid"), empty_store) as place:
        found = Told(place, {}, {}, {}, {})
        commands = {"first": "seed=0,1", "again": "seed=1,0", "more": "seed=0,1,2", "wider": "seed=2,0"}
        for name, seeds in commands.items():
            found.ends[name] = place.run(*GRID, seeds, in_turn=name == "more")
            found.tables[name] = place.table
            found.runs[name] = place.runs
            found.children[name] = place.children
        yield found


def test_a_grid_ends_with_all_of_its_trials(told: Told) -> None:
    first = told.ends["first"]
    assert first.code == 0, first.said
    assert [line.rpartition(",")[0].split(",")[:3] for line in told.tables["first"].splitlines()[1:]] == [
        ["plain", "0", "finished"],
        ["plain", "1", "finished"],
        ["resnet", "0", "finished"],
        ["resnet", "1", "finished"],
    ]
    assert "recorded in" in first.out and "finished" in first.out
    assert len(told.runs["first"]) == 4


def test_each_trial_keeps_the_command_that_trains_it_alone(told: Told) -> None:
    for name in ("first", "more"):  # by Ray's workers, and without Ray
        for run in told.runs[name]:
            assert run.manifest.command == ("python", "train.py", *run.manifest.overrides)
        for child in told.children[name].values():
            assert child.tags["mlflow.source.name"] == "train.py"
            words = child.tags["depthlab.command"].split()
            assert words[:2] == ["python", "train.py"] and any(word.startswith("model=") for word in words)


def test_each_trial_is_one_run_in_the_store_with_its_tags_and_points(told: Told) -> None:
    children = told.children["first"].values()
    assert len(children) == 4
    identity = told.place.sweep.manifest.identity
    assert sorted(child.tags["depthlab.trial"] for child in children) == ["0", "1", "2", "3"]
    for child in children:
        assert child.status == "FINISHED" and child.tags["depthlab.sweep"] == identity
        assert child.points["val/accuracy"] == [6, 12] and child.points["train/step_loss"] == [*range(1, 13)]
        assert child.points["test/accuracy"] == [12]


def test_the_same_again_runs_nothing_and_starts_no_cluster(told: Told) -> None:
    again = told.ends["again"]
    assert again.code == 0, again.said
    assert told.tables["again"] == told.tables["first"]
    assert [run.name for run in told.runs["again"]] == [run.name for run in told.runs["first"]]
    assert again.out == told.ends["first"].out, "the last lines are the same"


def test_one_seed_more_runs_only_that(told: Told) -> None:
    more = told.ends["more"]
    assert more.code == 0, more.said
    before = {run.name for run in told.runs["first"]}
    new = [run for run in told.runs["more"] if run.name not in before]
    assert sorted(str(run.manifest.axes["model"]) for run in new) == ["plain", "resnet"]
    assert {run.manifest.seed for run in new} == {2}
    assert told.tables["more"].startswith(told.tables["first"]), "earlier trials keep their places"
    assert len(told.children["more"]) == 6


def test_fewer_values_run_nothing_and_show_all(told: Told) -> None:
    wider = told.ends["wider"]
    assert wider.code == 0, wider.said
    assert told.tables["wider"] == told.tables["more"]
    assert len(told.runs["wider"]) == 6


def test_no_process_and_no_litter_is_left(told: Told) -> None:
    told.place.wait_until_gone()
    assert [path.name for path in told.place.room.iterdir() if not path.name.startswith("torchinductor")] == []
    left = {path.name for path in told.place.path.iterdir() if not path.name.startswith((".", "__"))}
    assert left == {"artifacts", "mlflow.db", "mlruns", "networks.py"}


def test_fresh_runs_all_of_it_again_and_what_was_found_before_stays(told: Told) -> None:
    place = told.place
    before = {run.name for run in place.runs}
    ended = place.run_in_turn("fresh=true", *GRID, "seed=0,1")
    assert ended.code == 0, ended.said
    assert len({run.name for run in place.runs} - before) == 4
    assert len(place.sweeps) == 2
    fresh = max(place.sweeps, key=lambda sweep: sweep.manifest.started)
    assert (fresh.path / "trials.csv").read_text() == told.tables["first"], "the same numbers"
    again = place.run(*GRID, "seed=0,1")
    assert again.code == 0 and len({run.name for run in place.runs} - before) == 4, again.said


@pytest.mark.parametrize(
    ("words", "said", "in_turn"),
    [
        (("model=plain,resnet", "depth=8,9"), "plain with basic units can't have depth=9", False),
        (("model=plain,resnt",), "resnet", True),
        (("detph=8,14",), "did you mean", True),
        (("learning_rate=interval(0.1,0.2)",), "search=random", True),
        (("hydra.sweeper.search=optuna", "hydra.sweeper.samples=3", "learning_rate=interval(0.2,0.1)"), "empty", True),
        (("hydra.sweeper.search=random", "learning_rate=interval(0.1,0.2)"), "hydra.sweeper.samples=20", True),
        (("sweep.cpu=1000", "depth=8", "seed=0,1"), "asks for 1000 cpus, and the cluster has", False),
        (("depth=8", "seed=0,1", "tracking.uri=http://127.0.0.1:9"), "127.0.0.1:9", True),
    ],
)
def test_a_mistake_is_one_line_and_nothing_is_recorded(
    words: tuple[str, ...], said: str, in_turn: bool, tmp_path: Path, empty_store: Path
) -> None:
    with placed(tmp_path / "place", empty_store) as place:
        ended = place.run(*words, in_turn=in_turn)
        assert ended.code == 2, ended.said
        (line,) = ended.err.splitlines()
        assert line.startswith("error: ") and said in line
        assert ended.out == "" and place.runs == [] and place.children == {}
        place.wait_until_gone()
