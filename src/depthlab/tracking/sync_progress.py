"""How much of a run an MLflow store has: the small file that lets the upload go on where it stopped."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self, final

from depthlab.records import Damaged, Record
from depthlab.tracking.damage import tell_damage

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
    complete: bool = False  # everything has arrived, the end status too
    experiment_id: str = ""  # MLflow's, "" until the store gave it
    given_up: bool = False  # the run's process ended without that, and said so

    @classmethod
    def find(cls, folder: Path) -> Self | None:
        """Read the state of the run in `folder`; None where none was ever begun, or where the file is damaged."""
        path = folder / _NAME
        try:
            return cls.read(path) if path.is_file() else None
        except Damaged as damaged:
            tell_damage(damaged)
            return None

    @staticmethod
    def kept(folder: Path) -> bool:
        """Whether there is a file of it, whole or damaged."""
        return (folder / _NAME).is_file()

    def write(self, folder: Path) -> None:
        """Write it into the run's folder."""
        self.save(folder / _NAME, durable=False)
