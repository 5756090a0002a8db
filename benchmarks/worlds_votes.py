"""Studies of votes: one network with dropout, whose sampled networks stand for the one pass, and ensembles of it."""

from functools import partial

import numpy as np
from worlds import Claims, World

from depthlab.questions.votes.claims import contrasts
from depthlab.questions.votes.contrasts import INDEPENDENT
from depthlab.questions.votes.record import (
    ARITHMETIC,
    DROPOUT,
    ERROR,
    Ensemble,
    EnsemblePoint,
    VoteCurve,
    VotePoint,
    VoteScore,
    VotesRecord,
    VotingRun,
)
from depthlab.records import QuestionRecord
from depthlab.statistics import is_significant

IMAGES, SIZES = 10_000, (1, 10, 50)
EQUAL, DIFFER, GAIN = "sampled networks err as often as one pass", "they err otherwise", "an ensemble gains"


def votes_worlds() -> list[World]:
    """Return worlds of a gap between sampled networks and the one pass, the margin being 0.5 points."""
    return [
        World("votes", name, seeds, partial(_study, gap, gain, spread, seeds), false)
        for seeds in (3, 5, 10)
        for name, gap, gain, spread, false in (
            ("nothing: no gap, no gain", 0.0, 0.0, 0.1, (DIFFER, GAIN)),
            ("nothing: no gap, no gain, spread 1", 0.0, 0.0, 1.0, (DIFFER, GAIN)),
            ("a gap of the margin", 0.5, 0.0, 0.1, (EQUAL, GAIN)),
            ("a gap of 0.3, ensembles gain 1", 0.3, 1.0, 0.1, ()),
        )
    ]


def _study(gap: float, gain: float, spread: float, seeds: int, chance: np.random.Generator) -> Claims:
    whole = 10 + chance.standard_normal(seeds)
    runs = []
    for seed, error in enumerate(whole):
        noise = spread * chance.standard_normal()
        points = [VotePoint(size, (_score(error + gap + noise + 5 / size - 0.1),)) for size in SIZES]
        curves = (VoteCurve(DROPOUT, ARITHMETIC, 100, tuple(points)),)
        runs.append(VotingRun(f"{seed}", "", "mlp", seed, {"dropout": 0.5}, 1, 1, _score(error), curves))
    pseudo = tuple(_score(float(error)) for error in whole - gain + spread * chance.standard_normal(seeds))
    points = (EnsemblePoint(1, seeds, _score(10)), EnsemblePoint(2, seeds, _score(10 - gain), pseudo))
    ensemble = Ensemble("mlp", tuple(range(seeds)), ARITHMETIC, points)
    about = QuestionRecord("votes", (), "", "", None, (), {}, (), (), {})
    found = contrasts(VotesRecord(about, tuple(runs), (ensemble,), images=IMAGES))
    sampled = [one for one in found if (one.family, one.measure, one.members) == (DROPOUT, ERROR, SIZES[-1])]
    alone = [one for one in found if (one.family, one.measure) == (INDEPENDENT, ERROR)]
    return {
        EQUAL: any(bool(one.equivalent) for one in sampled),
        DIFFER: any(is_significant(one.p_holm) for one in sampled),
        GAIN: any(is_significant(one.p_holm) and one.comparison.difference < 0 for one in alone),
    }


def _score(error: float) -> VoteScore:
    return VoteScore(float(error), 0.3, 2.0, 0.5)
