"""What the display looks like: lines of text that fit a terminal, however many trials run and however narrow it is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from depthlab.records import DONE, TrialState
from depthlab.sweeps.display.wording import about, elapsed, label, metric_name, metric_text, right_aligned, short_label
from depthlab.sweeps.plan.estimate import is_to_do
from depthlab.sweeps.plan.trial import Entry
from depthlab.sweeps.state.sweep_state import SweepState, goodness

MOST_FAULTS = 3
NARROWEST_BAR, WIDEST_BAR = 8, 30
NARROWEST_LABEL = 16


@dataclass(frozen=True)
class DisplayState:
    """What the display shows beside the trials themselves."""

    name: str  # the sweep's
    total: int  # trials in all, with those that aren't known yet
    elapsed: float  # seconds since the command began
    left: float | None  # seconds, estimated
    faults: Sequence[Entry] = ()  # the latest last


def draw_display(sweep_state: SweepState, view: DisplayState, *, width: int, height: int) -> Text:
    """Lay the display out in at most `height` lines of at most `width` cells."""
    entries = list(sweep_state.entries.values())  # a copy: the driver may add one while this is drawn
    faults = [_fault(entry, width) for entry in view.faults[-MOST_FAULTS:]]
    below = [*_best(entries, sweep_state.metric, width), *faults]
    above = [
        _head(view, width),
        _whole_bar(entries, view.total, width),
        _counts(entries, view.total, width),
    ]
    room = height - len(above) - len(below) - 1
    lines = [*above, *_running(entries, sweep_state.metric, room, width), *below]
    return Text("\n", no_wrap=True, overflow="crop", end="").join(lines[: max(height, 1)])


def _head(view: DisplayState, width: int) -> Text:
    left = "" if view.left is None else f", about {about(view.left)} left"
    time = elapsed(view.elapsed) + left
    room = width - cell_len(time) - 2
    if room < NARROWEST_LABEL:
        return Text(fit(time, width))
    return Text.assemble((fit(view.name, room), "bold"), "  ", time)


def _whole_bar(entries: Sequence[Entry], total: int, width: int) -> Text:
    shares = (_share(entry) if entry.state == TrialState.RUNNING else not is_to_do(entry) for entry in entries)
    return _bar(sum(shares) / max(total, 1), width)


def _counts(entries: Sequence[Entry], total: int, width: int) -> Text:
    states = Counter(TrialState.WAITING if is_to_do(entry) else entry.state for entry in entries)
    states[TrialState.WAITING] += max(0, total - len(entries))
    done = sum(states[state] for state in DONE)
    earlier = sum(entry.earlier and entry.state in DONE for entry in entries)
    parts = [f"{done} of {total} done" + (f" ({earlier} by earlier commands)" if earlier else "")]
    parts += [f"{states[TrialState.RUNNING]} running", f"{states[TrialState.WAITING]} waiting"]
    parts += [
        f"{states[state]} {state}"
        for state in (TrialState.PRUNED, TrialState.DIVERGED, TrialState.CUT_OFF)
        if states[state]
    ]
    text = Text(" · ".join(parts))
    if states[TrialState.FAILED]:
        text.append(f" · {states[TrialState.FAILED]} failed", "red")
    text.truncate(width, overflow="ellipsis")
    return text


def _best(entries: Sequence[Entry], metric: str, width: int) -> list[Text]:
    finished = [entry for entry in entries if entry.state == TrialState.FINISHED and metric in entry.metrics]
    best = max(finished, key=lambda entry: goodness(metric, entry.metrics), default=None)
    if best is None:
        return []
    found = f"best so far: {metric_name(metric)} {metric_text(metric, best.metrics)}, {label(best.trial)}"
    return [Text(fit(found, width).rstrip(), "green")]


def _fault(entry: Entry, width: int) -> Text:
    ended = entry.state in (TrialState.FAILED, TrialState.DIVERGED) and not is_to_do(entry)
    what = entry.state if ended else "tried again"
    why = entry.message or entry.fault
    return Text(fit(f"{what}: {short_label(entry.trial)}: {why}", width).rstrip(), "red")


def _running(entries: Sequence[Entry], metric: str, room: int, width: int) -> list[Text]:
    """Return a heading and a line for each running trial, as many as there is room for."""
    running = [entry for entry in entries if entry.state == TrialState.RUNNING]
    if not running or room < 2:
        return []
    more = len(running) > room - 1
    shown = running[: room - 2] if more else running
    cells = [("running", _place_name(shown), "done", metric_name(metric), "left")]
    cells += [_cells(entry, metric) for entry in shown]
    widths = [max(cell_len(row[column]) for row in cells) for column in range(5)]
    spare = width - sum(widths[1:]) - 4 * 2
    with_bar = spare >= NARROWEST_LABEL + 2 + NARROWEST_BAR
    widths[0] = max(min(widths[0], spare - 2 - NARROWEST_BAR if with_bar else spare), 1)
    bar = min(spare - 2 - widths[0], WIDEST_BAR) if with_bar else 0
    lines = [_row(cells[0], widths, None, bar, "dim")]
    lines += [_row(row, widths, _share(entry), bar) for row, entry in zip(cells[1:], shown, strict=True)]
    if more:
        lines.append(Text(fit(f"… and {len(running) - len(shown)} more are running", width).rstrip(), "dim"))
    for line in lines:
        line.truncate(width)
    return lines


def _row(cells: Sequence[str], widths: Sequence[int], share: float | None, bar: int, style: str = "") -> Text:
    before = f"{fit(cells[0], widths[0])}  {right_aligned(cells[1], widths[1])}  "
    after = "".join(f"  {right_aligned(cell, width)}" for cell, width in zip(cells[2:], widths[2:], strict=True))
    if not bar:
        return Text(before.rstrip() + after, style)
    done = 0 if share is None else round(share * bar)
    text = Text(before + "━" * done + (" " if share is None else "─") * (bar - done) + after, style)
    text.stylize("cyan", len(before), len(before) + done)
    return text


def _cells(entry: Entry, metric: str) -> tuple[str, str, str, str, str]:
    left = about((entry.steps - entry.step) * entry.step_seconds) if entry.step_seconds and entry.steps else ""
    done = f"{100 * _share(entry):.0f} %"
    return (short_label(entry.trial), _place(entry), done, metric_text(metric, entry.metrics), left)


def _place_name(entries: Sequence[Entry]) -> str:
    return "epoch" if all(map(_counts_epochs, entries)) else "step"


def _place(entry: Entry) -> str:
    if not entry.steps:
        return ""
    if not _counts_epochs(entry):
        return f"{entry.step:,}/{entry.steps:,}"
    epochs: int = entry.trial.recipe.config["epochs"]
    return f"{min(epochs, entry.step * epochs // entry.steps + 1)}/{epochs}"


def _counts_epochs(entry: Entry) -> bool:
    """Tell whether the trial consists of whole epochs, and of more than a few."""
    config = entry.trial.recipe.config
    return config["trainer"]["max_steps"] is None and config["epochs"] > 2


def _share(entry: Entry) -> float:
    return min(1.0, entry.step / entry.steps) if entry.steps else 0.0


def _bar(share: float, width: int) -> Text:
    done = round(min(share, 1.0) * width)
    return Text.assemble(("━" * done, "cyan"), ("─" * (width - done), "dim"))


def fit(text: str, width: int) -> str:
    """Pad or cut a line to so many cells; what was cut shows."""
    text = " ".join(text.split())
    return set_cell_size(text, width) if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"
