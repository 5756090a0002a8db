"""How long are the paths that carry the gradient? Told in sentences, with intervals over seeds."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from depthlab.questions.decisive import Decisive, of_compared
from depthlab.questions.grouping import grouped
from depthlab.questions.paths.comparisons import FAMILIES, average_length, compare_lengths, compare_nearby, counts_by
from depthlab.questions.paths.effective_paths import LengthRange, shortest_range
from depthlab.questions.paths.effective_training import compare_training
from depthlab.questions.paths.record import EffectiveTraining, PathRun, PathsRecord
from depthlab.questions.wording import counted, interval_text, lost_runs, lost_sentence, seeds_text
from depthlab.records import Compared, Interval
from depthlab.statistics import is_significant, t_interval

MANY = 0.95  # share of all paths that is told by a range of lengths
ALL = 0.9995  # what is shown as 100 %
ONE_PATH = "one path alone in"
NOT_EXACT = "the gradient was not computed by exact path length in"


def judge(record: PathsRecord) -> PathsRecord:
    """Return the record with its comparisons and its verdict, the answer in a few words first."""
    groups = grouped(record.runs, lambda run: run.network)
    shorter = compare_lengths(record.runs)
    training = compare_training(record.training, record.trained.get("test", 0))
    nearby = compare_nearby(record.runs)
    compared = {one.a: one for one in shorter}
    sentences = [_headline(groups, compared)]
    for name, same in groups.items():
        sentences += _tell_network(name, same, compared.get(name))
    sentences += [_tell_training(one) for one in training]
    sentences += [record.note] if record.note else []
    sentences += [told for one in nearby if (told := _tell_nearby(one))]
    sentences += lost_sentence(lost_runs(record.about.runs))
    about = replace(record.about, verdict=tuple(sentences))
    return replace(record, about=about, shorter=shorter, training=training, nearby=nearby)


def decisive(record: PathsRecord) -> list[Decisive]:
    """Return what the verdict rests on: the mean length by the gradient, and what training on effective paths does."""
    trained = [
        Decisive(
            f"{one.network} on effective paths",
            found,
            ((one.network,),) * max(1, len(found.parts)),
            measure=one.compared.measure,
            p=one.compared.p_holm,
        )
        for one in record.training
        if (found := one.compared.comparison) is not None
    ]
    return [*of_compared(record.shorter, "of length"), *trained]


def how_many(paths: int) -> str:
    """Write a number of paths: as it is while it is small, else as a power of two or to three digits."""
    if paths < 10**6:
        return f"{paths:,}"
    if paths & (paths - 1) == 0:
        return f"2^{paths.bit_length() - 1}"
    return f"{Decimal(paths):.3g}".replace("E+", "e+").replace("e+", " · 10^")


def percent(share: float) -> str:
    """Write a share in percent, with as many digits as say something."""
    return "100 %" if ALL <= share <= 1 else f"{100 * share:.3g} %"


def exact_range(same: Sequence[PathRun]) -> LengthRange | None:
    """Return the lengths that make up most of the gradient, by the mean shares over seeds."""
    found = [run.by_length for run in same if run.by_length is not None]
    return shortest_range(found[0].lengths, found[0].paths, _means([one.shares for one in found])) if found else None


def sampled_range(same: Sequence[PathRun]) -> LengthRange | None:
    """Return the lengths that carry most of number of paths times norm, by its mean over seeds."""
    weights = _means([run.effective.weights for run in same if run.effective is not None])
    sampled = next((run.gradients.lengths for run in same if run.gradients is not None), ())
    if not weights:
        return None
    return shortest_range([one.length for one in sampled], [one.paths for one in sampled], weights)


def _headline(groups: dict[str, list[PathRun]], compared: dict[str, Compared]) -> str:
    """Write the answer in a few words: `The gradient comes along paths shorter than the average in resnet-56; ...`."""
    kinds = grouped(groups, lambda name: _kind(groups[name], compared.get(name)))
    last = [(kind, kinds.pop(kind)) for kind in (ONE_PATH,) if kind in kinds]
    text = "; ".join(f"{kind} {', '.join(names)}" for kind, names in (*kinds.items(), *last) if kind)
    return f"{text[:1].upper()}{text[1:]}." if text else "No network here has several paths that could be compared."


def _kind(same: Sequence[PathRun], one: Compared | None) -> str:
    if one is None or one.comparison is None:
        if same[0].lengths is None:
            return ""
        return ONE_PATH if sum(same[0].lengths.branches) == 1 else NOT_EXACT
    if one.comparison.method == "none":
        return "no test, one seed, of" if min(one.comparison.n) == 1 else "no test, equal seeds, of"
    if not is_significant(one.p_holm):
        return "neither shorter nor longer paths than the average shown in"
    length = "shorter" if one.comparison.difference < 0 else "longer"
    return f"the gradient comes along paths {length} than the average in"


def _tell_network(name: str, same: Sequence[PathRun], compared: Compared | None) -> list[str]:
    first = same[0]
    if first.lengths is None:
        return [f"{name}: {first.note}."]
    by = compared.measure if compared is not None else "branches"
    counts = counts_by(first, by)
    total = sum(counts)
    if total == 1:
        return [f"{name} has one path, through all of its {len(counts) - 1} branches: nothing to compare."]
    many = shortest_range(range(len(counts)), counts, [float(Fraction(count, total)) for count in counts], MANY)
    those = "all" if many.carried >= ALL else f"{percent(many.carried)} of them"
    average = f"{average_length(counts):.3g}"
    lengths = f"{name} has {how_many(total)} paths, of {average} {by} on average; {those} go through "
    return [
        f"{lengths}{many.low} to {many.high}.",
        *([_tell_exact(name, same, compared)] if compared is not None else []),
        *_tell_sampled(name, same, by),
    ]


def _tell_exact(name: str, same: Sequence[PathRun], compared: Compared) -> str:
    most, tested = exact_range(same), compared.comparison
    assert most is not None and tested is not None and compared.mean_a is not None and compared.mean_b is not None
    interval = tested.interval and Interval(
        tested.interval.low + compared.mean_b, tested.interval.high + compared.mean_b, tested.interval.level
    )
    told = interval_text(interval, counted(min(tested.n), "seed"), "{:.3g}".format)
    text = (
        f"{name}: weighted by their part in the gradient at the first unit, paths have {compared.mean_a:.3g} "
        f"{compared.measure} on average ({told}); {most.low} to {most.high} {compared.measure}, "
        f"{percent(most.paths)} of all paths, make up {percent(most.carried)} of it."
    )
    return text if is_significant(compared.p_holm) else f"{text} {compared.enough}"


def _tell_sampled(name: str, same: Sequence[PathRun], by: str) -> list[str]:
    most, effective = sampled_range(same), [run.effective for run in same if run.effective is not None]
    if most is None:
        return []
    times = [one.times_whole for one in effective if one.times_whole is not None]
    slopes = [one.slope for one in effective if one.slope is not None]
    text = (
        f"{name}: of the number of paths times the norm along one (Veit et al. 2016), {percent(most.carried)} is at "
        f"{most.low} to {most.high} {by}, with a mean of {sum(one.mean for one in effective) / len(effective):.3g}"
    )
    if times:
        text += f"; paths cancel: these norms add up to {sum(times) / len(times):.3g} times the gradient"
    if slopes:
        mean, interval = sum(slopes) / len(slopes), t_interval(slopes) if len(slopes) > 1 else None
        factors = interval and Interval(10**interval.low, 10**interval.high, interval.level)
        one_more = "branch" if by == "branches" else "layer"
        text += f". Over these lengths a further {one_more} multiplies the norm along a path by {10**mean:.3g}"
        text += _in_brackets(factors, counted(len(slopes), "seed"))
    return [f"{text}."]


def _tell_training(one: EffectiveTraining) -> str:
    """Write what training on effective paths does to the test error."""
    found = one.compared.comparison
    begin = f"{one.network} trained with {one.active_units} of {one.units} units in each batch"
    if found is None or one.compared.mean_a is None or one.compared.mean_b is None:
        return f"{begin}: nothing to compare, as a side has no run."
    errors = f"has a test error of {one.compared.mean_a:.2f} %, trained whole {one.compared.mean_b:.2f} %"
    if found.method == "none" or one.compared.p_holm is None:
        return f"{begin} {errors}: {found.note}. {one.compared.enough}"
    told = _in_brackets(found.interval, seeds_text(found.n))
    if not is_significant(one.compared.p_holm):
        return f"{begin} {errors}: {found.difference:+.2f} points{told}, no difference shown. {one.compared.enough}"
    better = "better" if found.difference < 0 else "worse"
    return f"{begin} {errors}: {abs(found.difference):.2f} points {better}{told}."


def _tell_nearby(one: Compared) -> str:
    found = one.comparison
    if found is None or one.mean_a is None or one.mean_b is None:
        return ""
    moment = "initial" if one.family == FAMILIES["initial"] else "final"
    begin = (
        f"At the {moment} weights gradients at neighboring inputs have a correlation of {one.mean_a:z.2f} in "
        f"{one.a} and {one.mean_b:z.2f} in {one.b}"
    )
    if one.p_holm is None:
        return f"{begin}: {found.note}. {one.enough}"
    told = _in_brackets(found.interval, f"of the difference, {seeds_text(found.n)}", number="{:z.2f}".format)
    if not is_significant(one.p_holm):
        return f"{begin}{told}: no difference shown. {one.enough}"
    return f"{begin}{told}: {'less' if found.difference < 0 else 'more'} alike in {one.a}."


def _means(several: Sequence[Sequence[float]]) -> list[float]:
    return [sum(values) / len(values) for values in zip(*several, strict=True)]


def _in_brackets(interval: Interval | None, over: str, number: Callable[[float], str] = "{:.3g}".format) -> str:
    return "" if interval is None else f" ({interval_text(interval, over, number)})"
