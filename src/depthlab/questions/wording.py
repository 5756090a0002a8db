"""How verdicts put numbers, intervals, seeds and lost runs into words; the same on every page."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from depthlab.questions.grouping import grouped
from depthlab.records import ExchangeFit, Interval, RunRef, TrialState

NAMED = 6  # networks that lost runs, by name


def points(value: float) -> str:
    """Write a difference of percentages: to a tenth, small ones to two digits; what rounding leaves of zero is 0.0."""
    small = 1e-5 < abs(value) < 0.95
    return f"{value:.2g}" if small else f"{round(value, 1) + 0.0:.1f}"


def together(names: Sequence[str]) -> str:
    """Write names as a list: `plain, resnet and vgg`."""
    return " and ".join([*([", ".join(names[:-1])] if names[:-1] else []), *names[-1:]])


def counted(number: int, singular: str) -> str:
    """Write a number with its noun: `1 seed`, `3 seeds`."""
    return f"{number} {singular}" if number == 1 else f"{number} {singular}s"


def seeds_text(n: Sequence[int]) -> str:
    """Write the seeds of each side: `3 seeds`, or `2 and 3 seeds`."""
    return counted(n[0], "seed") if len(set(n)) == 1 else f"{together([str(size) for size in n])} seeds"


def interval_text(interval: Interval | None, over: str = "", number: Callable[[float], str] = points) -> str:
    """Write an interval: `95 % interval 7.0 to 9.2, 3 seeds`; what it is over alone where there is none."""
    if interval is None:
        return over
    text = f"{100 * interval.level:.3g} % interval {number(interval.low)} to {number(interval.high)}"
    return f"{text}, {over}" if over else text


def lost_runs(refs: Iterable[RunRef]) -> dict[str, str]:
    """Return for each network that lost runs how many, and to what: `2 of 3 runs: diverged`."""
    told = {}
    for group, same in grouped(refs, lambda ref: ref.group).items():
        lost = Counter(ref.fault or ref.state for ref in same if ref.state != TrialState.FINISHED)
        if lost:
            told[group] = ", ".join(
                f"{count} of {counted(len(same), 'run')}: {kind}" for kind, count in lost.most_common()
            )
    return told


def told_once(notes: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return each note on a network or a run with the names of all that it is about, some of them where they are many.

    Args:
        notes: Pairs of a name and a note.
    """
    told = {}
    for note, pairs in grouped(notes, lambda pair: pair[1]).items():
        names = list(dict.fromkeys(name for name, _ in pairs))
        more = [f"{len(names) - NAMED} more"] if len(names) > NAMED else []
        told[note] = together([*names[:NAMED], *more])
    return told


def unmeasured_sentences(sentences: Iterable[str]) -> list[str]:
    """Return sentences such as `RUN can't be measured: REASON.` with each reason once, for all of its runs."""
    split = " can't be measured: "
    told = told_once((name, reason) for name, _, reason in (sentence.partition(split) for sentence in sentences))
    return [f"{names}{split}{reason}" for reason, names in told.items()]


def starting_small(text: str) -> str:
    """Write a sentence as it goes on behind a colon."""
    return f"{text[:1].lower()}{text[1:]}"


def fit_notes(fits: Iterable[ExchangeFit]) -> dict[str, str]:
    """Return each note on the fits with the measures that it is about: `Test error and training error`."""
    told = told_once((fit.measure, note) for fit in fits for note in fit.notes)
    return {note: measures.capitalize() for note, measures in told.items()}


def lost_sentence(lost: Mapping[str, str], missing_from: str = "mean") -> tuple[str, ...]:
    """Return the sentence about runs that are in no mean; nothing where none was lost."""
    if not lost:
        return ()
    listed = "; ".join(f"{group}, {text}" for group, text in list(lost.items())[:NAMED])
    more = f"; and {len(lost) - NAMED} more networks" if len(lost) > NAMED else ""
    flattered = ", which flatters networks that diverge" if "diverged" in str(lost) else ""
    return (f"Not every run came to its end: {listed}{more}. They are in no {missing_from}{flattered}.",)
