"""Seeds until it is known: they go where the spread is, width alone stops them, and every look is told."""

import json
import math
from dataclasses import replace
from html import unescape
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from depthlab.questions.decisive import MOST, Decisive, of_fit, seeds_wanted
from depthlab.questions.degradation.record import DegradationRecord
from depthlab.questions.degradation.verdict import decisive
from depthlab.questions.until import FIRST
from depthlab.records import Look, QuestionRecord
from depthlab.statistics import Cell, contrast, is_significant, paired, welch
from depthlab.statistics.exchange import fit_exchange
from depthlab.statistics.exchange_spread import Point
from depthlab.statistics.significance import looked_at
from tests.questions.degradation.records import SEVERAL, record_of
from tests.questions.in_process import answer_in_process, ask
from tests.sweeps.planned import TINY

WORDS = (*TINY, "model=plain", "depth=8,14", "epochs=1")
STEADY, WIDE = (3.0, 3.1, 3.2, 3.1), (1.0, 9.0, 4.0, 6.0)


def between(a: tuple[float, ...], b: tuple[float, ...]) -> Decisive:
    return Decisive("a less b", welch(a, b), (("a",), ("b",)))


def test_the_half_width_is_that_of_the_interval_a_little_wider() -> None:
    told = stats.ttest_ind(STEADY, WIDE, equal_var=False).confidence_interval(0.97)
    assert between(STEADY, WIDE).half_width == pytest.approx((told.high - told.low) / 2)
    assert between((3.0,), WIDE).half_width == math.inf


def test_seeds_go_where_the_spread_is() -> None:
    assert between(STEADY, WIDE).seeds_for(2.0) == {"a": 4, "b": 8}
    assert between(WIDE, WIDE).seeds_for(2.0) == {"a": 8, "b": 8}
    near = between(WIDE, WIDE)
    assert near.seeds_for(near.half_width * 0.999) == {"a": 5, "b": 5}


def test_the_fewest_runs_reach_the_width() -> None:
    """With spreads as they were seen, the parts of the variance add up to what is left room for."""
    one, until = Decisive("", welch(20 * STEADY, 20 * WIDE), (("a",), ("b",))), 0.6
    found, room = one.seeds_for(until), sum(one.comparison.parts) * (until / one.half_width) ** 2
    spreads = [part * 80 for part in one.comparison.parts]
    assert found["b"] < 160 and sum(s / n for s, n in zip(spreads, found.values(), strict=True)) <= room
    total = sum(found.values()) - 2
    assert not [a for a in range(80, total) if spreads[0] / a + spreads[1] / (total - a) <= room]


def test_pairs_take_seeds_together_and_lost_runs_are_asked_for_again() -> None:
    pairs = Decisive("", paired(STEADY, WIDE), (("a", "b"),))
    assert seeds_wanted([pairs], 0.1, {"a": 4, "b": 4, "c": 4}) == {"a": 8, "b": 8}
    assert seeds_wanted([between(STEADY, WIDE)], 2.0, {"a": 4, "b": 6}) == {"b": 10}
    assert seeds_wanted([between(WIDE, WIDE)], 0.001, {"a": MOST, "b": 60}) == {"b": 64}
    assert seeds_wanted([between(STEADY, WIDE)], 100, {"a": 4, "b": 4}) == {}
    assert seeds_wanted([between((1.0,), (2.0,))], 1, {"a": 1, "b": 1}) == {"a": 2, "b": 2}


def test_each_cell_of_a_contrast_has_its_own_part() -> None:
    cells = [Cell(STEADY), Cell(WIDE), Cell(STEADY)]
    one = contrast(cells, (-1, 0.5, 0.5))
    weights = (1, 0.25, 0.25)
    assert one.parts == pytest.approx([w * cell.variance / 4 for w, cell in zip(weights, cells, strict=True)])
    assert Decisive("", one, (("a",), ("b",), ("c",))).seeds_for(1.0) == {"a": 4, "b": 8, "c": 4}


