"""One experiment from a recipe to a record, and back from a record to a network.

The names are imported when they are asked for: checking a recipe's network needs no Lightning, which takes seconds.
"""

from typing import TYPE_CHECKING

from depthlab.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from depthlab.run.check import check_network
    from depthlab.run.compare import Difference, RunComparison, compare_runs
    from depthlab.run.cost import count_all_steps, measure
    from depthlab.run.ensure_run import ensure
    from depthlab.run.experiment import RunHooks, run
    from depthlab.run.faults import Fault, fault_of
    from depthlab.run.finished_run import FinishedRun, reopen
    from depthlab.run.found import Search, find_runs
    from depthlab.run.image_facts import ImageFacts, check_on_images, look_at_images, resolve
    from depthlab.run.prediction import Prediction, accuracy_line, predict_pictures, prediction_lines, write_csv
    from depthlab.run.predictions import predictions_of
    from depthlab.run.pretrained import PretrainedNetwork, load_pretrained
    from depthlab.run.published_weights import Published, evaluate_published, published_table
    from depthlab.run.query import Query, read_query
    from depthlab.run.rerun_manifest import rerun, verdict
    from depthlab.run.restore import load, load_folder
    from depthlab.run.runs_folder import runs_root
    from depthlab.run.show import result_table, run_and_show
    from depthlab.run.store_check import check_tracking
    from depthlab.run.store_walk import inspect_store
    from depthlab.run.timing import expected_hardware, time_step
    from depthlab.run.untrained import ImageShape, build_untrained, expected_shape

_MODULES = {
    "pretrained": ("PretrainedNetwork", "load_pretrained"),
    "check": ("check_network",),
    "compare": ("RunComparison", "Difference", "compare_runs"),
    "cost": ("count_all_steps", "measure"),
    "experiment": ("RunHooks", "run"),
    "image_facts": ("ImageFacts", "check_on_images", "look_at_images", "resolve"),
    "faults": ("Fault", "fault_of"),
    "found": ("Search", "find_runs"),
    "ensure_run": ("ensure",),
    "store_walk": ("inspect_store",),
    "prediction": ("Prediction", "accuracy_line", "predict_pictures", "prediction_lines", "write_csv"),
    "predictions": ("predictions_of",),
    "published_weights": ("Published", "evaluate_published", "published_table"),
    "query": ("Query", "read_query"),
    "finished_run": ("FinishedRun", "reopen"),
    "rerun_manifest": ("rerun", "verdict"),
    "restore": ("load", "load_folder"),
    "runs_folder": ("runs_root",),
    "show": ("result_table", "run_and_show"),
    "store_check": ("check_tracking",),
    "timing": ("expected_hardware", "time_step"),
    "untrained": ("ImageShape", "build_untrained", "expected_shape"),
}

__all__ = [
    "Difference",
    "Fault",
    "FinishedRun",
    "ImageFacts",
    "ImageShape",
    "Prediction",
    "PretrainedNetwork",
    "Published",
    "Query",
    "RunComparison",
    "RunHooks",
    "Search",
    "accuracy_line",
    "build_untrained",
    "check_network",
    "check_on_images",
    "check_tracking",
    "compare_runs",
    "count_all_steps",
    "ensure",
    "evaluate_published",
    "expected_hardware",
    "expected_shape",
    "fault_of",
    "find_runs",
    "inspect_store",
    "load",
    "load_folder",
    "load_pretrained",
    "look_at_images",
    "measure",
    "predict_pictures",
    "prediction_lines",
    "predictions_of",
    "published_table",
    "read_query",
    "reopen",
    "rerun",
    "resolve",
    "result_table",
    "run",
    "run_and_show",
    "runs_root",
    "time_step",
    "verdict",
    "write_csv",
]


__getattr__ = lazy_exports(__name__, _MODULES)
