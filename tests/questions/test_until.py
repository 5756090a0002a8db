"""Seeds until it is known: they go where the spread is, width alone stops them, and every look is told."""

import json
import math
from dataclasses import replace
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from depthlab.questions.degradation.record import DegradationRecord
from depthlab.questions.until import FIRST, MOST, Network
from depthlab.records import Look, QuestionRecord
from depthlab.statistics import Cell, is_significant
from depthlab.statistics.significance import looked_at
from tests.questions.degradation.records import SEVERAL, record_of
from tests.questions.in_process import answer_in_process, ask
from tests.sweeps.planned import TINY

WORDS = (*TINY, "model=plain", "depth=8,14", "epochs=1")


def network(*errors: float, images: int = 1000) -> Network:
    return Network("{}", "resnet-8", Cell(errors, images))


def test_the_half_width_is_that_of_a_difference_of_two_such_networks() -> None:
    one = network(3.0, 4.0, 3.5, 5.0)
    half = stats.t.isf(0.015, 6) * math.sqrt(2 * np.var((3.0, 4.0, 3.5, 5.0), ddof=1) / 4)
    assert one.half_width == pytest.approx(half)
    assert network(3.0).half_width == math.inf


def test_seeds_that_agree_are_no_certainty() -> None:
    assert network(0.0, 0.0, 0.0, images=100).half_width > 1


def test_at_most_as_many_seeds_again_are_added() -> None:
    wide = network(1.0, 30.0, 60.0)
    assert wide.seeds_for(0.5) == 6
    assert network(*[1.0, 90.0] * (MOST // 2 - 1)).seeds_for(0.01) == MOST
    near = network(3.0, 3.1, 3.2, 3.3, 3.4, 3.5)
    assert near.seeds_for(near.half_width * 0.99) == 7


def look(seeds: int, until: float | None = None) -> Look:
    return Look("degradation", "", tuple(map(str, range(seeds))), (seeds, seeds), until)


@pytest.mark.parametrize(
    ("looks", "counted"),
    [
        ((), 1),
        ((look(3),), 1),
        ((look(3), look(5)), 2),
        ((look(3), look(5), look(8)), 3),
        ((look(5, 0.5), look(9, 0.5)), 1),
        ((look(3), look(5, 0.5)), 2),
        ((look(5, 0.5), look(9, 0.2)), 2),
    ],
)
def test_looks_of_one_until_are_one_and_those_of_a_person_count(looks: tuple[Look, ...], counted: int) -> None:
    assert replace(record_of(SEVERAL).about, looks=looks).counted_looks == counted


def test_a_claim_after_several_looks_needs_a_smaller_p() -> None:
    assert is_significant(0.03)
    with looked_at(2):
        assert not is_significant(0.03) and is_significant(0.02)
    assert is_significant(0.03)


def test_a_verdict_takes_account_of_looks() -> None:
    from depthlab.questions.degradation.question import QUESTION

    errors = {"resnet-20": [1.0, 1.1, 1.2, 2.0], "resnet-56": [2.1, 2.2, 2.4, 2.6]}  # p = 0.029 by their order
    record = record_of(errors)
    assert QUESTION.judge(record).about.verdict[0] == "Degradation in resnet."
    more = replace(record, about=replace(record.about, looks=(look(3), look(4))))
    assert QUESTION.judge(more).about.verdict[0] == "Not shown in resnet."


@pytest.mark.slow
def test_seeds_are_added_by_until_and_by_hand_and_looks_are_told(tmp_path: Path) -> None:
    first = ask("degradation", DegradationRecord, *WORDS, "until=100", place=tmp_path)
    about = first.record.about
    assert len(about.runs) == 2 * FIRST
    assert about.until.startswith("Any two networks' training error can be told apart to within 100.0 points")
    assert about.until in first.answer.out and about.until in unescape((first.report / "index.html").read_text())
    assert (about.counted_looks, [one.seeds for one in about.looks]) == (1, [(FIRST, FIRST)])

    again = ask("degradation", DegradationRecord, *WORDS, "until=100", place=tmp_path)
    assert len(again.record.about.looks) == 1, "nothing was added"

    widths = narrower_than(first.record)
    more = ask("degradation", DegradationRecord, *WORDS, f"until={widths:.3f}", place=tmp_path)
    counts = {name: sum(ref.group == name for ref in more.record.about.runs) for name in ("plain-8", "plain-14")}
    assert sorted(counts.values())[0] == FIRST and sorted(counts.values())[1] > FIRST, "where the spread is"
    assert more.record.about.counted_looks == 2

    typed = ask("degradation", DegradationRecord, *WORDS, "seed=range(3)", place=tmp_path)
    assert typed.record.about.counted_looks == 3
    told = " ".join((typed.report / "index.html").read_text().split())
    assert "a claim is made only where its p is below 0.05 / 3" in told


def narrower_than(record: DegradationRecord) -> float:
    """Return a width that one network has reached and the other has not."""
    networks = [
        network(*(run.train_error for run in record.measured if run.network == name), images=record.trained["training"])
        for name in ("plain-8", "plain-14")
    ]
    return float(np.mean([one.half_width for one in networks]))


@pytest.mark.slow
def test_time_that_is_over_stops_it_and_the_dry_run_says_what_it_may_cost(tmp_path: Path) -> None:
    words = (*WORDS, "seed=0,1")
    ask("degradation", DegradationRecord, *words, place=tmp_path)
    late = ask("degradation", DegradationRecord, *words, "until=0.001", "sweep.minutes=0.0001", place=tmp_path)
    assert late.answer.code == 0 and len(late.record.about.runs) == 4
    assert "was not reached, as sweep.minutes was over" in late.record.about.until
    dry = answer_in_process("degradation", *words, "until=0.001", "--dry-run", folder=tmp_path)
    assert "up to 32 times the time above; sweep.minutes= bounds it" in dry.out


def test_the_record_reads_looks_and_older_ones_have_none() -> None:
    about = replace(record_of(SEVERAL).about, looks=(look(3), look(5, 0.5)))
    assert QuestionRecord.from_json(about.to_json()) == about
    values = json.loads(about.to_json())
    del values["looks"], values["until"]
    assert QuestionRecord.from_dict(values).counted_looks == 1
