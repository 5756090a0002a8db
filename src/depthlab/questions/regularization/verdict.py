"""What does each regularizer change, and does that depend on depth and width? Computed from runs, told in sentences.

The verdict rests on the test error. The gap, test error less training error of the final weights, says how much a
network does better on images that it has seen: a regularizer may narrow it by doing worse on those alone. Runs that
diverge are in no mean; whether a factor makes them diverge is a question of its own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from depthlab.questions.decisive import Decisive
from depthlab.questions.failures import compare_failures, failure_sentences
from depthlab.questions.grouping import grouped
from depthlab.questions.planning import enough_text
from depthlab.questions.regularization.record import (
    CALIBRATION,
    GAP,
    LOSS,
    TEST,
    TRAINING,
    Factor,
    FactorialRun,
    RegularizationRecord,
)
from depthlab.questions.wording import interval_text, lost_runs, lost_sentence, points, together
from depthlab.records import Calibration, Change, FactorialAxis, FailureComparison
from depthlab.statistics import Factorial, cell_place, change, corrected, factorial, is_significant, variance_floor

MEASURES: dict[str, Callable[[FactorialRun], float | None]] = {
    TEST: lambda one: one.run.test_error,
    GAP: lambda one: one.run.test_error - one.run.train_error,
    TRAINING: lambda one: one.run.train_error,
    CALIBRATION: lambda one: _excess(one.calibration),
    LOSS: lambda one: one.calibration.loss if one.calibration else None,
}
CLAIMS = ("lowers", "raises")
SPLITS = {TEST: ("test",), GAP: ("test", "train"), TRAINING: ("train",)}  # whose errors are in a measure
IMAGES = {"test": "test", "train": "training"}  # as the record names the images of a split


def judge(record: RegularizationRecord) -> RegularizationRecord:
    """Return the record with what each factor changes, which runs diverged, and the verdict.

    Axes at one level, among the finished runs too, are left out.
    """
    effects: list[Change] = []
    axes = _varying(record.axes, record.measured)
    for measure in MEASURES:
        data = _factorial(record, axes, measure)
        if data is not None:
            effects += find_changes(data, measure, [factor.name for factor in record.factors])
    failures = compare_failures(
        (
            _level_text(factor, factor.on),
            [ref for ref in record.about.runs if ref.values.get(factor.key) == factor.on],
            _level_text(factor, factor.off),
            [ref for ref in record.about.runs if ref.values.get(factor.key) == factor.off],
        )
        for factor in record.factors
    )
    verdict = (headline(record.factors, effects), *_tell(record, effects, failures))
    return replace(
        record, about=replace(record.about, verdict=verdict), effects=tuple(effects), failures=tuple(failures)
    )


def decisive(record: RegularizationRecord) -> list[Decisive]:
    """Return what the verdict rests on: the main change of the test error by each factor; networks keep equal seeds."""
    networks = tuple({one.run.network: None for one in record.measured})
    changes = ((factor.name, find(record.effects, TEST, factor.name)) for factor in record.factors)
    return [
        Decisive(name, one.comparison, (networks,) * max(1, len(one.comparison.parts)), measure=TEST, p=one.p_holm)
        for name, one in changes
        if one is not None and one.comparison is not None
    ]


def headline(factors: Sequence[Factor], effects: Sequence[Change]) -> str:
    """Return the answer in a few words: `weight_decay lowers the test error; no change shown for dropout.`"""
    depends = {
        name for one in interactions(effects, TEST) if is_significant(one.p_holm) for name in (one.axis, *one.at)
    }
    groups = grouped(
        (factor.name for factor in factors), lambda name: (_outcome(find(effects, TEST, name)), name in depends)
    )
    words = {
        "lowers": "{} lower{s} the test error",
        "raises": "{} raise{s} the test error",
        "open": "no change in the test error shown for {}",
        "untested": "no claim about {}",
        "nothing": "nothing to compare for {}",
    }
    parts = [
        text.format(together(groups[key, mean]), s="" if len(groups[key, mean]) > 1 else "s")
        + (" on average" if mean and key in CLAIMS else "")
        for key, text in words.items()
        for mean in (False, True)
        if (key, mean) in groups
    ]
    text = "; ".join(parts) or "there is nothing to compare"
    if not text.startswith(tuple(factor.name for factor in factors)):  # names of keys are left as they are
        text = text[:1].upper() + text[1:]
    return f"{text}."


def find(effects: Iterable[Change], measure: str, axis: str, at: Mapping[str, Any] | None = None) -> Change | None:
    """Return a factor's change of a measure, over all cells or at a level of another axis; None if there is none."""
    same = (one for one in effects if (one.measure, one.axis, one.at) == (measure, axis, dict(at or {})))
    return next((one for one in same if not one.less), None)


