"""An answer that was committed is judged anew from its record alone, and a folder without one is a line."""

from pathlib import Path

import pytest

from depthlab.questions.degradation.record import DegradationRecord
from tests.questions.conftest import Pipeline
from tests.questions.degradation.records import SEVERAL, record_of


@pytest.mark.slow
def test_a_record_of_before_gets_the_verdict_of_today(pipeline: Pipeline, tmp_path: Path) -> None:
    record = record_of(SEVERAL)
    old = tmp_path / "old"
    old.mkdir()
    text = record.to_json().replace(record.about.verdict[0], "What was said before.")
    (old / "record.json").write_text(text)
    answer = pipeline("judge", f"record={old}", f"output={tmp_path}/new")
    assert answer.code == 0, answer.err
    assert answer.out.startswith(record.about.verdict[0])
    assert DegradationRecord.read(tmp_path / "new" / "record.json") == record
    assert (tmp_path / "new" / "index.html").is_file() and "said before" in (old / "record.json").read_text()


@pytest.mark.parametrize(("content", "said"), [(None, "there is no record.json"), ("{}", "is not the record")])
def test_what_is_no_answer_is_a_line(content: str | None, said: str, pipeline: Pipeline, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "record.json").write_text(content)
    answer = pipeline("judge", f"record={tmp_path}")
    assert (answer.code, answer.out) == (2, "") and said in answer.err and answer.err.count("\n") == 1
