"""What the lab writes down: frozen dataclasses that turn into JSON and back. The lab's table of contents."""

from depthlab.records.base import Record
from depthlab.records.questions import Compared, PublishedFigure, QuestionRecord, RunRef
from depthlab.records.runs import Dataset, Environment, Manifest, RunRecord
from depthlab.records.statistics import Comparison, Effect, Interval, Summary
from depthlab.records.sweeps import FaultRecord, PlannedTrial, SweepManifest, SweepRecord, TrialRecord

__all__ = [
    "Compared",
    "Comparison",
    "Dataset",
    "Effect",
    "Environment",
    "FaultRecord",
    "Interval",
    "Manifest",
    "PlannedTrial",
    "PublishedFigure",
    "QuestionRecord",
    "Record",
    "RunRecord",
    "RunRef",
    "Summary",
    "SweepManifest",
    "SweepRecord",
    "TrialRecord",
]
