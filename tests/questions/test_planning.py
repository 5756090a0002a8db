"""What sentences say to type for more seeds works where it is typed."""

from dataclasses import replace

import pytest

from depthlab.questions.planning import asked_of, enough_text, more_seeds_text
from depthlab.statistics import welch
from tests.questions.degradation.records import SEVERAL, record_of

SIDES = ([1.0, 2.0, 4.0], [3.0, 5.0, 9.0])


def test_a_sweep_takes_more_seeds_by_its_key() -> None:
    about = replace(record_of(SEVERAL).about, sweep="degradation-1")
    with asked_of(about):
        assert enough_text(welch(*SIDES)).endswith("'seed=range(550)'.")
        assert more_seeds_text(5) == "type 'seed=range(5)'"


@pytest.mark.parametrize(
    ("words", "command"),
    [
        ([("model=plain", "depth=20", "seed=0"), ("model=plain", "depth=20", "seed=1")], "model=plain depth=20"),
        (
            [("model=plain", "depth=20", "seed=0"), ("model=plain", "depth=56", "seed=0")],
            "model=plain depth=20,56",
        ),
        ([("model=plain", "depth=20"), ("model=resnet", "depth=56")], "model=plain depth=20"),
    ],
)
def test_named_runs_are_trained_from_more_seeds_and_named(words: list[tuple[str, ...]], command: str) -> None:
    about = record_of(SEVERAL).about
    runs = [replace(ref, words=word) for ref, word in zip(about.runs, words, strict=False)]
    with asked_of(replace(about, sweep="", runs=tuple(runs))):
        told = more_seeds_text(7)
    assert told == f"type python train.py -m {command} 'seed=range(7)', then name all of these runs in run="
    assert more_seeds_text(7) == "type 'seed=range(7)'"
