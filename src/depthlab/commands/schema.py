"""Print the JSON schema of a record: run, sweep, outcome (the line of --json), or a question's name."""

import json

from depthlab.command_line import key_values
from depthlab.invocation import Outcome, called
from depthlab.records import RunRecord, SweepRecord, schema_of

REQUIRED = {"record": "run, sweep, outcome (the line that --json prints), or the name of a question"}
KINDS = {"run": RunRecord, "sweep": SweepRecord, "outcome": Outcome}


def main() -> None:
    """Read the command line, and print the schema."""
    typed = key_values(called()[2:], required=REQUIRED, first="record", about=__doc__ or "")
    name = typed["record"]
    kind = KINDS.get(name)
    if kind is None:
        from depthlab.questions import find_question

        kind = find_question(name).record
    print(json.dumps(schema_of(kind), indent=2))
