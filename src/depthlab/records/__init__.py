"""What the lab writes down: frozen dataclasses that turn into JSON and back. The lab's table of contents."""

from depthlab.records.base import Record
from depthlab.records.questions import Compared, PublishedFigure, QuestionRecord, RunRef
from depthlab.records.runs import Dataset, Environment, Manifest, RunRecord
from depthlab.records.sweeps import FaultRecord, PlannedTrial, SweepManifest, SweepRecord, TrialRecord

__all__ = [
    "Compared",
    "Dataset",
    "Environment",
    "FaultRecord",
    "Manifest",
    "PlannedTrial",
    "PublishedFigure",
    "QuestionRecord",
    "Record",
    "RunRecord",
    "RunRef",
    "SweepManifest",
    "SweepRecord",
    "TrialRecord",
]
