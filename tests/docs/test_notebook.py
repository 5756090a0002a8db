"""The notebook of docs/ runs from its first cell to a verdict, in a kernel with its event loop, in any folder."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.rules import ROOT

NOTEBOOK = ROOT / "docs" / "notebook.ipynb"


@pytest.mark.slow
def test_the_notebook_goes_from_training_to_a_verdict(tmp_path: Path) -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells), "outputs are the reader's own: clear them"
    NotebookClient(notebook, timeout=500, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = {cell.source.splitlines()[-1]: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}
    assert "test error" in html_of(shown["run"]) and "100%" in str(shown["run"])  # and its progress
    assert "resnet" in html_of(shown["sweep"])
    answer = html_of(shown["answer"])
    assert "training error" in answer and "data:image/svg+xml;base64," in answer
    assert "depth must be 6n+2" in str(shown["    print(error)"])
    assert "noise" in html_of(next(outputs for line, outputs in shown.items() if line.startswith("answer.gains[[")))
    assert {"mlruns", "reports"} <= {path.name for path in tmp_path.iterdir()}


def html_of(outputs: list[nbformat.NotebookNode]) -> str:
    """Return the HTML of a cell's value."""
    return "".join(one["data"].get("text/html", "") for one in outputs if one["output_type"] == "execute_result")
