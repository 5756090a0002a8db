"""How depthlab was called, and what came out: by a script, by the command `depthlab`, or from Python."""

from depthlab.invocation.call import again, called, called_as, command, program, recorded_call, standing_for, train_call
from depthlab.invocation.outcome import Gain, Outcome, RunOutcome, kept_outcome, report

__all__ = [
    "Gain",
    "Outcome",
    "RunOutcome",
    "again",
    "called",
    "called_as",
    "command",
    "kept_outcome",
    "program",
    "recorded_call",
    "report",
    "standing_for",
    "train_call",
]
