"""The file that a benchmark writes its record to."""

from collections.abc import Mapping
from pathlib import Path

from depthlab.records.base import Record

OUTPUT = {"output": "a JSON file to write the record to"}


def output_file(typed: Mapping[str, str]) -> Path | None:
    """Return the file that was typed as `output`, if any. Raises `ValueError`: its folder does not exist."""
    if "output" not in typed:
        return None
    output = Path(typed["output"])
    if not output.parent.is_dir():
        raise ValueError(f"output={output}: there is no folder {output.parent}")
    return output


def write_record(record: Record, output: Path | None) -> None:
    """Write a record where it was asked for. Raises `OSError`."""
    if output is not None:
        output.write_text(record.to_json(), encoding="utf-8")
