"""A table for a paper: LaTeX with the rules of the booktabs package."""

import re

from depthlab.report.blocks import PageTable
from depthlab.report.table_text import shown_table

_SIGNS = {
    "\\": r"\textbackslash{}",
    **{sign: rf"\{sign}" for sign in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "−": "$-$",
    "±": r"$\pm$",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "≈": r"$\approx$",
    "<": "$<$",
    ">": "$>$",
    "|": r"\textbar{}",
    "²": "$^2$",
    "³": "$^3$",
    "–": "--",
    "…": r"\dots{}",
}
_SIGN = re.compile("|".join(map(re.escape, _SIGNS)))
_CODE = re.compile(r"`([^`\n]+)`")
_NEGATIVE = re.compile(r"(?<![\w.])-(?=\d)")  # a minus, no hyphen
_ROOM = {"number": "r", "words": "l", "text": r"p{0.3\linewidth}"}


def to_latex(table: PageTable) -> str:
    r"""Return the table as it is shown on the page, as a `table` to be put into a paper with `\input`."""
    shown = shown_table(table)
    lines = [r"\toprule", _line([column.head for column in shown.columns]), r"\midrule"]
    lines += [_line(row) for row in shown.rows]
    caption = [rf"\caption{{{escape(shown.caption)}}}"] if shown.caption else []
    return "\n".join(
        [
            r"% needs \usepackage{booktabs}",
            *(r"\begin{table}", r"\centering", *caption, rf"\label{{tab:{table.name}}}"),
            rf"\begin{{tabular}}{{{''.join(_ROOM[column.kind] for column in shown.columns)}}}",
            *lines,
            *(r"\bottomrule", r"\end{tabular}", r"\end{table}", ""),
        ]
    )


def escape(text: str) -> str:
    """Return text that LaTeX prints as it is; what is between backticks in typewriter letters."""
    text = _NEGATIVE.sub("−", " ".join(text.split()))
    return _CODE.sub(r"\\texttt{\1}", _SIGN.sub(lambda sign: _SIGNS[sign[0]], text))


def _line(cells: list[str] | tuple[str, ...]) -> str:
    # Without the braces a cell that begins with a bracket were an argument of the line break before it.
    return " & ".join(f"{{{escape(cell)}}}" if cell.startswith("[") else escape(cell) for cell in cells) + r" \\"
