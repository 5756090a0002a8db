"""Kinds of parts against the skeleton's own, at equal cost and over the same seeds."""

from collections.abc import Mapping, Sequence

from depthlab.questions.compared import TEST, TRAINING, compare_networks
from depthlab.questions.kernels.record import KindNetwork
from depthlab.records import Compared, MeasuredRun, RunRef

LEVEL = 0.05  # of p-values that are corrected over the kinds of a slot
FAR = 10.0  # percent of the budget from which on a mismatch is told in the verdict


def compare_kinds(
    networks: Sequence[KindNetwork], refs: Sequence[RunRef], runs: Sequence[MeasuredRun]
) -> tuple[Compared, ...]:
    """Compare each kind with the skeleton, by test and by training error; p-values are corrected slot by slot."""
    stands = {ref.group: ref for ref in refs}
    skeleton = stands[networks[0].network]
    found: list[Compared] = []
    for measure in (TEST, TRAINING):
        for slot in slots_of(networks):
            kinds = [stands[one.network] for one in networks if one.slot == slot and one.network in stands]
            family = f"{slot}: {measure}"
            found += compare_networks(family, measure, [(kind, skeleton) for kind in kinds], runs)
    return tuple(found)


def slots_of(networks: Sequence[KindNetwork]) -> list[str]:
    """Return the slots that vary, in order."""
    return list(dict.fromkeys(one.slot for one in networks if one.slot))


def tell_kinds(
    networks: Sequence[KindNetwork], compared: Sequence[Compared], lost: Mapping[str, str]
) -> tuple[str, ...]:
    """Return what follows, a sentence or two for each slot; `lost` maps networks to what their runs ended by."""
    said = [_tell_slot(slot, networks, compared) for slot in slots_of(networks)]
    far = [f"{one.network} {one.mismatch:+.0f} %" for one in networks if abs(one.mismatch) >= FAR]
    if far:
        said.append(f"Far from equal in cost, as no width is nearer: {', '.join(far)}.")
    said += [f"{network}: {ends}; they are in no mean." for network, ends in lost.items()]
    return tuple(said)


def _tell_slot(slot: str, networks: Sequence[KindNetwork], compared: Sequence[Compared]) -> str:
    names = {one.network: one.kind for one in networks}
    ours = [one for one in compared if one.measure == TEST and one.family == f"{slot}: {TEST}"]
    skeleton = networks[0].network
    known = [one for one in ours if one.mean_a is not None and one.mean_b is not None]
    if not known:
        return f"{slot.capitalize()}: no run has a result to compare."
    if all(one.comparison is None or one.comparison.p is None for one in known):
        points = ", ".join(f"{names[one.a]} {_difference(one):+.2g}" for one in known)
        return f"{slot.capitalize()}: one seed, so no claim; test errors less that of {skeleton}, in points: {points}."
    clear = [one for one in known if one.p_holm is not None and one.p_holm < LEVEL]
    if not clear:
        return (
            f"{slot.capitalize()}: no kind's test error can be told from that of {skeleton} by these seeds "
            f"({', '.join(_with_interval(one, names) for one in known)}; points, 95 %)."
        )
    rest = [names[one.a] for one in known if one not in clear]
    others = f"; {', '.join(rest)} can't be told from it" if rest else ""
    return (
        f"{slot.capitalize()}: test error less that of {skeleton}, in points with 95 % intervals: "
        f"{', '.join(_with_interval(one, names) for one in clear)}{others}."
    )


def _difference(one: Compared) -> float:
    assert one.mean_a is not None and one.mean_b is not None
    return one.mean_a - one.mean_b


def _with_interval(one: Compared, names: dict[str, str]) -> str:
    interval = one.comparison.interval if one.comparison is not None else None
    bounds = "" if interval is None else f" ({interval.low:+.2g} to {interval.high:+.2g})"
    return f"{names[one.a]} {_difference(one):+.2g}{bounds}"
