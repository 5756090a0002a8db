"""How long are the paths that carry the gradient? Told in sentences, with intervals over seeds and over draws."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from depthlab.questions.grouping import grouped
from depthlab.questions.paths.comparisons import FAMILIES, compare_nearby, over_seeds
from depthlab.questions.paths.effective_paths import shortest_range
from depthlab.questions.paths.effective_training import compare_training
from depthlab.questions.paths.record import Effective, EffectiveTraining, PathRun, PathsRecord
from depthlab.questions.wording import counted, interval_text, lost_runs, lost_sentence, seeds_text
from depthlab.records import Compared, Interval
from depthlab.statistics import is_significant

MANY = 0.95  # share of all paths that is told by a range of lengths
ALL = 0.9995  # what is shown as 100 %


def judge(record: PathsRecord) -> PathsRecord:
    """Return the record with its comparisons and its verdict, the answer in a few words first."""
    groups = grouped(record.runs, lambda run: run.network)
    training, nearby = compare_training(record.training), compare_nearby(record.runs)
    sentences = [headline(groups)]
    for name, same in groups.items():
        sentences += _of_network(name, same)
    sentences += [tell_training(one) for one in training]
    sentences += [record.note] if record.note else []
    sentences += _tell_nearby(nearby)
    if groups and max(map(len, groups.values())) == 1:
        sentences.append("One seed of each network: a point, no claim; intervals are over draws of paths alone.")
    sentences += lost_sentence(lost_runs(record.about.runs))
    return replace(record, about=replace(record.about, verdict=tuple(sentences)), training=training, nearby=nearby)


def headline(groups: Mapping[str, Sequence[PathRun]]) -> str:
    """Return the answer in a few words: `The gradient comes along short paths in resnet-56; ...`."""
    kinds: dict[str, list[str]] = {}
    for name, same in groups.items():
        if kind := _kind(same):
            kinds.setdefault(kind, []).append(name)
    text = "; ".join(f"{kind} {', '.join(names)}" for kind, names in kinds.items())
    return f"{text[:1].upper()}{text[1:]}." if text else "No network here has several paths that could be compared."


def average_length(counts: Sequence[int]) -> float:
    """Return the mean length over all paths, each counted once."""
    return float(Fraction(sum(length * count for length, count in enumerate(counts)), sum(counts)))


def counts_by(run: PathRun, by: str) -> tuple[int, ...]:
    """Return how many paths have which length, counted in branches or in layers."""
    assert run.lengths is not None
    return run.lengths.layers if by == "layers" else run.lengths.branches


def shorter(same: Sequence[PathRun]) -> tuple[list[float], Interval | None]:
    """Return by how much effective paths are shorter than the average one, of each seed, and the mean's interval."""
    found = [
        average_length(counts_by(run, run.effective.by)) - run.effective.mean
        for run in same
        if run.effective is not None
    ]
    return found, over_seeds(found)


def how_many(paths: int) -> str:
    """Write a number of paths: as it is while it is small, else as a power of two or to three digits."""
    if paths < 10**6:
        return f"{paths:,}"
    if paths & (paths - 1) == 0:
        return f"2^{paths.bit_length() - 1}"
    return f"{Decimal(paths):.3g}".replace("E+", "e+").replace("e+", " · 10^")


def percent(share: float) -> str:
    """Write a share in percent, with as many digits as say something."""
    value = 100 * share
    return f"{value:.3g} %" if share < ALL else "100 %"


def _kind(same: Sequence[PathRun]) -> str:
    found, interval = shorter(same)
    if not found:
        return "" if any(run.note for run in same) else "one path alone in"
    if interval is None:
        return "no claim, one seed, on"
    if interval.low > 0:
        return "the gradient comes along shorter paths than most in"
    return "the gradient comes along longer paths than most in" if interval.high < 0 else "not shown in"


def _of_network(name: str, same: Sequence[PathRun]) -> list[str]:
    first = same[0]
    if first.lengths is None:
        return [f"{name}: {first.note}."]
    effective = [run.effective for run in same if run.effective is not None]
    by = effective[0].by if effective else "branches"
    counts = counts_by(first, by)
    total = sum(counts)
    if total == 1:
        return [f"{name} has one path, through all of its {len(counts) - 1} branches: nothing to compare."]
    low, high = shortest_range([float(Fraction(count, total)) for count in counts], MANY)
    inside = percent(float(Fraction(sum(counts[low : high + 1]), total)))
    those = "all" if inside == percent(1.0) else f"{inside} of them"
    lengths = f"{name} has {how_many(total)} paths; {those} go through {low} to {high} {by}"
    if not effective:
        return [f"{lengths}."]
    average = average_length(counts)
    return [f"{lengths}.", _tell_effective(name, effective, average), _tell_slope(name, effective)]


