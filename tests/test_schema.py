"""The JSON schema of a record is that of what is really written, in this version and in earlier ones."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from depthlab.questions import find_question
from depthlab.records import RunRecord, schema_of
from tests.rules import ROOT
from tests.rules.test_questions import ASKED

RESULTS = ROOT / "docs" / "results"
ANSWERS = sorted(RESULTS.glob("*/*/record.json"))
RUNS = sorted(RESULTS.glob("*/*-seed-0.json"))


def validate(values: Any, schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(schema).validate(values)


@pytest.mark.parametrize("file", ANSWERS, ids=lambda file: file.parent.relative_to(RESULTS).as_posix())
def test_answers_of_earlier_versions_meet_it(file: Path) -> None:
    values = json.loads(file.read_text())
    question = find_question(values["about"]["question"])
    schema = schema_of(question.record)
    validate(values, schema)
    validate(json.loads(question.record.read(file).to_json()), schema)
    with pytest.raises(jsonschema.ValidationError, match="'about' is a required property"):
        validate({key: value for key, value in values.items() if key != "about"}, schema)
    with pytest.raises(jsonschema.ValidationError, match="is not of type 'string'"):
        validate(values | {"about": values["about"] | {"question": 3}}, schema)


def test_runs_meet_it() -> None:
    schema = schema_of(RunRecord)
    for file in RUNS:
        validate(json.loads(file.read_text()), schema)
    broken = replace(RunRecord.read(RUNS[0]), metrics={"test/loss": "low"})  # type: ignore[dict-item]
    with pytest.raises(jsonschema.ValidationError, match="'low' is not of type 'number'"):
        validate(json.loads(broken.to_json()), schema)


@pytest.mark.parametrize("name", ASKED)
def test_every_question_has_one(name: str) -> None:
    schema = schema_of(find_question(name).record)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$ref"].removeprefix("#/$defs/") in schema["$defs"]
