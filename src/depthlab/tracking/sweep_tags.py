"""Tags that tie a run to the sweeps that asked for it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from depthlab.tracking.mlflow_run import TAG_LENGTH
from depthlab.tracking.notes import PARENT, SWEEP

if TYPE_CHECKING:
    from mlflow import MlflowClient

TRIAL = "depthlab.trial"
_OF_THE_FIRST = (PARENT, SWEEP, TRIAL)


def sweep_tags(identity: str, parent: str | None, trial: int) -> dict[str, str]:
    """Return the tags of a run that is a trial of a sweep.

    Args:
        identity: Of the sweep.
        parent: MLflow's id of the sweep's own run, None while the store has not given one.
        trial: The trial's place in the sweep.
    """
    tags = {SWEEP: identity, f"{SWEEP}.{identity}": "true", TRIAL: str(trial)}
    return tags if parent is None else tags | {PARENT: parent}


def fault_tags(fault: str | None, message: str, attempts: int) -> dict[str, str]:
    """Return the tags that tell how a trial broke; an empty one where it has got over it."""
    tags = {"depthlab.attempts": str(attempts)} if attempts or fault else {}
    return tags | ({"depthlab.fault": fault or "", "depthlab.fault.message": message} if attempts or fault else {})


def join_tags(there: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, str]:
    """Return the tags of a run that has some and gets more.

    MLflow shows a run under one parent. Where two sweeps share a run it stays with the first one, and the second is
    marked by the tag `depthlab.sweep.IDENTITY` alone.
    """
    other = there.get(SWEEP, wanted.get(SWEEP)) != wanted.get(SWEEP)
    by_hand = SWEEP not in there and PARENT in there
    kept = set(_OF_THE_FIRST) if other else {PARENT} if by_hand else set()
    return dict(there) | {name: value for name, value in wanted.items() if name not in kept}


def adopt(client: "MlflowClient", run_id: str, tags: Mapping[str, str]) -> bool:
    """Tag a run that is in the store already, of an earlier command perhaps; False if the store has no such run.

    Raises:
        mlflow.exceptions.MlflowException: The store can't be reached.
    """
    from mlflow.entities import RunTag
    from mlflow.exceptions import MlflowException

    try:
        there = client.get_run(run_id).data.tags
    except MlflowException as error:
        if error.error_code == "RESOURCE_DOES_NOT_EXIST":
            return False
        raise
    joined = join_tags(there, {name: value[:TAG_LENGTH] for name, value in tags.items()})
    changed = [RunTag(name, value) for name, value in joined.items() if there.get(name) != value]
    if changed:
        client.log_batch(run_id, tags=changed, synchronous=True)
    return True