def interactions(effects: Iterable[Change], measure: str) -> list[Change]:
    """Return how much a measure's changes depend on other axes: that at one level less that at the first."""
    return [one for one in effects if one.measure == measure and one.less]


def _excess(calibration: Calibration | None) -> float | None:
    return None if calibration is None or calibration.excess is None else 100 * calibration.excess


def _varying(axes: Sequence[FactorialAxis], runs: Sequence[FactorialRun]) -> list[FactorialAxis]:
    """Return the axes with the levels that runs have; those with several."""
    found = []
    for axis in axes:
        levels = tuple(level for level in axis.levels if any(one.levels[axis.name] == level for one in runs))
        if len(levels) > 1:
            found.append(FactorialAxis(axis.name, levels))
    return found


def _factorial(record: RegularizationRecord, axes: Sequence[FactorialAxis], measure: str) -> Factorial | None:
    """Return one measure of the runs; None where it wasn't measured, or not at all levels."""
    known = [(one, value) for one in record.measured if (value := MEASURES[measure](one)) is not None]
    if not known or not axes or len(_varying(axes, [one for one, _ in known])) < len(axes):
        return None
    floors = {
        place: sum(
            variance_floor([getattr(one.run, f"{split}_error") for one in runs], record.trained.get(IMAGES[split], 0))
            for split in SPLITS.get(measure, ())
        )
        for place, runs in grouped((one for one, _ in known), lambda one: cell_place(axes, one.levels)).items()
    }
    return factorial(axes, record.twins, [(one.levels, one.run.seed, value) for one, value in known], floors)


def find_changes(data: Factorial, measure: str, factors: Sequence[str]) -> list[Change]:
    """Return the main changes, those at each level of each other axis, and the interactions; each corrected apart."""
    there = [axis.name for axis in data.axes if axis.name in factors]
    main = [change(data, measure, name) for name in there]
    simple, apart = [], []
    for number, name in enumerate(there):
        for axis in data.axes:
            if axis.name == name:
                continue
            simple += [change(data, measure, name, at={axis.name: level}) for level in axis.levels]
            if axis.name not in there[:number]:  # of two factors it is the same either way round
                ordered = all(isinstance(level, int | float) for level in axis.levels)
                for level in axis.levels[-1:] if ordered else axis.levels[1:]:
                    less = {axis.name: axis.levels[0]}
                    apart.append(change(data, measure, name, at={axis.name: level}, less=less))
    return [*_corrected(main), *simple, *_corrected(apart)]


def _corrected(family: Sequence[Change]) -> list[Change]:
    found = corrected(one.comparison for one in family)
    return [replace(one, comparison=told, p_holm=p) for one, (told, p) in zip(family, found, strict=True)]


def _outcome(one: Change | None) -> str:
    if one is None or one.difference is None:
        return "nothing"
    if one.p_holm is None:
        return "untested"
    if not is_significant(one.p_holm):
        return "open"
    return "lowers" if one.difference < 0 else "raises"


