"""Run folders, which are the truth about runs, and the MLflow stores that show them."""

from depthlab.records import redact, write_atomically
from depthlab.tracking.address import check_store, resolve_artifact_root, resolve_uri
from depthlab.tracking.damage import set_aside, tell_damage
from depthlab.tracking.download import find_or_fetch
from depthlab.tracking.environment import capture_environment
from depthlab.tracking.find import find_attempts, find_finished, find_folders, find_interrupted, find_run, find_unsent
from depthlab.tracking.folder import RUNS_ROOT, RunFolder
from depthlab.tracking.journal import Journal, JournalLine, Resumption
from depthlab.tracking.lock import Lock
from depthlab.tracking.mlflow_sync import MlflowSync
from depthlab.tracking.parent_run import command_tags
from depthlab.tracking.predictions import Predictions, SplitPredictions, read_predictions, write_predictions
from depthlab.tracking.store import open_client, prepare_mlflow
from depthlab.tracking.sweep_tags import adopt, fault_tags, sweep_tags
from depthlab.tracking.sync_progress import SyncProgress
from depthlab.tracking.synchronize import Synchronized, synchronize
from depthlab.tracking.withheld import WITHHELD, reveal

__all__ = [
    "RUNS_ROOT",
    "WITHHELD",
    "Journal",
    "JournalLine",
    "Lock",
    "MlflowSync",
    "Predictions",
    "Resumption",
    "RunFolder",
    "SplitPredictions",
    "SyncProgress",
    "Synchronized",
    "adopt",
    "capture_environment",
    "check_store",
    "command_tags",
    "fault_tags",
    "find_attempts",
    "find_finished",
    "find_folders",
    "find_interrupted",
    "find_or_fetch",
    "find_run",
    "find_unsent",
    "open_client",
    "prepare_mlflow",
    "read_predictions",
    "redact",
    "resolve_artifact_root",
    "resolve_uri",
    "reveal",
    "set_aside",
    "sweep_tags",
    "synchronize",
    "tell_damage",
    "write_atomically",
    "write_predictions",
]
