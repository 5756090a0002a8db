"""Kinds against the skeleton: who differs is told with intervals, who does not is not called different."""

from depthlab.questions.kernels.verdict import compare_variants, slots_of
from tests.questions.kernels.records import NETWORKS, SEVERAL, kinds, record_of


def told(errors: dict[str, list[float]]) -> tuple[str, ...]:
    return record_of(errors).about.verdict


def test_each_kind_is_compared_with_the_skeleton_within_its_slot() -> None:
    refs, runs = kinds(SEVERAL)
    compared = compare_variants(NETWORKS, refs, runs)
    assert slots_of(NETWORKS) == ["activation", "normalization"]
    assert {one.b for one in compared} == {"resnet-8"} and len(compared) == 8
    gelu = next(one for one in compared if one.a == "activation=gelu" and one.measure == "test error")
    assert gelu.family == "activation: test error" and gelu.comparison is not None
    assert gelu.comparison.method == "welch" and gelu.comparison.difference < -1.9
    # of two in the family, the smaller p doubles
    assert gelu.p_holm is not None and gelu.comparison.p is not None
    others = [one for one in compared if one.family == gelu.family and one.a != gelu.a]
    assert others[0].comparison is not None and others[0].comparison.p is not None
    smaller = min(gelu.comparison.p, others[0].comparison.p)
    assert min(gelu.p_holm, others[0].p_holm or 1.0) == 2 * smaller


def test_the_verdict_names_who_differs_and_who_can_not_be_told_apart() -> None:
    activation, normalization, far, failures, lost = told(SEVERAL)
    assert activation.startswith(
        "Activation: test error less that of resnet-8, in points with simultaneous 95 % intervals: gelu -2"
    )
    assert "tanh +4" in activation and "no difference" not in activation
    assert normalization.startswith("Normalization: no kind's test error is shown to differ from that of resnet-8")
    assert far == "Far from equal in cost, as no width is nearer: normalization=none -12 %."
    assert failures == (
        "1 of 3 runs with normalization=none diverged, and 0 of 3 with resnet-8: no difference shown (Fisher's exact "
        "test, p = 1)."
    )
    assert lost == (
        "Not every run came to its end: normalization=none, 1 of 3 runs: diverged. They are in no mean, which flatters "
        "networks that diverge."
    )


def test_what_is_clear_of_one_kind_alone_is_not_of_one_among_two() -> None:
    base, more = SEVERAL["resnet-8"], 0.833  # p = 0.04, and twice that among two
    kinds_of = {
        "activation=gelu": [error - more for error in base],
        "activation=tanh": [error + more for error in base],
    }
    assert told(SEVERAL | kinds_of)[0].startswith(
        "Activation: no kind's test error is shown to differ from that of resnet-8"
    )
    alone = told(SEVERAL | {"activation=tanh": kinds_of["activation=tanh"], "activation=gelu": []})[0]
    assert alone.startswith(
        "Activation: test error less that of resnet-8, in points with simultaneous 95 % intervals: tanh +0.83"
    )


def test_one_seed_makes_no_claim() -> None:
    said = told({name: errors[:1] for name, errors in SEVERAL.items()})
    assert said[0] == (
        "Activation: one seed, so no claim; test errors less that of resnet-8, in points: gelu -2, tanh +4."
    )


def test_without_the_skeleton_there_is_nothing_to_compare() -> None:
    said = told(SEVERAL | {"resnet-8": [float("nan")] * 3})
    assert said[:2] == (
        "Activation: no run has a result to compare.",
        "Normalization: no run has a result to compare.",
    )
