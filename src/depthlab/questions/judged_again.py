"""An answer, judged and drawn anew from its record: verdicts get better without runs being trained again."""

import json
from pathlib import Path
from typing import Any

from depthlab.command_line.figure_style import PAGE_STYLE, FigureStyle
from depthlab.questions.find import find_question
from depthlab.questions.publish import write_answer

RECORD = "record.json"


def judge_again(folder: Path, output: Path, style: FigureStyle = PAGE_STYLE) -> tuple[str, ...]:
    """Judge the record in `folder` by the rules of today, write its page to `output`, and return the verdict.

    Raises:
        ValueError: there is no record of a question.
        OSError: `output` can't be written.
    """
    file = folder / RECORD if folder.is_dir() else folder
    if not file.is_file():
        raise ValueError(f"record={folder}: there is no {RECORD}; type the folder of an answer, such as reports/lesion")
    question, record = read_answer(file)
    judged = question.judge(record)
    from depthlab.report.frame import drawn_for

    with drawn_for(style.width, style.font, style.size):
        write_answer(question.part("page").page(judged), judged, output)
    return tuple(judged.about.verdict)


def read_answer(file: Path) -> tuple[Any, Any]:
    """Return the question of a record, and the record. Raises `ValueError`."""
    try:
        name = json.loads(file.read_text(encoding="utf-8"))["about"]["question"]
        question = find_question(name)
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{file} is not the record of a question that can be judged") from error
    return question, question.record.read(file)
