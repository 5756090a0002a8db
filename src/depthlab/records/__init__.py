"""What the lab writes down: frozen dataclasses that turn into JSON and back. The lab's table of contents."""

from depthlab.records.base import Record
from depthlab.records.degradation import Choice, Condition, DegradationRecord, LayerValue, MeasuredRun, Score, Tuning
from depthlab.records.found_runs import FoundRun, RunsFound
from depthlab.records.questions import Compared, PublishedFigure, QuestionRecord, RunRef
from depthlab.records.regularization import (
    Calibration,
    CalibrationBin,
    Factor,
    FactorialRun,
    PublishedEffect,
    RegularizationRecord,
)
from depthlab.records.runs import Dataset, Environment, Manifest, RunRecord
from depthlab.records.statistics import Comparison, Effect, Interval, Summary
from depthlab.records.sweeps import FaultRecord, PlannedTrial, SweepManifest, SweepRecord, TrialRecord
from depthlab.records.variance import Anova, AnovaTerm, Change, FactorialAxis

__all__ = [
    "Anova",
    "AnovaTerm",
    "Calibration",
    "CalibrationBin",
    "Change",
    "Choice",
    "Compared",
    "Comparison",
    "Condition",
    "Dataset",
    "DegradationRecord",
    "Effect",
    "Environment",
    "Factor",
    "FactorialAxis",
    "FactorialRun",
    "FaultRecord",
    "FoundRun",
    "Interval",
    "LayerValue",
    "Manifest",
    "MeasuredRun",
    "PlannedTrial",
    "PublishedEffect",
    "PublishedFigure",
    "QuestionRecord",
    "Record",
    "RegularizationRecord",
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
