"""One experiment from a recipe to a record, and back from a record to a network."""

from depthlab.runs.load import load
from depthlab.runs.run import run

__all__ = ["load", "run"]
