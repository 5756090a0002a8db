"""Runs that diverge are in no mean: whether one side has more of them is tested and told beside the means."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from depthlab.questions.wording import counted
from depthlab.records import FailureComparison, RunRef, TrialState
from depthlab.statistics import fisher, holm, is_significant

DIVERGED = "diverged"


def compare_failures(
    sides: Iterable[tuple[str, Sequence[RunRef], str, Sequence[RunRef]]],
) -> tuple[FailureComparison, ...]:
    """Compare how often runs diverged on two sides, each with its name; nothing where none did.

    Runs that a machine lost say nothing of a network and are not counted. p-values are corrected over all of them
    (Holm).
    """
    found = [_compared(*one) for one in sides]
    if not any(one.diverged_a or one.diverged_b for one in found):
        return ()
    return tuple(replace(one, p_holm=p) for one, p in zip(found, holm(one.p for one in found), strict=True))


def failure_sentences(compared: Iterable[FailureComparison]) -> list[str]:
    """Return a sentence for each comparison with a run that diverged."""
    return [_sentence(one) for one in compared if one.diverged_a or one.diverged_b]


def _sentence(one: FailureComparison) -> str:
    counts = (
        f"{one.diverged_a} of {counted(one.runs_a, 'run')} with {one.a} diverged, and {one.diverged_b} of "
        f"{one.runs_b} with {one.b}"
    )
    shown = "that differs" if is_significant(one.p_holm) else "no difference shown"
    return f"{counts}: {shown} (Fisher's exact test, p = {one.p_holm:.2g})."


def _compared(a: str, refs_a: Sequence[RunRef], b: str, refs_b: Sequence[RunRef]) -> FailureComparison:
    (failed_a, runs_a), (failed_b, runs_b) = _counts(refs_a), _counts(refs_b)
    p = fisher((failed_a, runs_a), (failed_b, runs_b))
    return FailureComparison(a, b, failed_a, runs_a, failed_b, runs_b, p)


def _counts(refs: Sequence[RunRef]) -> tuple[int, int]:
    diverged = sum(ref.fault == DIVERGED for ref in refs if ref.state != TrialState.FINISHED)
    return diverged, diverged + sum(ref.state == TrialState.FINISHED for ref in refs)
