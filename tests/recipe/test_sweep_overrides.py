"""What is seen at once in the words of a sweep, and which of them Hydra is spared."""

from pathlib import Path

import pytest

from depthlab.recipe import check_single_run, read_steering, sweep_words


@pytest.mark.parametrize(
    "words",
    [
        "model=plain,resnet depth=8,14 seed=0",
        "weight_decay=tag(log,interval(1e-5,1e-3)) hydra.sweeper.search=optuna hydra.sweeper.samples=3",
        "sweep=degradation model=plain depth=8",
        "model=glob(*) sweep.impossible=skip",
        "model=plain,resnet model.shortcut=A",  # one of them has it
        "schedule=cosine,steps model=plain,resnet schedule.factor=0.1 model.shortcut=A",
        "model._target_=my.Net +model.hidden=1,2",
        "+hydra.sweeper.params.seed=3",
        "trainer.workers=2 fresh=true ray.address=auto",
    ],
)
def test_hydra_reads_what_was_typed(words: str) -> None:
    given = sweep_words(words.split())
    assert [word for word in given if "=choice(" not in word] == [
        word for word in words.split() if word not in ("schedule.factor=0.1",)
    ]


def test_a_key_of_some_options_alone_is_written_as_a_choice() -> None:
    words = ["model=vgg,nin", "model.batch_norm=true", "depth=9"]
    assert sweep_words(words) == ["model=vgg,nin", "model.batch_norm=choice(true)", "depth=9"]
    assert sweep_words(["model=vgg", "model.batch_norm=true"]) == ["model=vgg", "model.batch_norm=true"]


def test_a_persons_own_folder(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "mine.yaml").write_text("_target_: my_package.Net\nhidden: 64\n")
    words = [f"hydra.searchpath=[file://{tmp_path}]", "model=mine,plain", "seed=0,1"]
    assert sweep_words(words) == words


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("detph=8,14", "there is no key detph; did you mean depth?"),
        ("model=resnet,plian", "there is no model=plian; did you mean model=plain?"),
        ("model=plain model.shortcut=A,B", "model=plain has no shortcut"),
        ("model=plain,vgg model.shortcut=A", "model=plain has no shortcut"),
        ("seed=0,1 depth", "'depth' is not key=value"),
        ("sweep=degradatoin", "there is no sweep=degradatoin; did you mean sweep=degradation? sweep can be "),
        ("sweep.cpus=2", "did you mean sweep.cpu?"),
        ("hydra.sweeper.serach=random", "there is no key hydra.sweeper.serach; did you mean hydra.sweeper.search?"),
        ("hydra.mode=RUN", "hydra.mode=RUN does nothing beside -m"),
        ("hydra.sweeper.samples=1,2", "this steers the sweep and has one value"),
        ("depth=8 depth=14", "set the same key"),
        ("+foo=1,2", "there is no key foo"),
        ("depth=", "depth= has no value"),
        ("hydra/launcher=joblib", "hydra/launcher"),
    ],
)
def test_a_mistake_is_one_line(words: str, said: str) -> None:
    with pytest.raises(ValueError) as caught:
        sweep_words(words.split())
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("sweep=degradation", "sweep=degradation is for sweeps and does nothing here: add -m, or leave it out"),
        ("sweep.cpu=2", "sweep.cpu=2 is for sweeps"),
        ("ray.address=auto", "ray.address=auto is for sweeps"),
        ("hydra.sweeper.search=random", "hydra.sweeper.search=random is for sweeps"),
        ("trainer.workers=2", "trainer.workers=2: processes that train one network together need -m"),
        ("depth=abc", "depth must be"),
    ],
)
def test_one_run_is_steered_by_no_sweep(word: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check_single_run(["seed=1", word])


def test_one_run_may_begin_anew() -> None:
    assert check_single_run(["fresh=true"]).config["fresh"] is True


def test_steering_words_are_read_without_the_others() -> None:
    sweeper, nodes = read_steering(
        ["sweep=degradation", "depth=20,56", "sweep.cpu=2", "fresh=true", "hydra.sweeper.seed=3"]
    )
    assert sweeper["name"] == "degradation" and sweeper["seed"] == 3 and "depth" in sweeper["params"]
    assert nodes["sweep"]["cpu"] == 2 and nodes["fresh"] is True and nodes["ray"] == {"address": None}


def test_one_run_has_one_value_for_each_key() -> None:
    with pytest.raises(ValueError, match="depth=8 and depth=14 set the same key: leave one out"):
        check_single_run(["depth=8", "depth=14"])
    assert check_single_run(["depth=8", "+depth=8"]).config == check_single_run(["depth=8"]).config
