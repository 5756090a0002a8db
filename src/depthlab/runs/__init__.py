"""One experiment from a recipe to a record, and back from a record to a network."""

from depthlab.runs.load import load, load_folder
from depthlab.runs.run import run, runs_root
from depthlab.runs.show import result_table, run_and_show

__all__ = ["load", "load_folder", "result_table", "run", "run_and_show", "runs_root"]
