"""How long are the paths that carry the gradient? Told in sentences, with intervals over seeds and over draws."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from depthlab.questions.paths.comparisons import FAMILIES, by_network, over_seeds
from depthlab.questions.paths.effective_paths import shortest_range
from depthlab.questions.paths.record import EffectiveTraining, PathRun
from depthlab.records import Compared, Interval
from depthlab.statistics import LEVEL

MANY = 0.95  # share of all paths that is told by a range of lengths
ALL = 0.9995  # what is shown as 100 %


def tell_paths(
    runs: Sequence[PathRun],
    training: Sequence[EffectiveTraining],
    nearby: Sequence[Compared],
    lost: Mapping[str, str],
    *,
    note: str = "",
) -> tuple[str, ...]:
    """Return the verdict, the answer in a few words first.

    Args:
        runs: What was measured of each run.
        training: Networks trained on their effective paths.
        nearby: Comparisons of gradients at neighboring inputs.
        lost: For each network that lost runs, what became of them.
        note: Why no network was trained on its effective paths, if so.
    """
    groups = by_network(runs)
    sentences = [headline(groups)]
    for name, same in groups.items():
        sentences += _of_network(name, same)
    sentences += [tell_training(one) for one in training]
    sentences += [note] if note else []
    sentences += _tell_nearby(nearby)
    if groups and max(map(len, groups.values())) == 1:
        sentences.append("One seed of each network: a point, no claim; intervals are over draws of paths alone.")
    if lost:
        listed = "; ".join(f"{group}, {text}" for group, text in lost.items())
        sentences.append(f"Not every run came to its end: {listed}. They are in no mean.")
    return tuple(sentences)


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
    measured = [run for run in same if run.effective is not None]
    by = measured[0].effective.by if measured and measured[0].effective is not None else "branches"
    counts = counts_by(first, by)
    total = sum(counts)
    if total == 1:
        return [f"{name} has one path, through all of its {len(counts) - 1} branches: nothing to compare."]
    low, high = shortest_range([float(Fraction(count, total)) for count in counts], MANY)
    inside = percent(float(Fraction(sum(counts[low : high + 1]), total)))
    those = "all" if inside == percent(1.0) else f"{inside} of them"
    lengths = f"{name} has {how_many(total)} paths; {those} go through {low} to {high} {by}"
    if not measured:
        return [f"{lengths}."]
    return [f"{lengths}.", _tell_effective(name, measured, by), _tell_slope(name, measured, by)]


def _tell_effective(name: str, measured: Sequence[PathRun], by: str) -> str:
    effective = [run.effective for run in measured if run.effective is not None]
    low, high = _span([one.low for one in effective]), _span([one.high for one in effective])
    share = f"{percent(min(one.paths for one in effective))}"
    if len(effective) > 1 and percent(max(one.paths for one in effective)) != share:
        share = f"{share} to {percent(max(one.paths for one in effective))}"
    means = [one.mean for one in effective]
    mean, interval = sum(means) / len(means), over_seeds(means)
    told = _told(interval, f"{len(means)} seeds") if interval else _told(effective[0].mean_interval, "draws of paths")
    average = average_length(counts_by(measured[0], by))
    carried = min(one.carried for one in effective)
    part = f"at least {percent(carried)}" if carried < ALL else "all"
    return (
        f"{name}: {part} of the gradient's magnitude at the first unit comes along paths of {low} to {high} {by}, "
        f"{share} of all paths; their mean length, weighted so, is {mean:.2f}{told}, that of all paths {average:.4g}."
    )


def _tell_slope(name: str, measured: Sequence[PathRun], by: str) -> str:
    effective = [run.effective for run in measured if run.effective is not None]
    slopes = [one.slope for one in effective if one.slope is not None]
    one_more = "branch" if by == "branches" else "layer"
    if not slopes:
        return f"{name}: too few effective lengths to say how the norm goes with length."
    mean = sum(slopes) / len(slopes)
    interval, over = over_seeds(slopes), f"{len(slopes)} seeds"
    if interval is None:
        interval, over = effective[0].slope_interval, "draws of paths"
    factors = None if interval is None else Interval(10**interval.low, 10**interval.high, interval.level)
    text = (
        f"{name}: over these lengths a further {one_more} multiplies the norm by {10**mean:.3g}{_told(factors, over)}"
    )
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
    seeds = str(found.n[0]) if found.n[0] == found.n[1] else f"{found.n[0]} and {found.n[1]}"
    told = _told(found.interval, f"{seeds} seeds")
    if found.method == "none" or one.compared.p_holm is None:
        return f"{begin} {errors}: {'a point, no claim' if min(found.n) == 1 else found.note}."
    if one.compared.p_holm >= 1 - LEVEL:
        shown = one.compared.detectable
        could = "" if shown is None else f"; so many seeds show differences from {shown:.2g} points on"
        return f"{begin} {errors}: {found.difference:+.2f} points{told}, no difference shown{could}."
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
        told = _told(found.interval, "of the difference", digits="z.2f")
        if one.p_holm is None:
            sentences.append(f"{begin}: a point, no claim.")
        elif one.p_holm >= 1 - LEVEL:
            sentences.append(f"{begin}{told}: no difference shown.")
        else:
            less = "less" if found.difference < 0 else "more"
            sentences.append(f"{begin}{told}: {less} alike in {one.a}.")
    return sentences


def _told(interval: Interval | None, over: str, digits: str = ".3g") -> str:
    if interval is None:
        return ""
    return f" ({100 * interval.level:.0f} % interval {interval.low:{digits}} to {interval.high:{digits}}, {over})"


def _span(values: Sequence[int]) -> str:
    """Write a number, or from where to where it goes over the seeds."""
    return str(values[0]) if len(set(values)) == 1 else f"{min(values)}-{max(values)}"
