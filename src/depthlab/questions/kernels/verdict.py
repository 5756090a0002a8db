"""Kinds of parts against the skeleton's own, at equal cost and over the same seeds.

Each kind is compared with the skeleton by Welch's test, corrected over the kinds of a slot by Holm's method. Dunnett's
test, made for many against one, takes one spread for all: where the spreads of five kinds run from 0.3 to 15 points it
finds a difference that is not there in 16 to 23 % of studies of three seeds, Holm over Welch in 5 %.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from depthlab.questions.compared import TEST, TRAINING, compare_networks
from depthlab.questions.decisive import Decisive, of_compared
from depthlab.questions.failures import compare_failures, failure_sentences
from depthlab.questions.grouping import grouped
from depthlab.questions.kernels.record import KernelsRecord, VariantNetwork
from depthlab.questions.wording import lost_runs, lost_sentence
from depthlab.records import Compared, MeasuredRun, RunRef
from depthlab.statistics import is_significant, told_level

FAR = 10.0  # percent of the budget from which on the verdict mentions a mismatch


def judge(record: KernelsRecord) -> KernelsRecord:
    """Return the record with its comparisons and its verdict, a sentence for each slot first."""
    networks, refs = record.networks, record.about.runs
    compared = compare_variants(networks, refs, record.measured, record.trained)
    runs = grouped(refs, lambda ref: ref.group)
    skeleton, *variants = [one.network for one in networks]
    failures = compare_failures((name, runs.get(name, ()), skeleton, runs.get(skeleton, ())) for name in variants)
    verdict = [_slot_sentence(slot, networks, compared) for slot in slots_of(networks)]
    if far := [f"{one.network} {one.mismatch:+.0f} %" for one in networks if abs(one.mismatch) >= FAR]:
        verdict.append(f"Far from equal in cost, as no width is nearer: {', '.join(far)}.")
    verdict += failure_sentences(failures)
    verdict += lost_sentence(lost_runs(refs))
    return replace(record, about=replace(record.about, verdict=tuple(verdict)), compared=compared, failures=failures)


def compare_variants(
    networks: Sequence[VariantNetwork],
    refs: Sequence[RunRef],
    runs: Sequence[MeasuredRun],
    images: Mapping[str, int] | None = None,
) -> tuple[Compared, ...]:
    """Compare each kind with the skeleton, by test and by training error; p-values are corrected slot by slot."""
    ref_of = {ref.group: ref for ref in refs}
    skeleton = ref_of[networks[0].network]
    compared: list[Compared] = []
    for measure in (TEST, TRAINING):
        for slot, variants in _by_slot(networks).items():
            pairs = [(ref_of[one.network], skeleton) for one in variants if one.network in ref_of]
            compared += compare_networks(f"{slot}: {measure}", measure, pairs, runs, images)
    return tuple(compared)


def decisive(record: KernelsRecord) -> list[Decisive]:
    """Return what the verdict rests on: how the test error of each kind differs from the skeleton's."""
    return of_compared(one for one in record.compared if one.measure == TEST)


def slots_of(networks: Sequence[VariantNetwork]) -> list[str]:
    """Return the slots that vary, in order."""
    return list(_by_slot(networks))


def _by_slot(networks: Sequence[VariantNetwork]) -> Mapping[str, list[VariantNetwork]]:
    return grouped((one for one in networks if one.slot), lambda one: one.slot)


def _slot_sentence(slot: str, networks: Sequence[VariantNetwork], compared: Sequence[Compared]) -> str:
    kinds = {one.network: one.kind for one in networks}
    name, skeleton, percent = slot.capitalize(), networks[0].network, f"{100 * told_level():.3g}"
    known = [one for one in compared if one.family == f"{slot}: {TEST}" and one.comparison is not None]
    if not known:
        return f"{name}: no run has a result to compare."

    def listed(some: Sequence[Compared], text: Callable[[Compared], str]) -> str:
        return ", ".join(f"{kinds[one.a]} {text(one)}" for one in some)

    if all(one.comparison is None or one.comparison.p is None for one in known):
        differences = listed(known, _difference)
        return f"{name}: one seed, so no claim; test errors less that of {skeleton}, in points: {differences}."
    clear = [one for one in known if is_significant(one.p_holm)]
    if not clear:
        return (
            f"{name}: no kind's test error is shown to differ from that of {skeleton} "
            f"({listed(known, _with_interval)}; points, simultaneous {percent} % intervals)."
        )
    rest = [kinds[one.a] for one in known if one not in clear]
    others = f"; no difference shown for {', '.join(rest)}" if rest else ""
    return (
        f"{name}: test error less that of {skeleton}, in points with simultaneous {percent} % intervals: "
        f"{listed(clear, _with_interval)}{others}."
    )


def _difference(one: Compared) -> str:
    assert one.mean_a is not None and one.mean_b is not None
    return f"{one.mean_a - one.mean_b:+.2g}"


def _with_interval(one: Compared) -> str:
    interval = one.comparison.interval if one.comparison is not None else None
    return _difference(one) + ("" if interval is None else f" ({interval.low:+.2g} to {interval.high:+.2g})")
