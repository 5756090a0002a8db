"""Under which conditions a benchmark ran: what every record of one says first."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from depthlab.records import Environment, Record


@dataclass(frozen=True)
class Conditions(Record):
    """The command, when it was given, what code ran, and on what."""

    command: str
    date: str  # ISO 8601, UTC
    commit: str | None
    changed: bool  # whether the checkout differed from the commit
    hardware: str
    platform: str
    versions: dict[str, str]


def conditions(environment: Environment, packages: Iterable[str]) -> dict[str, Any]:
    """Return the fields of `Conditions` for a record that has them; `packages` are those whose versions count."""
    found = Conditions(
        command=" ".join(["python", *sys.argv]),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        commit=environment.commit,
        changed=bool(environment.diff),
        hardware=environment.gpu or f"{environment.cpu}, {environment.cores} cores",
        platform=environment.platform,
        versions={"python": environment.python} | {name: environment.versions[name] for name in packages},
    )
    return {field.name: getattr(found, field.name) for field in fields(found)}
