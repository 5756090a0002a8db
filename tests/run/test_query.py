"""Which runs the words of a query mean."""

from typing import Any

import pytest

from depthlab.records import FoundRun
from depthlab.run import read_query


def found(**changes: Any) -> FoundRun:
    axes = {"model": "resnet", "depth": 20, "weight_decay": 5e-4, "unit": None} | changes.pop("axes", {})
    values = {"name": "a", "fingerprint": "1", "state": "finished", "created": "2026-11-23T12:00:00+00:00"}
    place = {"folder": "20261123-resnet", "run_id": "abc123", "commit": "c0ffee11"}
    return FoundRun(**values | place | changes, axes=axes, settings=axes | {"data.flip": True, "optimizer.lr": 0.1})


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"model": "resnet"},
        {"model": "plain,resnet", "depth": "20,56"},
        {"depth": "20.0"},
        {"weight_decay": "5e-4"},
        {"weight_decay": "0.0005"},
        {"unit": "null"},
        {"data.flip": "true"},
        {"data.flip": "True"},
        {"optimizer.lr": "0.1"},
        {"status": "finished"},
        {"since": "2026-11-23", "until": "2026-11-24"},
        {"since": "2026-11-23T13:00:00+01:00"},
        {"run": "nobody,abc"},
        {"run": "20261123"},
        {"commit": "c0ff"},
    ],
)
def test_a_run_that_is_meant(words: dict[str, str]):
    assert read_query(words).takes(found())


@pytest.mark.parametrize(
    "words",
    [
        {"model": "plain"},
        {"model": "resnet", "depth": "2"},
        {"shortcut": "A"},
        {"data.flip": "1"},
        {"data.flip": "false"},
        {"status": "failed,cut-off"},
        {"since": "2026-11-23T12:00:01"},
        {"until": "2026-11-23T12:00:00"},
        {"run": "bc123"},
        {"commit": "ff"},
    ],
)
def test_a_run_that_is_not(words: dict[str, str]):
    assert not read_query(words).takes(found())


def test_lists_and_states_of_two_words():
    query = read_query({"depth": "[3,3,3],56", "status": "cut-off"})
    assert query.values == {"depth": ([3, 3, 3], 56)}
    assert query.takes(found(axes={"depth": [3, 3, 3]}, state="cut off"))
    assert not query.takes(found(axes={"depth": [3, 3, 3]}))
    assert not read_query({"commit": "a"}).takes(found(commit=None))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"status": "finnished"}, "status=finnished: there is no such status; allowed are finished, pruned"),
        ({"since": "today"}, "since=today is not a time: type since=2026-11-01"),
        ({"until": "13/11/2026"}, "until=13/11/2026 is not a time"),
    ],
)
def test_words_that_can_not_be_read(words: dict[str, str], told: str):
    with pytest.raises(ValueError, match=told):
        read_query(words)


def test_keys_and_names_that_nobody_has():
    runs = [found(axes={"form": "imagenet"})]
    read_query({"form": "cifar", "data.flip": "true", "epochs": "3"}).check(runs)
    read_query({"form": "cifar"}).check_keys(runs, ["folder"])  # near a key of the script, and a run's own
    with pytest.raises(ValueError, match=r"there is no key foldre; did you mean folder\?"):
        read_query({"foldre": "x"}).check_keys(runs, ["folder"])
    with pytest.raises(ValueError, match=r"no run here has a setting data\.flop; did you mean data\.flip\?"):
        read_query({"data.flop": "x"}).check(runs)
    with pytest.raises(ValueError, match="no run 'b' here"):
        read_query({"run": "a,b"}).check(runs)
