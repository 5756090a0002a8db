"""Collect the test errors of the runs."""

from depthlab.questions.grouping import grouped
from depthlab.questions.runs import TrainedRuns
from depthlab.statistics import summarize
from my_lab.spread.record import NetworkSpread, SpreadRecord


def measure(runs: TrainedRuns[None], options: None) -> SpreadRecord:
    """Return the record without a verdict."""
    by_network = grouped(runs.measured, lambda run: run.network)
    spreads = (NetworkSpread(name, summarize(one.test_error for one in them)) for name, them in by_network.items())
    return SpreadRecord(runs.about, tuple(spreads))
