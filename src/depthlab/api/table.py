"""All runs as a table."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from depthlab.api.errors import calling, warn
from depthlab.api.words import words_of
from depthlab.recipe import override_values, without_keys

if TYPE_CHECKING:
    import pandas as pd

ERRORS = {"test_error": "test/accuracy", "val_error": "val/accuracy", "train_error": "final/train_accuracy"}
COSTS = {"parameters": "model/parameters", "multiply_adds": "model/multiply_adds"}


def runs(*typed: str | Mapping[str, Any], **query: Any) -> "pd.DataFrame":
    """Return a row for each run: axes, errors in percent, cost, all metrics, folder.

    `dl.runs(model="resnet", depth=[20, 56], status="finished")` takes the same words as `depthlab report`: axes and
    settings, status, since, until, run, commit, sweep, filter, folder. What can't be read is a warning.

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
    for note in (*found.unread, *found.notes):
        warn(note)
    first = found.runs[0].settings
    several = {key for one in found.runs for key in one.settings if one.settings[key] != first.get(key)}
    rows = []
    for one in found.runs:
        more = {key: one.settings[key] for key in sorted(several - one.axes.keys()) if key in one.settings}
        axes = {
            key: tuple(value) if isinstance(value, list) else value for key, value in one.axes.items()
        }  # for groups
        row = {"name": one.name, "state": str(one.state), **axes, **more, **numbers_of(one.metrics)}
        place = one.folder and str(root / one.folder)
        rows.append(row | {"seconds": one.seconds, "created": one.created, "folder": place, "run_id": one.run_id})
    return pd.DataFrame(rows)


def numbers_of(metrics: Mapping[str, float]) -> dict[str, float]:
    """Return errors in percent and costs under plain names, then every metric under its own."""
    errors = {name: 100 * (1 - metrics[key]) for name, key in ERRORS.items() if key in metrics}
    costs = {name: metrics[key] for name, key in COSTS.items() if key in metrics}
    return errors | costs | dict(metrics)
