"""How much of a run an MLflow store has: the small file that lets the upload go on where it stopped."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self, final

from depthlab.records import Record
from depthlab.tracking.atomic import write_atomically

_NAME = "projection.json"


@final
@dataclass(frozen=True)
class SyncProgress(Record):
    """How much of one run has arrived in one store."""

    uri: str  # the store's address, without its password
    experiment: str
    key: str  # marks the run in the store
    run_id: str | None = None  # MLflow's, None until the store gave one
    tags: dict[str, str] = field(default_factory=dict)  # of the sweep that asked for the run, beside the usual ones
    described: bool = False  # parameters, tags and dataset have arrived
    metrics: int = 0  # bytes of the journal whose metrics have arrived, all of them
    system: int = 0  # the same of the journal of system metrics
    artifacts: dict[str, str] = field(default_factory=dict)  # path in the store -> file to upload at the end
    complete: bool = False  # everything has arrived, the end status too
    experiment_id: str = ""  # MLflow's, "" until the store gave it

    @classmethod
    def find(cls, folder: Path) -> Self | None:
        """Read the state of the run in `folder`; None where none was ever begun."""
        path = folder / _NAME
        return cls.read(path) if path.is_file() else None

    def write(self, folder: Path) -> None:
        """Write it into the run's folder."""
        write_atomically(folder / _NAME, self.to_json(), durable=False)
