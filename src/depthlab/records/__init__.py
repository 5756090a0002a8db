"""What the lab writes down: frozen dataclasses that turn into JSON and back. The lab's table of contents."""

from depthlab.records.base import Record
from depthlab.records.degradation import Choice, Condition, DegradationRecord, LayerValue, MeasuredRun, Score, Tuning
from depthlab.records.found_runs import FoundRun, RunsFound
from depthlab.records.questions import Compared, PublishedFigure, QuestionRecord, RunRef
from depthlab.records.runs import Dataset, Environment, Manifest, RunRecord
from depthlab.records.statistics import Comparison, Effect, Interval, Summary
from depthlab.records.sweeps import FaultRecord, PlannedTrial, SweepManifest, SweepRecord, TrialRecord

__all__ = [
    "Choice",
    "Compared",
    "Comparison",
    "Condition",
    "Dataset",
    "DegradationRecord",
    "Effect",
    "Environment",
    "FaultRecord",
    "FoundRun",
    "Interval",
    "LayerValue",
    "Manifest",
    "MeasuredRun",
    "PlannedTrial",
    "PublishedFigure",
    "QuestionRecord",
    "Record",
    "RunRecord",
    "RunRef",
    "RunsFound",
    "Score",
    "Summary",
    "SweepManifest",
    "SweepRecord",
    "TrialRecord",
    "Tuning",
]
