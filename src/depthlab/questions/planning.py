"""What to do where the runs don't decide: how far they tell, how many seeds or networks it takes, and what to type."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from math import prod

from depthlab.questions.wording import counted, points, seeds_text
from depthlab.recipe import Override, override_values
from depthlab.records import Comparison, ExchangeFit, MatchedNetwork, QuestionRecord
from depthlab.statistics import failure_limit, seeds_to_reach

WANTED = 0.5  # points of half-width that people ask for
MANY = 1000  # seeds that nobody trains

_command: ContextVar[str] = ContextVar("command", default="")  # that trains more seeds of runs that were named


@contextmanager
def asked_of(about: QuestionRecord) -> Iterator[None]:
    """Within this, sentences say how more seeds are had: of a sweep by its key, of named runs by a command."""
    token = _command.set("" if about.sweep else _training_command(about))
    try:
        yield
    finally:
        _command.reset(token)


def more_seeds_text(seeds: int) -> str:
    """Return what to type for so many seeds: `type 'seed=range(9)'`."""
    command = _command.get()
    if command:
        return f"type {command} 'seed=range({seeds})', then name all of these runs in run="
    return f"type 'seed=range({seeds})'"


def enough_text(comparison: Comparison, wanted: float = WANTED, unit: str = "points") -> str:
    """Return a sentence: how far the seeds tell a difference, how many tell it to within `wanted`, and what to type.

    `3 seeds tell it to within 2.4 points; 0.5 points take about 40 to 90: type 'seed=range(90)'.` The first number
    takes the spread as it was seen, the second as large as it may well be.
    """
    n, interval = comparison.n, comparison.interval
    if interval is None:
        return f"With {seeds_text(n)} there is no interval: {more_seeds_text(max(3, min(n) + 2))}."
    half, unit = (interval.high - interval.low) / 2, f" {unit}" if unit else ""
    told = f"{seeds_text(n)[:1].upper()}{seeds_text(n)[1:]} tell it to within {points(half)}{unit}"
    if half <= wanted:
        return f"{told}."
    needed = seeds_to_reach(wanted, comparison)
    if needed is None or needed[1] > MANY:
        return f"{told}; {points(wanted)}{unit} take more than {MANY} seeds."
    low, high = (rounded(number) for number in needed)
    seeds = f"about {low}" if low == high else f"about {low} to {high}"
    return f"{told}; {points(wanted)}{unit} take {seeds}: {more_seeds_text(high)}."


def rounded(seeds: int) -> int:
    """Return a number of seeds, rounded up to what is honest: whole up to 10, then by two digits."""
    step = 1 if seeds <= 10 else 5 if seeds <= 100 else 10 ** (len(str(seeds)) - 2)
    return -(-seeds // step) * step


def failures_text(runs: int) -> str:
    """Return what so many runs without a failure say: three allow a failure rate up to 63 %."""
    return f"{counted(runs, 'run')} without a failure allow a failure rate up to {100 * failure_limit(runs):.0f} %"


def networks_text(
    fit: ExchangeFit, told: Comparison, networks: Sequence[MatchedNetwork], wanted: float = WANTED, unit: str = "points"
) -> str:
    """Return a sentence: how far the networks of a fit tell a slope or contrast, how many it takes, what to type.

    More networks help always, more seeds as long as these are most of the networks' spread about the fit.

    Args:
        fit: With its spreads.
        told: The slope or contrast; `n` is the number of networks.
        networks: As they were found for their budgets; none where runs were named.
        wanted: The half-width to reach.
        unit: Of the half-width.
    """
    if told.interval is None or fit.std is None or fit.seeds_std is None:
        return ""
    half = (told.interval.high - told.interval.low) / 2
    text = f"{fit.networks} networks tell the difference to within {points(half)} {unit}"
    if half <= wanted:
        return f"{text}."
    needed = seeds_to_reach(wanted, told)
    if needed is None or needed[1] > MANY:
        text += f"; {points(wanted)} {unit} take more than {MANY}"
    else:
        text += f"; {points(wanted)} {unit} take about {rounded(needed[0])} to {rounded(needed[1])}"
    seeds = round(fit.runs / fit.networks)
    of_seeds = fit.seeds_std**2 / seeds
    if of_seeds >= fit.std**2 / 2:
        return f"{text}. Seeds are most of the spread: {more_seeds_text(2 * seeds)}."
    return f"{text}. {f'Type budget={more_budgets(networks)}.' if networks else 'Name runs of more networks.'}"


def more_budgets(networks: Sequence[MatchedNetwork]) -> str:
    """Return twice as many budgets as the networks were found for, as multiples of the first one's cost: `2x,4x`."""
    base = networks[0].cost
    found = sorted({one.budget / base for one in networks if one.axis != "base"})
    step = found[-1] - ([1.0, *found][-2])
    more = [found[-1] + step * number for number in range(1, len(found) + 1)]
    return ",".join(f"{multiple:.3g}x" for multiple in (*found, *more))


def _training_command(about: QuestionRecord) -> str:
    """Return the command that trains the networks of named runs, but for its seeds; "" where it isn't known.

    One grid where it has these networks and no others; else the first network's.
    """
    networks = list(dict.fromkeys(tuple(word for word in ref.words if _is_said(word)) for ref in about.runs))
    if not networks or not networks[0]:
        return ""
    values: dict[str, dict[str, None]] = {}
    for word in (Override.parse(word) for network in networks for word in network):
        values.setdefault(word.key, {})[word.value or ""] = None
    whole = all(len(network) == len(values) for network in networks)
    if not (whole and prod(map(len, values.values())) == len(networks)):
        values = {key: {value: None} for key, value in override_values(networks[0]).items()}
    return " ".join(["python train.py -m", *(f"{key}={','.join(several)}" for key, several in values.items())])


def _is_said(word: str) -> bool:
    override = Override.parse(word)
    return override.key != "seed" and override.group not in ("sweep", "hydra")
