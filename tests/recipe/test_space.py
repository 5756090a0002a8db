"""What is typed after -m: which words are fixed, which are axes, and what can't be searched."""

import pytest

from depthlab.recipe import SearchInterval, Space, compose, read_space


def axes(*words: str) -> dict[str, tuple[str, ...]]:
    return read_space(words).choices


def test_fixed_words_come_first_and_the_last_axis_changes_fastest() -> None:
    space = read_space(["depth=8,14", "model=plain", "seed=0,1", "epochs=2"])
    assert (space.keys, space.size) == (("depth", "seed"), 4)
    assert list(space.combinations()) == [
        ("model=plain", "epochs=2", f"depth={depth}", f"seed={seed}") for depth in (8, 14) for seed in (0, 1)
    ]


def test_no_axis_is_one_trial() -> None:
    assert list(read_space(["depth=8"]).combinations()) == [("depth=8",)]
    assert list(read_space([]).combinations()) == [()]


@pytest.mark.parametrize(
    ("word", "values"),
    [
        ("depth=choice(8,14)", ("8", "14")),
        ("depth=range(8,21,6)", ("8", "14", "20")),
        ("dropout=range(0.0,0.3,0.1)", ("0.0", "0.1", "0.2")),
        ("depth=sort(20,8,14)", ("8", "14", "20")),
        ("depth=sort(20,8,14,reverse=true)", ("20", "14", "8")),
        ("model=glob(*resnet)", ("preresnet", "resnet", "wide_resnet")),
        ("model=glob(*resnet,exclude=wide*)", ("preresnet", "resnet")),
        ("depth=[3,3,3],[5,5,5]", ("[3,3,3]", "[5,5,5]")),
        ("dropout=null,0.1", ("null", "0.1")),
        ("depth=20,8,20", ("20", "8")),  # no trial twice
        ("data.folder='/a,b','/c d'", ("'/a,b'", "'/c d'")),
    ],
)
def test_hydras_grammar(word: str, values: tuple[str, ...]) -> None:
    assert axes(word) == {word.partition("=")[0]: values}


def test_shuffled_values_are_all_there() -> None:
    assert sorted(axes("seed=shuffle(0,1,2,3)")["seed"]) == ["0", "1", "2", "3"]
    assert sorted(axes("seed=shuffle(range(0,4))")["seed"]) == ["0", "1", "2", "3"]


def test_values_with_commas_compose_to_what_was_meant() -> None:
    space = read_space(["data=cifar10", "data.folder='/a,b','/c d'"])
    assert [compose(words).config["data"]["folder"] for words in space.combinations()] == ["/a,b", "/c d"]


def test_what_is_added_to_ones_own_model_keeps_its_plus() -> None:
    space = read_space(["model._target_=my.Net", "+model.hidden=32,64"])
    assert list(space.combinations())[1] == ("model._target_=my.Net", "+model.hidden=64")
    assert space.axes == ("model.hidden",), "what is set, however it was typed"
    assert compose(list(space.combinations())[1]).config["model"]["hidden"] == 64


def test_words_of_a_trial_that_is_drawn() -> None:
    space = read_space(["seed=0,1", "epochs=2", "weight_decay=interval(0,1)"])
    assert space.words({"weight_decay": "0.5", "seed": "1"}) == ("epochs=2", "seed=1", "weight_decay=0.5")


def test_one_value_is_no_axis() -> None:
    space = read_space(["model=glob(plain)", "seed=choice(3)"])
    assert (space.fixed, space.keys) == (("model=plain", "seed=3"), ())


@pytest.mark.parametrize(
    ("word", "interval"),
    [
        ("dropout=interval(0,0.5)", SearchInterval(0.0, 0.5, log=False, whole=False)),
        ("weight_decay=tag(log,interval(1e-5,1e-3))", SearchInterval(1e-5, 1e-3, log=True, whole=False)),
        ("learning_rate=interval(0.0123456789,1)", SearchInterval(0.0123456789, 1.0, log=False, whole=False)),
        ("depth=int(interval(8,20))", SearchInterval(8.0, 20.0, log=False, whole=True)),
        ("batch_size=tag(log,int(interval(8,64)))", SearchInterval(8.0, 64.0, log=True, whole=True)),
        ("model.cardinality=int(interval(1,8))", SearchInterval(1.0, 8.0, log=False, whole=True)),
    ],
)
def test_intervals(word: str, interval: SearchInterval) -> None:
    space = read_space([word, "seed=0,1"])
    key = word.partition("=")[0]
    assert space.intervals == {key: interval}
    assert space.keys == (key, "seed")
    assert read_space([f"{key}={interval}"]).intervals == space.intervals  # it is written as it can be typed
    for use in (lambda: space.size, lambda: list(space.combinations())):
        with pytest.raises(ValueError, match=r"has no end of values.*or add hydra\.sweeper\.search=random"):
            use()


