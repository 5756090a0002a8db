"""Judge an answer anew by the rules of today, from its record: python pipelines/judge.py record=reports/degradation"""

import sys
from pathlib import Path

from depthlab.command_line import key_values, run_command

REQUIRED = {"record": "the folder of an answer, with its record.json, such as reports/degradation"}
OPTIONAL = {"output": "where page, figures, tables and record are written [the folder itself]"}


def judge() -> None:
    """Read a record, judge it, and write its page; nothing is trained or measured."""
    typed = key_values(sys.argv[1:], required=REQUIRED, optional=OPTIONAL, about=__doc__ or "")
    folder = Path(typed["record"])
    output = Path(typed.get("output", folder))

    from depthlab.questions.judged_again import judge_again

    verdict = judge_again(folder, output)
    print(*verdict, f"page: {output / 'index.html'}", sep="\n")


if __name__ == "__main__":
    run_command(judge)
