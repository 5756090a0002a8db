"""Which networks are trained: the plain one, and one for each ensemble method, with the strength that is known."""

import pytest

from depthlab.questions.votes.plan import EnsemblePlan, network_name, read_ensembles
from depthlab.records import RunRef
from depthlab.sweeps import settings_of
from tests.questions.degradation.runs import ref

FEW = ("data.train_size=360", "data.validation=0.2", "epochs=40")


def read(*words: str, **own: str) -> EnsemblePlan:
    sweep = ("sweep=votes", *words)
    return read_ensembles(own, sweep, settings_of(sweep))


def test_every_method_has_a_network_beside_the_plain_one() -> None:
    found = read()
    assert found.overrides == ("sweep=votes", *FEW, "sweep.impossible=skip")
    off = {"dropout": "0", "drop_path": "0", "schedule": "one_cycle"}
    assert found.variants == (
        off,
        off | {"dropout": "0.3"},
        off | {"drop_path": "0.5"},
        off | {"schedule": "snapshots"},
    )


def test_methods_that_are_named_have_the_strength_that_is_typed() -> None:
    found = read("dropout=0.5", "data=digits", methods="dropout")
    assert found.overrides == ("sweep=votes", "dropout=0.5", "data=digits"), "whole digits, as they are typed"
    assert found.variants == ({"dropout": "0"}, {"dropout": "0.5"})
    assert read("dropout=0.5", "data=digits", methods="dropout,dropout") == found
    assert read("schedule=cosine", methods="snapshots").variants == (
        {"schedule": "cosine"},
        {"schedule": "snapshots"},
    )


@pytest.mark.parametrize("words", [("dropout=0,0.2,0.5",), ("regularization=none,dropout",)])
def test_a_grid_of_methods_is_taken_as_it_is(words: tuple[str, ...]) -> None:
    assert read(*words) == EnsemblePlan(("sweep=votes", *words, *FEW), ())


@pytest.mark.parametrize(
    ("words", "methods", "said"),
    [
        ((), "droput", "did you mean methods=dropout?"),
        ((), "lottery", "the methods are dropout, drop_path, snapshots"),
        ((), ",", "names no method: type some, such as"),
        (("dropout=0",), "dropout", "dropout=0 turns dropout off"),
        (("dropout=0.1,0.2",), "dropout", "does nothing beside a grid of dropout"),
        (("dropout=2",), "dropout", "dropout"),
    ],
)
def test_mistakes_are_a_line(words: tuple[str, ...], methods: str, said: str) -> None:
    with pytest.raises(ValueError) as refused:
        read(*words, methods=methods)
    assert said in str(refused.value) and "\n" not in str(refused.value)


def test_networks_are_named_by_what_drops() -> None:
    def name(held: dict[str, object], **values: object) -> str:
        made = ref("resnet", 20, 0)
        return network_name(RunRef.from_dict(made.to_dict() | {"values": made.values | values}), held)

    assert name({}) == "resnet-20"
    assert name({"dropout": 0.3}) == "resnet-20 dropout=0.3", "what was held is told too"
    assert name({}, dropout=0.0, drop_path=0.5, schedule="one_cycle") == "resnet-20 drop_path=0.5"
    assert name({}, schedule="snapshots", width=2) == "resnet-20 schedule=snapshots width=2"