def test_words_that_steer_the_sweep_are_in_no_trial() -> None:
    words = ["sweep=degradation", "sweep.cpu=2", "ray.address=auto", "fresh=true", "hydra.sweeper.search=random"]
    assert read_space(["seed=1", *words]) == Space(("seed=1",), {}, {}, ())


def test_a_persons_own_options_go_with_each_trial() -> None:
    assert read_space(["hydra.searchpath=[file:///mine]", "depth=8"]).fixed == (
        "hydra.searchpath=[file:///mine]",
        "depth=8",
    )


def test_typed_words_replace_those_of_a_named_space() -> None:
    params = {"model": "plain,resnet", "depth": "20,56", "data": "digits"}
    space = read_space(["depth=8", "seed=0,1"], params)
    assert space.fixed == ("data=digits", "depth=8")
    assert space.choices == {"model": ("plain", "resnet"), "seed": ("0", "1")}


def test_ones_own_model_is_had_once_and_not_in_each_family_of_a_named_space() -> None:
    params = {"model": "plain,resnet", "depth": "20,56"}
    own = "model._target_=my_package.Net"
    assert read_space([own], params).choices == {"depth": ("20", "56")}
    assert read_space([own], params | {"model": "resnet"}).fixed == ("model=resnet", own), "arguments of one family"
    assert read_space([own, "model=plain,resnet"], params).choices["model"] == ("plain", "resnet"), "as typed"


def test_science_words_leave_out_where_and_how() -> None:
    science = ("depth=8", "data.crop=1", "trainer.precision=fp32", "trainer.max_steps=5")
    rest = ["tracking=none", "tracking.uri=http://x", "hydra.searchpath=[a]", "seed=0,1"]
    rest += ["trainer.threads=1", "trainer.device=cpu", "trainer.progress=false"]
    rest += ["data.folder=/a", "data.workers=1", "data.on_device=false", "trainer.checkpoint_minutes=3"]
    assert read_space([*rest, *science]).science_words == science


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("dropout=interval(0.5,0.1)", "is empty: type the smaller number first"),
        ("weight_decay=tag(log,interval(0,1e-3))", "a logarithm needs bounds above 0"),
        ("weight_decay=tag(lgo,interval(1e-5,1e-3))", "there is no tag lgo"),
        ("model=interval(0,1)", "a group has options, no numbers; it can be alexnet, "),
        ("seed=interval(0,10)", "seed takes whole numbers: type 'seed=int(interval(0,10))'"),
        ("depth=interval(8,20)", "type 'depth=int(interval(8,20))'"),
        ("dropout=interval(0,1)", "dropout must be a number from 0 to below 1"),
        ("learning_rate=interval(0,0.1)", "learning_rate must be a number above 0"),
        ("trainer.device=interval(0,1)", "trainer.device must be auto, cpu, cuda or mps"),
        ("data.folder=interval(0,1)", "data.folder takes no numbers"),
        ("model=glob(zzz*)", "model=glob(zzz*) has no values at all; model can be "),
        ("depth=8 depth=14", "depth=8 and depth=14 set the same key: leave one out, type depth=8,14 for both"),
        ("sweep.cpu=1,2", "this steers the sweep and has one value"),
        ("fresh=true,false", "this steers the sweep"),
        ("depth=8,14,", "can't be read"),
        ("depth=range(8", "a bracket is not closed"),
    ],
)
def test_what_cant_be_searched_is_told_in_one_line(words: str, said: str) -> None:
    with pytest.raises(ValueError) as caught:
        read_space(words.split())
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_named_space_steers_no_sweep() -> None:
    with pytest.raises(ValueError, match="steers the sweep"):
        read_space([], {"sweep.cpu": "2"})
