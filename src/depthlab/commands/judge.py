"""Judge an answer anew by the rules of today, from its record"""

from pathlib import Path

from depthlab.command_line import key_values
from depthlab.command_line.figure_style import FIGURE_KEYS, read_figure_style
from depthlab.invocation import called, report

REQUIRED = {"record": "the folder of an answer, with its record.json, such as reports/degradation"}
OPTIONAL = {"output": "where page, figures, tables and record are written [the folder itself]", **FIGURE_KEYS}


def main() -> None:
    """Read a record, judge it, and write its page; nothing is trained or measured."""
    typed = key_values(called()[2:], required=REQUIRED, optional=OPTIONAL, about=__doc__ or "")
    style = read_figure_style(typed)
    folder = Path(typed["record"])
    output = Path(typed.get("output", folder))

    from depthlab.questions.judged_again import judge_again

    verdict = judge_again(folder, output, style)
    report(verdict=verdict, page=str(output / "index.html"), record=str(output / "record.json"))
    print(*verdict, f"page: {output / 'index.html'}", sep="\n")
