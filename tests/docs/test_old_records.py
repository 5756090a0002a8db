"""Answers that were committed, by earlier versions too, are read, judged and drawn by today's code."""

from pathlib import Path

import pytest

from depthlab.questions.judged_again import read_answer
from depthlab.report import write_page
from tests.rules import ROOT

RECORDS = sorted((ROOT / "docs" / "results").rglob("record.json"))


@pytest.mark.parametrize("file", RECORDS, ids=lambda file: file.parent.relative_to(ROOT / "docs/results").as_posix())
@pytest.mark.slow
def test_a_committed_answer_is_read_judged_and_drawn(file: Path, tmp_path: Path) -> None:
    question, record = read_answer(file)
    judged = question.judge(record)
    assert judged.about.verdict and judged.about.runs == record.about.runs
    for number, one in enumerate([record] if judged == record else [record, judged]):
        page = write_page(question.part("page").page(one), tmp_path / str(number))[0]
        assert "<svg" in page.read_text(encoding="utf-8")


def test_there_are_such_answers() -> None:
    assert len(RECORDS) >= 5
