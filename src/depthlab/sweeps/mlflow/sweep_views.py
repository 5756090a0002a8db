"""The views of a sweep in MLflow: the charts on which links to it open."""

from depthlab.records import SweepRecord
from depthlab.tracking.views import View, axis_along, views_of_axes


def sweep_views(record: SweepRecord) -> tuple[View, ...]:
    """Return the views of a sweep's trials, the one that answers first; of a search none shows test errors."""
    where = f"tags.`depthlab.sweep.{record.identity}` = 'true'"
    along = axis_along(record.axes, [trial.values for trial in record.trials])
    key, axes = f"{record.identity}.", record.axes
    return views_of_axes(key, where, axes, along=along, names={}, test=not record.searched)
