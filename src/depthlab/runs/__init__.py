"""One experiment from a recipe to a record, and back from a record to a network."""

from depthlab.runs.compare import Comparison, Difference, compare_runs
from depthlab.runs.load import load, load_folder
from depthlab.runs.predict import Prediction, accuracy_line, predict_pictures, prediction_lines, write_csv
from depthlab.runs.rerun import rerun, verdict
from depthlab.runs.run import run, runs_root
from depthlab.runs.show import result_table, run_and_show

__all__ = [
    "Comparison",
    "Difference",
    "Prediction",
    "accuracy_line",
    "compare_runs",
    "load",
    "load_folder",
    "predict_pictures",
    "prediction_lines",
    "rerun",
    "result_table",
    "run",
    "run_and_show",
    "runs_root",
    "verdict",
    "write_csv",
]
