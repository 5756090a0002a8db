"""Studies of degradation at its default: plain and residual networks of four depths, some seeds each, on the digits."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from worlds import Claims, World, measured_run

from depthlab.questions.degradation.record import Condition, DegradationRecord
from depthlab.questions.degradation.verdict import judge, outcome_of
from depthlab.records import QuestionRecord, RunRef, TrialState

DEPTHS = (20, 32, 44, 56)
IMAGES = {"training": 1294, "validation": 144, "test": 359}
CHANCE = 90.0
Draw = Callable[[np.random.Generator, int], list[list[float]]]  # errors by depth and seed
NOTHING = ("depth changes plain", "depth changes resnet", "shortcuts make the difference")
Errors = dict[str, list[list[float]]]  # series -> errors in percent by depth and seed; NaN is a run that diverged

# Plain networks on the digits: means and standard deviations over seeds, percent; about as the default finds them, with
# spreads that are twice as large.
DIGITS = ((0.2, 0.2), (4.0, 3.0), (25.0, 12.0), (50.0, 13.0))


def degradation_worlds(seeds: Sequence[int] = (3, 5)) -> list[World]:
    """Return worlds in which depth changes nothing, and worlds in which it does."""
    return [
        World("degradation", name, number, partial(_study, plain, resnet, number), false)
        for number in seeds
        for name, plain, resnet, false in (
            ("nothing: same distribution", _same, _same, NOTHING),
            ("nothing: bimodal", _bimodal, _bimodal, NOTHING),
            ("nothing: spreads 0.3 to 15", _unequal, _unequal, NOTHING),
            ("nothing: a third of the runs diverges", _diverging, _diverging, NOTHING),
            ("nothing: both fit every image", _fitted, _fitted, NOTHING),
            ("digits", _digits, _fitted, NOTHING[1:2]),
            ("digits, a spread of 15 at each depth", _digits_wide, _fitted, NOTHING[1:2]),
            ("one point a depth, spread 1.5", _slow, _fitted, NOTHING[1:2]),
            ("resnet too: 0.6 points from end to end", _digits, _apart, ("resnet stays within the margin",)),
        )
    ]


def record_of(errors: Errors) -> DegradationRecord:
    """Return the record of a study with these errors, still without a verdict."""
    refs, runs = [], []
    for series, by_depth in errors.items():
        for depth, values in zip(DEPTHS, by_depth, strict=True):
            for seed, error in enumerate(values):
                ref = _ref(series, depth, seed, lost=bool(np.isnan(error)))
                refs.append(ref)
                if ref.fault is None:
                    runs.append(measured_run(ref.group, series, seed, float(error), float(depth)))
    about = QuestionRecord(
        "degradation", (), "", "", None, ("model", "depth", "seed"), {"data": "digits"}, (), (), {}, tuple(refs)
    )
    condition = Condition("held", tuple(ref.fingerprint for ref in refs))
    return DegradationRecord(about, tuple(runs), (condition,), trained=dict(IMAGES), chance=CHANCE)


def _study(plain: Draw, resnet: Draw, seeds: int, chance: np.random.Generator) -> Claims:
    condition = judge(record_of({"plain": plain(chance, seeds), "resnet": resnet(chance, seeds)})).conditions[0]
    ladder = condition.ladder
    assert ladder is not None
    outcomes = {one.series: outcome_of(one, ladder) for one in condition.trends}
    return {
        "depth changes plain": outcomes["plain"] in ("degradation", "gain"),
        "depth changes resnet": outcomes["resnet"] in ("degradation", "gain"),
        "shortcuts make the difference": ladder.holds(1),
        "resnet stays within the margin": outcomes["resnet"] == "equal",
    }


def _shares(values: np.ndarray) -> list[list[float]]:
    """Return errors as shares of the training images, by depth and seed."""
    counts = np.round(np.clip(values, 0, 100) / 100 * IMAGES["training"])
    return (100 * counts / IMAGES["training"]).tolist()


def _same(chance: np.random.Generator, seeds: int) -> list[list[float]]:
    return _shares(20 + 5 * chance.standard_normal((4, seeds)))


def _bimodal(chance: np.random.Generator, seeds: int) -> list[list[float]]:
    return _shares(np.where(chance.random((4, seeds)) < 0.4, 60, 5) + chance.standard_normal((4, seeds)))


def _unequal(chance: np.random.Generator, seeds: int) -> list[list[float]]:
    spreads = chance.permutation([0.3, 1.0, 5.0, 15.0])[:, None]
    return _shares(40 + spreads * chance.standard_normal((4, seeds)))


def _diverging(chance: np.random.Generator, seeds: int) -> list[list[float]]:
    errors = np.array(_same(chance, seeds))
    errors[chance.random(errors.shape) < 1 / 3] = np.nan
    return errors.tolist()


def _fitted(chance: np.random.Generator, seeds: int) -> list[list[float]]:
    return (100 * chance.poisson(0.2, (4, seeds)) / IMAGES["training"]).tolist()


def _apart(chance: np.random.Generator, seeds: int) -> list[list[float]]:
    return _shares(3 + np.linspace(0, 0.6, 4)[:, None] + 0.3 * chance.standard_normal((4, seeds)))


def _digits(chance: np.random.Generator, seeds: int) -> list[list[float]]:
    means, spreads = np.array(DIGITS).T[..., None]
    return _shares(means + spreads * chance.standard_normal((4, seeds)))


def _digits_wide(chance: np.random.Generator, seeds: int) -> list[list[float]]:
    means = np.array(DIGITS).T[0][:, None]
    return _shares(means + 15 * chance.standard_normal((4, seeds)))


def _slow(chance: np.random.Generator, seeds: int) -> list[list[float]]:
    return _shares(20 + np.arange(4)[:, None] + 1.5 * chance.standard_normal((4, seeds)))


def _ref(series: str, depth: int, seed: int, *, lost: bool) -> RunRef:
    name = f"{series}-{depth}"
    return RunRef(
        name=f"{name} · digits · seed {seed}",
        group=name,
        series=series,
        place=float(depth),
        state=TrialState.FAILED if lost else TrialState.FINISHED,
        values={"model": series, "depth": depth, "seed": seed},
        fingerprint=f"{name}/{seed}",
        words=(),
        fault="diverged" if lost else None,
    )
