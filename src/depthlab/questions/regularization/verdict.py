"""What does each regularizer change, and does that depend on depth and width? Computed from runs, told in sentences.

The verdict rests on the test error. The gap, test error less training error of the final weights, says how much a
network does better on images that it has seen: a regularizer may narrow it by doing worse on those alone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, final

from depthlab.questions.grouping import grouped
from depthlab.questions.regularization.record import Factor, FactorialRun, RegularizationRecord
from depthlab.questions.wording import interval_text, lost_runs, lost_sentence, points, together
from depthlab.records import Anova, Change, FactorialAxis, RunRef
from depthlab.statistics import LEVEL, holm, is_significant
from depthlab.statistics.anova import Factorial, analyze, change, factorial

TEST, GAP, TRAINING, CALIBRATION, LOSS = "test error", "gap", "training error", "calibration error", "test loss"

MEASURES: dict[str, tuple[str, Callable[[FactorialRun], float | None]]] = {
    TEST: ("points", lambda one: one.run.test_error),
    GAP: ("points", lambda one: one.run.test_error - one.run.train_error),
    TRAINING: ("points", lambda one: one.run.train_error),
    CALIBRATION: ("points", lambda one: 100 * one.calibration.expected_error if one.calibration else None),
    LOSS: ("nats", lambda one: one.calibration.loss if one.calibration else None),
}


@final
@dataclass(frozen=True)
class Judged:
    """What follows from the runs: tables and changes by measure, the answer in a few words, and in sentences."""

    anovas: tuple[Anova, ...]
    effects: tuple[Change, ...]
    headline: str
    verdict: tuple[str, ...]


def judge(record: RegularizationRecord) -> RegularizationRecord:
    """Return the record with its analyses of variance, the changes by each factor, and the verdict."""
    judged = judge_factorial(record.factors, record.axes, record.about.runs, record.measured)
    about = replace(record.about, verdict=(judged.headline, *judged.verdict))
    return replace(record, about=about, anovas=judged.anovas, effects=judged.effects)


def judge_factorial(
    factors: Sequence[Factor], axes: Sequence[FactorialAxis], refs: Sequence[RunRef], runs: Sequence[FactorialRun]
) -> Judged:
    """Analyze every measure of the finished runs, and say what follows.

    Args:
        factors: The regularizers.
        axes: Of the factorial; axes at one level are left out, among the finished runs too.
        refs: All runs that were asked for.
        runs: What the finished ones found.
    """
    there = _varying(axes, runs)
    anovas, effects = [], []
    for measure, (unit, value) in MEASURES.items():
        known = [(one.levels, number) for one in runs if (number := value(one)) is not None]
        if not known or not there or len(_varying(there, [one for one in runs if value(one) is not None])) < len(there):
            continue
        data = factorial(there, [levels for levels, _ in known], [number for _, number in known])
        anovas.append(analyze(data, measure, unit))
        effects += _changes(data, measure, [factor.name for factor in factors])
    verdict = tell(factors, effects, anovas, lost_runs(refs))
    return Judged(tuple(anovas), tuple(effects), headline(factors, effects), verdict)


def headline(factors: Sequence[Factor], effects: Sequence[Change]) -> str:
    """Return the answer in a few words: `weight_decay lowers the test error; no change shown for dropout.`"""
    groups = grouped((factor.name for factor in factors), lambda name: _outcome(find(effects, TEST, name)))
    words = {
        "lowers": "{} lower{s} the test error",
        "raises": "{} raise{s} the test error",
        "open": "no change of the test error shown for {}",
        "point": "no claim on {}",
        "nothing": "nothing to compare for {}",
    }
    parts = [
        text.format(together(groups[key]), s="" if len(groups[key]) > 1 else "s")
        for key, text in words.items()
        if key in groups
    ]
    text = "; ".join(parts) or "there is nothing to compare"
    if not text.startswith(tuple(factor.name for factor in factors)):  # names of keys are left as they are
        text = text[:1].upper() + text[1:]
    return f"{text}."


def tell(
    factors: Sequence[Factor], effects: Sequence[Change], anovas: Sequence[Anova], lost: Mapping[str, str]
) -> tuple[str, ...]:
    """Return the verdict: a sentence for each factor, then interactions, what can't be claimed, what is missing."""
    sentences = [text for factor in factors for text in _factor_sentences(factor, effects)]
    sentences += _interaction_sentences(effects)
    if anovas and anovas[0].note:
        sentences.append(f"No test: {anovas[0].note}.")
    if anovas and not anovas[0].balanced:
        table = anovas[0]
        sentences.append(
            f"The design is unbalanced: of {table.cells} cells {table.empty} are empty, the others have {table.fewest} "
            f"to {table.most} runs. Changes are least-squares estimates, and where runs can't tell one it is left out."
        )
    return (*sentences, *lost_sentence(lost))


