"""Which published figures have a network of this house as their twin."""

from collections.abc import Mapping
from typing import Any

from depthlab.published.results import published_recipe, published_result, read_rows
from depthlab.records import PublishedFigure

# what a twin must have in common beside data, model and depth, with the value where a row or a run says nothing
_DEFAULTS = {"width": "1", "shortcut": "A"}


def published_twins(axes: Mapping[str, Any], *, data: str | None = None) -> tuple[PublishedFigure, ...]:
    """Return the published errors of a network.

    Args:
        axes: Of study of a run, as its recipe has them: `model`, `depth`, `width`, `shortcut`, ...
        data: The data set of the published figures; by default that of `axes`.
    """
    asked = {"data": data or str(axes.get("data")), "model": str(axes.get("model")), "depth": str(axes.get("depth"))}
    ours = {key: str(axes.get(key) or usual) for key, usual in _DEFAULTS.items()}
    found = []
    for row in read_rows("twins.csv"):
        options = dict(option.partition("=")[::2] for option in row["options"].split())
        if all(row[key] == value for key, value in asked.items()) and _DEFAULTS | options == ours:
            found.append(published_figure(row["id"], row["split"], f"{row['model']}-{row['depth']}"))
    return tuple(found)


def published_figure(name: str, split: str = "test", network: str = "") -> PublishedFigure:
    """Return a row of results.csv as a record; `network` is what we call it, by default as the source does."""
    result = published_result(name)
    assert result.error is not None, f"{name} is not an error"
    return PublishedFigure(
        id=result.id,
        network=network or result.model,
        dataset=result.dataset,
        split=split,
        error=result.error,
        relation=result.relation,
        std=float(result.std) if result.std else None,
        runs=int(result.runs) if result.runs else None,
        where=result.where,
        source=result.source,
        recipe=published_recipe(result),
        notes=result.notes,
    )
