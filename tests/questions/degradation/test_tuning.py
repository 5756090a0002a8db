"""A tuned axis: what is asked for, and what is chosen on validation."""

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from depthlab.questions.degradation.record import Choice
from depthlab.questions.degradation.tuning import Tuned, choose
from depthlab.questions.degradation.tuning_options import APART, Tune, network_key, read_tune
from depthlab.recipe import compose
from depthlab.records import SweepRecord, TrialRecord
from depthlab.sweeps import SweepResult
from tests.sweeps.planned import TINY, settings

WORDS = (*TINY, "model=plain,resnet", "depth=8,14", "seed=0,1")


def read(*words: str, **own: str) -> Tune | None:
    return read_tune({key.replace("_at_", "."): value for key, value in own.items()}, words or WORDS, settings())


def key_of(model: str, depth: int) -> str:
    return network_key({"model": model, "depth": depth, "seed": 0}, "learning_rate")


def test_nothing_asked_is_nothing_tuned() -> None:
    assert read() is None


def test_the_grid_lies_around_what_is_held() -> None:
    tune = read(tune="learning_rate")
    assert tune is not None
    assert tune.values == (0.005, 0.015, 0.05, 0.15)
    assert tune.held == {key_of(model, depth): 0.05 for model in ("plain", "resnet") for depth in (8, 14)}
    assert (tune.seeds, tune.choosing) == ((0, 1), APART)
    assert tune.words == (
        *(word for word in WORDS if not word.startswith("seed")),
        "learning_rate=0.005,0.015,0.05,0.15",
        "seed=1000,1001,1002,0,1",
    )


def test_typed_values_and_seeds_win_and_what_is_held_stays_in_the_grid() -> None:
    tune = read(*WORDS, "weight_decay=1e-3", tune="weight_decay", tune_at_values="1e-4,0", tune_at_seed="1,7")
    assert tune is not None
    assert (tune.values, tune.choosing, set(tune.held.values())) == ((0.0001, 0), (1, 7), {0.001})
    assert "weight_decay=1e-4,0,0.001" in tune.words and "seed=1,7,0" in tune.words
    assert "weight_decay=1e-3" not in tune.words


def test_whole_numbers_and_options_can_be_tuned() -> None:
    epochs = read(tune="epochs")
    assert epochs is not None and epochs.values == (2, 6, 20, 60)
    optimizer = read(tune="optimizer", tune_at_values="sgd,adamw")
    assert optimizer is not None and optimizer.values == ("sgd", "adamw")


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"tune": "lerning_rate"}, r"tune=lerning_rate: there is no such key; did you mean tune=learning_rate\?"),
        ({"tune": "depth"}, "depth varies already"),
        ({"tune": "seed"}, "seed is what repetitions differ in"),
        ({"tune": "dropout"}, r"held at 0(\.0)?, of which there are no multiples: type the values, tune\.values="),
        ({"tune": "learning_rate", "tune_at_values": "x"}, "learning_rate must be a number above 0"),
        ({"tune": "learning_rate", "tune_at_values": "0.05"}, "has one value to choose from, 0.05"),
        ({"tune": "learning_rate", "tune_at_seed": "a"}, "tune.seed=a is not a seed"),
        ({"tune_at_values": "0.1"}, "tune.values=0.1 does nothing: add tune=learning_rate"),
    ],
)
def test_mistakes(own: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said) as error:
        read(**own)
    assert "\n" not in str(error.value)


# ----------------------------------------------------------------------------------------------------- choosing

Accuracy = float | None  # None: the run diverged