def find(effects: Iterable[Change], measure: str, axis: str, at: Mapping[str, Any] | None = None) -> Change | None:
    """Return a factor's change of a measure, over all cells or at a level of another axis; None if there is none."""
    same = (one for one in effects if (one.measure, one.axis, one.at) == (measure, axis, dict(at or {})))
    return next((one for one in same if not one.less), None)


def interactions(effects: Iterable[Change], measure: str) -> list[Change]:
    """Return how much a measure's changes depend on other axes: that at the last level less that at the first."""
    return [one for one in effects if one.measure == measure and one.less]


def _varying(axes: Sequence[FactorialAxis], runs: Sequence[FactorialRun]) -> list[FactorialAxis]:
    """Return the axes with the levels that runs have; those with several."""
    found = []
    for axis in axes:
        levels = tuple(level for level in axis.levels if any(one.levels[axis.name] == level for one in runs))
        if len(levels) > 1:
            found.append(FactorialAxis(axis.name, levels))
    return found


def _changes(data: Factorial, measure: str, factors: Sequence[str]) -> list[Change]:
    """Return the main changes, those at each level of each other axis, and the interactions; each corrected apart."""
    there = [axis.name for axis in data.axes if axis.name in factors]
    main = [change(data, measure, name, level=LEVEL) for name in there]
    simple, apart = [], []
    for number, name in enumerate(there):
        for axis in data.axes:
            if axis.name == name:
                continue
            simple += [change(data, measure, name, at={axis.name: level}, level=LEVEL) for level in axis.levels]
            if axis.name not in there[:number]:  # of two factors it is the same either way round
                at, less = {axis.name: axis.levels[-1]}, {axis.name: axis.levels[0]}
                apart.append(change(data, measure, name, at=at, less=less, level=LEVEL))
    return [*_corrected(main), *simple, *_corrected(apart)]


def _corrected(family: Sequence[Change]) -> list[Change]:
    corrected = holm(one.p for one in family)
    return [replace(one, p_holm=p) for one, p in zip(family, corrected, strict=True)]


def _outcome(one: Change | None) -> str:
    if one is None or one.difference is None:
        return "nothing"
    if one.p_holm is None:
        return "point"
    if not is_significant(one.p_holm):
        return "open"
    return "lowers" if one.difference < 0 else "raises"


def _factor_sentences(factor: Factor, effects: Sequence[Change]) -> list[str]:
    main, gap, loss = (find(effects, measure, factor.name) for measure in (TEST, GAP, CALIBRATION))
    if main is None or main.difference is None:
        return [f"{factor.name}: its effect can't be told from the runs that came to their end."]
    name = _named(factor)
    outcome, size = _outcome(main), points(abs(main.difference))
    if outcome == "point":
        text = f"{name} changes the test error by {points(main.difference)} points: a point, no claim"
    elif outcome == "open":
        text = f"{name} changes the test error by {points(main.difference)} points ({_sure(main)}): no change shown"
    else:
        text = f"{name} {outcome} the test error by {size} points ({_sure(main)})"
    training = find(effects, TRAINING, factor.name)
    measures = [("gap between training and test error", gap), ("expected calibration error", loss)]
    if training is not None and training.difference == 0:  # then the gap's numbers are those of the test error
        text += ", and the training error not at all, so that the gap between them changes as the test error does"
        del measures[0]
    others = [
        f"the {what} by {points(one.difference)} points ({_sure(one)})"
        for what, one in measures
        if one is not None and one.difference is not None and one.p is not None
    ]
    return [f"{text}; it changes {' and '.join(others)}." if others else f"{text}."]


def _named(factor: Factor) -> str:
    if isinstance(factor.on, bool):
        return factor.name
    if factor.off:
        return f"{factor.name} from {factor.off:g} to {factor.on:g}"
    return f"{factor.name} at {factor.on:g}"


def _interaction_sentences(effects: Sequence[Change]) -> list[str]:
    found, quiet = [], []
    for one in interactions(effects, TEST):
        ((axis, high),), ((_, low),) = one.at.items(), one.less.items()
        if one.p_holm is None or one.difference is None:
            continue
        if not is_significant(one.p_holm):
            quiet.append(f"{one.axis} × {axis}")
            continue
        ends = [find(effects, TEST, one.axis, {axis: level}) for level in (low, high)]
        told = " and ".join(
            f"by {points(end.difference)} points at {axis} {level}"
            for end, level in zip(ends, (low, high), strict=True)
            if end is not None and end.difference is not None
        )
        found.append(
            f"What {one.axis} does depends on {axis}: it changes the test error {told} (difference {_sure(one, True)})."
        )
    if quiet:
        found.append(f"No interaction shown in the test error: {', '.join(quiet)}.")
    return found


def _sure(one: Change, with_difference: bool = False) -> str:
    assert one.difference is not None
    parts = [f"{points(one.difference)} points"] if with_difference else []
    if one.interval is not None:
        parts.append(interval_text(one.interval))
    if one.p_holm is not None:
        parts.append(f"p = {one.p_holm:.2g}")
    return ", ".join(parts)
