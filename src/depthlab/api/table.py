"""All runs as a table."""

from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from depthlab.api.errors import calling, warn
from depthlab.api.words import words_of
from depthlab.recipe import override_values, without_keys
from depthlab.records import FoundRun

if TYPE_CHECKING:
    import pandas as pd

ERRORS = {"test_error": "test/accuracy", "val_error": "val/accuracy", "train_error": "final/train_accuracy"}
SAME = ("model", "data", "depth", "width", "epochs")  # what one groups by
COSTS = {"parameters": "model/parameters", "multiply_adds": "model/multiply_adds"}


def runs(*typed: str | Mapping[str, Any], **query: Any) -> "pd.DataFrame":
    """Return a row for each run: axes, errors in percent, cost, all metrics, folder.

    `dl.runs(model="resnet", depth=[20, 56], status="finished")` takes the same words as `depthlab report`: axes and
    settings, status, since, until, run, commit, sweep, filter, folder. What can't be read is a warning, and so are runs
    that seem to be seeds of one network and differ in other settings.

    Raises:
        UserError: there is no such run.
    """
    words = words_of(typed, query, several=True)
    with calling("report", words):
        import pandas as pd

        from depthlab.questions.runs_page.command import OPTIONS, PLACES, find

        asked = override_values(words)
        of_page = [key for key in asked if key in OPTIONS and key in ("output", "metric", "compare")]
        if of_page:
            raise ValueError(f"{of_page[0]}= is about a page and does nothing here: leave it out")
        found = find(asked, " ".join(without_keys(words, PLACES)))
        root = Path(found.place).absolute()
    varied = _varied(found.runs)
    for note in (*found.unread, *found.notes, *_mixed(found.runs, varied, asked)):
        warn(note)
    return pd.DataFrame([_row(one, varied, root) for one in found.runs])


def _varied(found: Sequence[FoundRun]) -> list[str]:
    """Return the settings in which runs differ, but for those that say what an axis says."""
    axes = {key for one in found for key in one.axes}
    keys = {key for one in found for key, value in one.settings.items() if value != found[0].settings.get(key)}
    return sorted(key for key in keys - axes if key.rpartition(".")[2] not in axes and "._" not in key)


def _mixed(found: Sequence[FoundRun], varied: Sequence[str], asked: Container[str]) -> Iterator[str]:
    """Say in what else runs differ that look like seeds of one network, but for what was asked for by name."""
    values: dict[tuple[str, ...], dict[str, set[str]]] = {}
    for one in found:
        of_group = values.setdefault(tuple(str(one.axes.get(key)) for key in SAME), {})
        for key, value in ((key, one.axes.get(key, one.settings.get(key))) for key in (*one.axes, *varied)):
            of_group.setdefault(key, set()).add(str(value))
    mixed = {key for keys in values.values() for key, there in keys.items() if len(there) > 1}
    if keys := sorted(key for key in mixed if key not in (*SAME, "seed") and key not in asked):
        yield (
            f"runs of the same {', '.join(SAME[:-1])} and {SAME[-1]} differ in {', '.join(keys)}: "
            "group by that too, or ask for one value of it, before you average over seeds"
        )


def _row(run: FoundRun, varied: Sequence[str], root: Path) -> dict[str, Any]:
    settings = run.axes | {key: run.settings[key] for key in varied if key in run.settings}
    plain = {key: tuple(value) if isinstance(value, list) else value for key, value in settings.items()}  # to group by
    row = {"name": run.name, "state": str(run.state), **plain, **numbers_of(run.metrics)}
    place = None if run.folder is None else str(root / run.folder)
    return row | {"seconds": run.seconds, "created": run.created, "folder": place, "run_id": run.run_id}


def numbers_of(metrics: Mapping[str, float]) -> dict[str, float]:
    """Return errors in percent and costs under plain names, then every metric under its own."""
    errors = {name: 100 * (1 - metrics[key]) for name, key in ERRORS.items() if key in metrics}
    costs = {name: metrics[key] for name, key in COSTS.items() if key in metrics}
    return errors | costs | dict(metrics)