@pytest.mark.parametrize(("own", "helped"), [(0.0, True), (5.0, False)])
def test_seeds_don_t_help_where_networks_lie_off_the_fit(own: float, helped: bool) -> None:
    chance = np.random.default_rng(2)
    points = [
        Point("resnet", {"depth": 2.0**k}, 2.0**k, tuple(10 + own * chance.normal() + chance.normal(size=4)))
        for k in range(8)
    ]
    fit = fit_exchange("test error", points)
    slope = fit.estimate(fit.exchanges[0].points, fit.exchanges[0].interval, fit.exchanges[0].p)
    (one,) = of_fit(fit, [f"network {k}" for k in range(8)], {"depth": (slope, None)})
    assert bool(one.seeds_for(one.half_width * 0.8)) == helped


@pytest.mark.parametrize(
    "question",
    [
        *("degradation", "width_vs_depth", "regularization", "kernels"),
        *("lesion", "paths", "votes", "reuse", "exponent"),
    ],
)
def test_every_question_that_trains_says_what_its_verdict_rests_on(question: str) -> None:
    asked = import_module(f"depthlab.questions.{question}.question").QUESTION
    assert asked.seeds and asked.unit and callable(asked.part("verdict").decisive)


def test_degradation_rests_on_its_ends_and_on_the_shortcut() -> None:
    record = record_of(SEVERAL)
    effects = {one.name: one for one in decisive(record)}
    assert {"plain-56 less plain-20", "resnet-56 less resnet-20"} < set(effects)
    slopes = effects["a doubling of depth, plain less resnet"]
    assert len(slopes.networks) == len(slopes.comparison.parts) == 4


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
    assert about.until == f"What the verdict rests on is known to within until=100, with {FIRST} seeds a network."
    assert about.until in first.answer.out and about.until in unescape((first.report / "index.html").read_text())
    assert (about.counted_looks, [one.seeds for one in about.looks]) == (1, [(FIRST, FIRST)])

    again = ask("degradation", DegradationRecord, *WORDS, "until=100", place=tmp_path)
    assert len(again.record.about.looks) == 1, "nothing was added"

    (effect,) = decisive(first.record)
    more = ask("degradation", DegradationRecord, *WORDS, f"until={0.95 * effect.half_width:.3f}", place=tmp_path)
    counts = [sum(ref.group == name for ref in more.record.about.runs) for name in ("plain-8", "plain-14")]
    assert max(counts) > FIRST and more.record.about.counted_looks == 2
    again = ask("degradation", DegradationRecord, *WORDS, f"until={0.95 * effect.half_width:.3f}", place=tmp_path)
    both = ({run.fingerprint for run in one.record.measured} for one in (more, again))
    assert next(both) == next(both), "the same command finds the same runs"

    typed = ask("degradation", DegradationRecord, *WORDS, "seed=range(3)", place=tmp_path)
    assert typed.record.about.counted_looks == 3
    told = " ".join((typed.report / "index.html").read_text().split())
    assert "a claim is made only where its p is below 0.05 / 3" in told


@pytest.mark.slow
def test_time_that_is_over_stops_it_and_the_dry_run_says_what_it_may_cost(tmp_path: Path) -> None:
    words = (*WORDS, "seed=0,1")
    ask("degradation", DegradationRecord, *words, place=tmp_path)
    late = ask("degradation", DegradationRecord, *words, "until=0.001", "sweep.minutes=0.0001", place=tmp_path)
    assert late.answer.code == 0 and len(late.record.about.runs) == 4
    assert (
        "was not reached, as sweep.minutes was over. With 2 seeds a network, known less well: plain-14"
        in late.record.about.until
    )
    dry = answer_in_process("degradation", *words, "until=0.001", "--dry-run", folder=tmp_path)
    assert "up to 32 times the time above; networks are measured anew" in dry.out


def test_the_record_reads_looks_and_older_ones_have_none() -> None:
    about = replace(record_of(SEVERAL).about, looks=(look(3), look(5, 0.5)))
    assert QuestionRecord.from_json(about.to_json()) == about
    values = json.loads(about.to_json())
    del values["looks"], values["until"]
    assert QuestionRecord.from_dict(values).counted_looks == 1
