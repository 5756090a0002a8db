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
from depthlab.records.statistics import Comparison, Effect, Interval, Ratio, Summary
from depthlab.records.sweeps import FaultRecord, PlannedTrial, SweepManifest, SweepRecord, TrialRecord
from depthlab.records.variance import Anova, AnovaTerm, Change, FactorialAxis
from depthlab.records.width_vs_depth import (
    Exchange,
    ExchangeFit,
    FrontPoint,
    MatchedNetwork,
    PublishedNetwork,
    RateContrast,
    RateRatio,
    WidthVsDepthRecord,
)

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
    "Exchange",
    "ExchangeFit",
    "Factor",
    "FactorialAxis",
    "FactorialRun",
    "FaultRecord",
    "FoundRun",
    "FrontPoint",
    "Interval",
    "LayerValue",
    "Manifest",
    "MatchedNetwork",
    "MeasuredRun",
    "PlannedTrial",
    "PublishedEffect",
    "PublishedFigure",
    "PublishedNetwork",
    "QuestionRecord",
    "RateContrast",
    "RateRatio",
    "Ratio",
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
    "WidthVsDepthRecord",
]
