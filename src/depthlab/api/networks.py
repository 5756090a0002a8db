"""A trained network, by the name of its run."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from depthlab.api.errors import UserError, calling

if TYPE_CHECKING:
    from depthlab.nn import Predictor


def load(
    run_id: str, *, weights: Literal["final", "best"] = "final", root: Path | str | None = None, uri: str | None = None
) -> "Predictor":
    """Return the network that a run trained, ready to predict, with its class names and its normalization.

    `run_id` is MLflow's id of the run, the name of its folder, or the beginning of either. `weights` are the "final"
    ones, of which the run's test error speaks, or those of the epoch that was "best" on validation. `root` is the
    folder that holds the runs' folders, mlruns/runs by default. A run that has none there is fetched from the MLflow
    store `uri` by its whole id; by default that is the store that runs are sent to.

    Raises:
        UserError: there is no such run, or it has not come to its end.
    """
    if not isinstance(run_id, str) or not run_id:
        raise UserError(f"{run_id!r} names no run: dl.load takes MLflow's id, or a folder's name as in dl.runs()")
    with calling("load", [run_id]):
        from depthlab.run import load as load_run

        places: dict[str, Any] = {} if root is None else {"root": root}
        return load_run(run_id, weights=weights, uri=uri, **places)