def swept_of(found: dict[Any, list[Accuracy]], *, loss: dict[Any, float] | None = None) -> SweepResult:
    """Return a sweep of plain-8 whose runs have validation accuracies by learning rate and seed."""
    trials = []
    for value, accuracies in found.items():
        for seed, accuracy in enumerate(accuracies):
            values = {"model": "plain", "depth": 8, "learning_rate": value, "seed": APART[0] + seed}
            metrics = (
                {"val/accuracy": accuracy, "val/loss": (loss or {}).get(value, 1.0)} if accuracy is not None else {}
            )
            state = "finished" if accuracy is not None else "failed"
            trials.append(TrialRecord(len(trials), "plain-8", (), values, str(len(trials)), state, metrics=metrics))
    record = SweepRecord("s", "0" * 16, (), ("model",), (), "grid", "val/accuracy", tuple(trials))
    recipe = compose([*TINY, "model=plain", "depth=8"])
    return SweepResult(record, Path(), Path(), dict.fromkeys(range(len(trials)), recipe), None)


def chosen(found: dict[Any, list[Accuracy]], *, held: Any = 0.1, loss: dict[Any, float] | None = None) -> Choice:
    seeds = max(map(len, found.values()))
    choosing = tuple(range(APART[0], APART[0] + seeds))
    tune = Tune("learning_rate", tuple(found), (), {key_of("plain", 8): held}, (0,), choosing)
    (choice,) = choose(swept_of(found, loss=loss), tune).values()
    return choice


def test_the_best_mean_on_validation_is_chosen() -> None:
    choice = chosen({0.01: [0.5, 0.9], 0.1: [0.7, 0.8], 1.0: [0.6, 0.6]})
    assert (choice.network, choice.chosen, choice.held, choice.at_edge) == ("plain-8", 0.1, 0.1, False)
    assert [(score.value, score.mean) for score in choice.scores] == [(0.01, 0.7), (0.1, 0.75), (1.0, 0.6)]


def test_between_equals_the_lower_loss_then_the_nearer_value() -> None:
    equal = {0.01: [0.9], 0.2: [0.9], 1.0: [0.9]}
    assert chosen(equal, loss={0.01: 0.3, 0.2: 0.4, 1.0: 0.5}).chosen == 0.01
    assert chosen(equal).chosen == 0.2


def test_an_edge_is_told() -> None:
    assert chosen({0.01: [0.9], 0.1: [0.8], 1.0: [0.7]}).at_edge


def test_a_value_that_lost_runs_is_passed_over() -> None:
    choice = chosen({0.01: [0.5, 0.5], 0.1: [0.9, None]})
    assert choice.chosen == 0.01
    assert [(score.finished, score.lost) for score in choice.scores] == [(2, 0), (1, 1)]
    assert chosen({0.01: [0.5, None], 0.1: [0.9, None]}).chosen == 0.1, "all of them lost some"


def test_where_nothing_finished_the_held_value_stays() -> None:
    choice = chosen({0.01: [None], 1.0: [None]})
    assert (choice.chosen, choice.at_edge) == (0.1, False)
    assert all(score.mean is None for score in choice.scores)


def test_numbers_that_are_none_are_lost() -> None:
    assert chosen({0.01: [math.nan], 0.1: [0.2]}).scores[0].lost == 1


def test_other_seeds_have_no_say() -> None:
    swept = swept_of({0.01: [0.5], 0.1: [0.4]})
    best = replace(
        swept.record.trials[1], index=9, metrics={"val/accuracy": 1.0}, values={**swept.trials[1].values, "seed": 0}
    )
    swept = replace(
        swept,
        record=replace(swept.record, trials=(*swept.record.trials, best)),
        recipes={**swept.recipes, 9: swept.recipes[0]},
    )
    tune = Tune("learning_rate", (0.01, 0.1), (), {key_of("plain", 8): 0.1}, (0,), APART[:1])
    choices = choose(swept, tune)
    assert choices[key_of("plain", 8)].chosen == 0.01
    tuned = Tuned(swept, tune, choices)
    assert [trial.index for trial in tuned.held()] == [9] and tuned.chosen() == []
    assert json.loads(tuned.tuning.to_json())["choices"][0]["chosen"] == 0.01
