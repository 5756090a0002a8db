"""How networks are trained is chosen for each on validation, and what was not chosen is nowhere in the answer."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from depthlab.questions.chosen import choose_settings, chosen_axes
from depthlab.questions.degradation.record import DegradationRecord
from depthlab.records import RunRef, TrialRecord, TrialState
from tests.questions.degradation.runs import ref
from tests.questions.in_process import ask
from tests.sweeps.planned import TINY

METRIC = "val/accuracy"


def test_what_a_network_is_is_compared_and_how_it_is_trained_chosen() -> None:
    axes = ("model", "depth", "dropout", "learning_rate", "optimizer.momentum", "schedule", "seed")
    assert chosen_axes(axes) == ("learning_rate", "optimizer.momentum", "schedule")
    assert chosen_axes(axes, studied=("schedule",)) == ("learning_rate", "optimizer.momentum")


def runs_of(accuracy: dict[float, list[float | None]]) -> tuple[list[RunRef], dict[str, TrialRecord]]:
    """Return runs of one network, by learning rate and seed; None is one that was lost."""
    refs, trials = [], {}
    for rate, values in accuracy.items():
        for seed, value in enumerate(values):
            state = TrialState.FAILED if value is None else TrialState.FINISHED
            made = replace(ref("resnet", 20, seed), state=state, fingerprint=f"{rate} {seed}")
            made = replace(made, values={**made.values, "learning_rate": rate})
            metrics = {} if value is None else {METRIC: value, "val/loss": 1 - value}
            trials[made.fingerprint] = TrialRecord(
                seed, made.name, (), made.values, made.fingerprint, state, metrics=metrics
            )
            refs.append(made)
    return refs, trials


@pytest.mark.parametrize(
    ("accuracy", "best"),
    [
        ({0.1: [0.8, 0.9], 0.3: [0.9, 0.95]}, 0.3),
        ({0.1: [0.8, 0.9], 0.3: [0.9, None]}, 0.1),
        ({0.1: [0.8, None], 0.3: [0.9, None]}, 0.3),
    ],
)
def test_validation_over_all_seeds_decides(accuracy: dict[float, list[float | None]], best: float) -> None:
    refs, trials = runs_of(accuracy)
    kept, (sentence,) = choose_settings(refs, trials.values(), ("learning_rate",), METRIC)
    assert {one.values["learning_rate"] for one in kept} == {best} and len(kept) == 2
    assert sentence.startswith(f"resnet-20 has learning_rate={best} rather than learning_rate=")
    assert sentence.endswith("as chosen on validation with 2 seeds.")


@pytest.mark.slow
def test_no_file_of_an_answer_has_a_test_error_that_was_not_chosen(tmp_path: Path) -> None:
    words = (*TINY, "model=plain", "depth=8,14", "epochs=1", "seed=0,1", "learning_rate=0.0001,0.3")
    asked = ask("degradation", DegradationRecord, *words, place=tmp_path)
    about = asked.record.about
    assert len(about.runs) == len(asked.record.measured) == 4
    assert {ref.group for ref in about.runs} == {"plain-8", "plain-14"} and len(about.chosen) == 2
    chosen = {ref.folder for ref in about.runs}
    page = (asked.report / "index.html").read_text() + (asked.report / "record.json").read_text()
    for record in tmp_path.rglob("record.json"):
        values = json.loads(record.read_text())
        if "metrics" in values and record.parent.name not in chosen:
            assert record.parent.name not in page
    assert about.chosen[0] in asked.answer.out