def _tell_effective(name: str, effective: Sequence[Effective], average: float) -> str:
    low, high = _span([one.low for one in effective]), _span([one.high for one in effective])
    shares = dict.fromkeys(percent(pick(one.paths for one in effective)) for pick in (min, max))
    means = [one.mean for one in effective]
    mean, interval = sum(means) / len(means), over_seeds(means)
    over = counted(len(means), "seed")
    if interval is None:
        interval, over = effective[0].mean_interval, "draws of paths"
    carried = min(one.carried for one in effective)
    part = f"at least {percent(carried)}" if carried < ALL else "all"
    return (
        f"{name}: {part} of the gradient's magnitude at the first unit comes along paths of {low} to {high} "
        f"{effective[0].by}, {' to '.join(shares)} of all paths; their mean length, weighted so, is "
        f"{mean:.2f}{_in_brackets(interval, over)}, that of all paths {average:.4g}."
    )


def _tell_slope(name: str, effective: Sequence[Effective]) -> str:
    slopes = [one.slope for one in effective if one.slope is not None]
    one_more = "branch" if effective[0].by == "branches" else "layer"
    if not slopes:
        return f"{name}: too few effective lengths to say how the norm goes with length."
    mean = sum(slopes) / len(slopes)
    interval, over = over_seeds(slopes), counted(len(slopes), "seed")
    if interval is None:
        interval, over = effective[0].slope_interval, "draws of paths"
    factors = None if interval is None else Interval(10**interval.low, 10**interval.high, interval.level)
    told = _in_brackets(factors, over)
    text = f"{name}: over these lengths a further {one_more} multiplies the norm by {10**mean:.3g}{told}"
    if len(slopes) < 2 or interval is None:
        return f"{text}: a point, no claim."
    if interval.high < 0:
        return f"{text}: it falls with length."
    return f"{text}: it rises with length." if interval.low > 0 else f"{text}: no claim that it falls or rises."


def tell_training(one: EffectiveTraining) -> str:
    """Return what training on effective paths does to the test error."""
    found = one.compared.comparison
    begin = f"{one.network} trained with {one.active_units} of {one.units} units in each batch"
    if found is None or one.compared.mean_a is None or one.compared.mean_b is None:
        return f"{begin}: nothing to compare, as a side has no run."
    errors = f"has a test error of {one.compared.mean_a:.2f} %, trained whole {one.compared.mean_b:.2f} %"
    told = _in_brackets(found.interval, seeds_text(found.n))
    if found.method == "none" or one.compared.p_holm is None:
        return f"{begin} {errors}: {'a point, no claim' if min(found.n) == 1 else found.note}."
    if not is_significant(one.compared.p_holm):
        return f"{begin} {errors}: {found.difference:+.2f} points{told}, no difference shown. {one.compared.enough}"
    better = "better" if found.difference < 0 else "worse"
    return f"{begin} {errors}: {abs(found.difference):.2f} points {better}{told}."


def _tell_nearby(nearby: Sequence[Compared]) -> list[str]:
    sentences = []
    for one in nearby:
        found = one.comparison
        if found is None or one.mean_a is None or one.mean_b is None:
            continue
        moment = "initial" if one.family == FAMILIES["initial"] else "final"
        begin = (
            f"At the {moment} weights gradients at neighboring inputs have a correlation of {one.mean_a:z.2f} in "
            f"{one.a} and {one.mean_b:z.2f} in {one.b}"
        )
        told = _in_brackets(found.interval, "of the difference", number="{:z.2f}".format)
        if one.p_holm is None:
            sentences.append(f"{begin}: a point, no claim.")
        elif not is_significant(one.p_holm):
            sentences.append(f"{begin}{told}: no difference shown.")
        else:
            less = "less" if found.difference < 0 else "more"
            sentences.append(f"{begin}{told}: {less} alike in {one.a}.")
    return sentences


def _in_brackets(interval: Interval | None, over: str, number: Callable[[float], str] = "{:.3g}".format) -> str:
    return "" if interval is None else f" ({interval_text(interval, over, number)})"


def _span(values: Sequence[int]) -> str:
    """Write a number, or from where to where it goes over the seeds."""
    return str(values[0]) if len(set(values)) == 1 else f"{min(values)}-{max(values)}"
