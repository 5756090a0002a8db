"""What a notebook's cell shows."""

import base64
import html
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table


def tables_html(tables: Iterable[Table | None]) -> str:
    """Return the terminal's tables as HTML."""
    console = Console(file=io.StringIO(), record=True, width=160, force_jupyter=False)
    for table in tables:
        if table is not None:
            console.print(table)
    return console.export_html(inline_styles=True, code_format="<pre>{code}</pre>")


def answer_html(verdict: Iterable[str], figures: Mapping[str, Path], page: Path) -> str:
    """Return a verdict, figures side by side, and the page's address. Pictures are inside, as a notebook may move."""
    lines = "".join(f"<p>{html.escape(line)}</p>" for line in verdict)
    pictures = "".join(
        f'<img alt="{html.escape(name)}" style="max-width:49%" src="data:image/svg+xml;base64,'
        f'{base64.b64encode(file.read_bytes()).decode()}">'
        for name, file in figures.items()
    )
    return f"{lines}<div>{pictures}</div><p>page: <code>{html.escape(str(page))}</code></p>"
