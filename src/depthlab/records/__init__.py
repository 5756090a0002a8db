"""What the lab writes down: frozen dataclasses that turn into JSON and back. Each question adds its own record.py."""

from depthlab.records.atomic import replacing, sync, write_atomically
from depthlab.records.base import Record
from depthlab.records.calibration import Calibration, CalibrationBin
from depthlab.records.exchange import Exchange, ExchangeFit, RateContrast, RateRatio
from depthlab.records.factorial import Change, FactorialAxis, FailureComparison
from depthlab.records.found_runs import FoundRun, RunsFound
from depthlab.records.lesion_sites import FixedUnit, LesionSite
from depthlab.records.matched_network import MatchedNetwork
from depthlab.records.measured_run import LayerValue, MeasuredRun
from depthlab.records.plain_text import csv_cell, printable, redact, short_commit
from depthlab.records.questions import Compared, Look, PublishedFigure, QuestionRecord, RunRef
from depthlab.records.runs import Dataset, Environment, Manifest, RunRecord, test_note
from depthlab.records.schema import schema_of
from depthlab.records.sealed import Damaged, read_sealed, seal, unseal
from depthlab.records.states import DONE, ENDED, MEASURED, RunStatus, TrialState
from depthlab.records.statistics import Comparison, Effect, Equivalence, Interval, Ratio, Summary, Trend
from depthlab.records.sweeps import (
    FaultRecord,
    PlannedTrial,
    SearchChoice,
    SweepManifest,
    SweepRecord,
    TrialRecord,
    without_test,
)

__all__ = [
    "DONE",
    "ENDED",
    "MEASURED",
    "Calibration",
    "CalibrationBin",
    "Change",
    "Compared",
    "Comparison",
    "Damaged",
    "Dataset",
    "Effect",
    "Environment",
    "Equivalence",
    "Exchange",
    "ExchangeFit",
    "FactorialAxis",
    "FailureComparison",
    "FaultRecord",
    "FixedUnit",
    "FoundRun",
    "Interval",
    "LayerValue",
    "LesionSite",
    "Look",
    "Manifest",
    "MatchedNetwork",
    "MeasuredRun",
    "PlannedTrial",
    "PublishedFigure",
    "QuestionRecord",
    "RateContrast",
    "RateRatio",
    "Ratio",
    "Record",
    "RunRecord",
    "RunRef",
    "RunStatus",
    "RunsFound",
    "SearchChoice",
    "Summary",
    "SweepManifest",
    "SweepRecord",
    "Trend",
    "TrialRecord",
    "TrialState",
    "csv_cell",
    "printable",
    "read_sealed",
    "redact",
    "replacing",
    "schema_of",
    "seal",
    "short_commit",
    "sync",
    "test_note",
    "unseal",
    "without_test",
    "write_atomically",
]