def _tell(
    record: RegularizationRecord, effects: Sequence[Change], failures: Sequence[FailureComparison]
) -> tuple[str, ...]:
    """Return a sentence or more for each factor, then interactions, runs that diverged, and what is missing."""
    sentences = [text for factor in record.factors for text in _factor_sentences(factor, effects)]
    sentences += _interaction_sentences(effects)
    notes = dict.fromkeys(
        one.comparison.note for one in effects if one.measure == TEST and one.comparison and one.comparison.note
    )
    sentences += [f"No test: {note}." for note in notes]
    sentences += failure_sentences(failures)
    return (*sentences, *lost_sentence(lost_runs(record.about.runs)))


def _factor_sentences(factor: Factor, effects: Sequence[Change]) -> list[str]:
    main = find(effects, TEST, factor.name)
    if main is None or main.difference is None or main.comparison is None:
        return [f"{factor.name}: its effect can't be estimated from the runs that finished."]
    name = _level_text(factor, factor.on)
    if main.p_holm is None:
        text = f"{name} changes the test error by {points(main.difference)} points, without a test"
    elif _outcome(main) in CLAIMS:
        text = f"{name} {_claim(main, 'the test error')}"
    else:
        text = f"{name} changes the test error by {points(main.difference)} points ({_sure(main)}): no change shown"
    if main.left_out:
        text += f"; this is over {main.combinations - main.left_out} of {main.combinations} combinations of the other "
        text += "axes, as the rest lack runs"
    told = [f"{text}.", *([enough_text(main.comparison)] if main.interval is not None else [])]
    return [*told, *_other_measures(factor, effects)]


def _other_measures(factor: Factor, effects: Sequence[Change]) -> list[str]:
    """Return what is shown of a factor beside the test error, each measure corrected over the factors."""
    training = find(effects, TRAINING, factor.name)
    measures = [("the gap between training and test error", GAP), ("the calibration error beyond chance", CALIBRATION)]
    if training is not None and training.difference == 0:  # then the gap's numbers are those of the test error
        del measures[0]
    found = [(find(effects, measure, factor.name), what) for what, measure in measures]
    shown = [_claim(one, what) for one, what in found if one is not None and _outcome(one) in CLAIMS]
    return [f"{factor.name} {' and '.join(shown)}."] if shown else []


def _claim(one: Change, what: str) -> str:
    """Write a change that is shown, what it is lowered or raised by as a positive number."""
    interval, difference = one.interval, one.difference
    assert interval is not None and difference is not None
    if difference < 0:
        interval = replace(interval, low=-interval.high, high=-interval.low)
    told = f"{interval_text(interval)}, p = {one.p_holm:.2g}"
    return f"{_outcome(one)} {what} by {points(abs(difference))} points ({told})"


def _level_text(factor: Factor, level: Any) -> str:
    """Write a factor at one of its levels: `dropout at 0.3`, `no dropout`, `batch_norm`."""
    if isinstance(level, bool) or level == 0:
        return factor.name if level else f"no {factor.name}"
    return f"{factor.name} at {level:g}" + (f" instead of {factor.off:g}" if level != factor.off and factor.off else "")


def _interaction_sentences(effects: Sequence[Change]) -> list[str]:
    found, quiet = [], []
    for one in interactions(effects, TEST):
        ((axis, high),), ((_, low),) = one.at.items(), one.less.items()
        if one.p_holm is None or one.difference is None or one.comparison is None:
            continue
        if not is_significant(one.p_holm):
            quiet.append(f"{one.axis} × {axis} ({points(one.difference)} points, {interval_text(one.interval)})")
            continue
        ends = [find(effects, TEST, one.axis, {axis: level}) for level in (low, high)]
        told = " and ".join(
            f"by {points(end.difference)} points at {axis} {level}"
            for end, level in zip(ends, (low, high), strict=True)
            if end is not None and end.difference is not None
        )
        difference = f"{points(one.difference)} points, {_sure(one)}"
        found.append(
            f"What {one.axis} does depends on {axis}: it changes the test error {told} (difference {difference})."
        )
    if quiet:
        found.append(f"No interaction shown in the test error: {'; '.join(quiet)}.")
    return found


def _sure(one: Change) -> str:
    return f"{interval_text(one.interval)}, p = {one.p_holm:.2g}"
