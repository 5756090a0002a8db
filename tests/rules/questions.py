"""What the files of a question's folder may import, by their role; the file's name says which role it has."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.rules.imports import Import, imports_of


@dataclass(frozen=True)
class Role:
    """What files of one role may import: rooms and libraries, what questions share, and roles of their own folder."""

    rooms: frozenset[str]
    shared: frozenset[str]
    own: frozenset[str]
    lazily: frozenset[str]  # rooms and roles of their own folder, inside functions only


def _role(rooms: str = "", *, shared: str = "", own: str = "", lazily: str = "") -> Role:
    return Role(*(frozenset(names.split()) for names in (rooms, shared, own, lazily)))


PLANNING = "arguments equal_cost few_images grouping publish references runs wording"

_JUDGING = _role(
    "numpy published records scipy statistics",
    shared="compared decisive failures grouping planning wording",
    own="record published judging verdict wording",
)
ROLES = {
    "question": _role("command_line invocation recipe sweeps", shared="base arguments few_images runs", own="plan"),
    # of a page alone
    "command": _role("command_line invocation recipe records tracking", lazily="measure page record report run sweeps"),
    "plan": _role(
        "command_line invocation recipe records run sweeps tracking",
        shared=PLANNING,
        own="record plan",
        lazily="report training measure judging verdict",  # progress is shown, and a dry run may print what is counted
    ),
    "record": _role("records"),
    "published": _role("published records", own="record"),  # what the literature reports
    "measure": _role(
        "data invocation measures models nn numpy published recipe records run scipy statistics sweeps torch tracking "
        "training",
        shared="equal_cost grouping references runs",
        own="record published judging plan measure",
    ),
    "verdict": _JUDGING,
    "judging": _JUDGING,  # pure functions of records, such as fits, which measures may need too
    "wording": _JUDGING,
    "page": _role("matplotlib numpy records report statistics", shared="grouping wording", own="record wording page"),
}
# Files that choose what is trained. What has no name here or below has the role judging.
PLANS = ("plan", "networks", "factors", "variants", "tuning")
PAGES = ("page", "figures", "tables", "blocks")


def question_folders(questions: Path) -> list[str]:
    """Return the names of the folders that are questions: those that have a page."""
    return sorted(file.parent.name for file in questions.glob("*/page.py"))


def broken_roles(source: Path) -> list[str]:
    """Return each import under depthlab/questions that its file's role forbids: file, line and what it may not import.

    Args:
        source: The folder src.
    """
    questions = source / "depthlab" / "questions"
    folders = question_folders(questions)
    return [
        f"{file.relative_to(source.parent).as_posix()}:{found.line}: {complaint}"
        for file in sorted(questions.rglob("*.py"))
        for found in imports_of(file, source)
        for complaint in _complaints(file.relative_to(questions).with_suffix("").parts, found, folders)
    ]


def role_of(parts: tuple[str, ...]) -> str:
    """Return the role of a file by its path within the folder, such as `figures_layers` or `measure/runs`."""
    first = parts[0]
    if first in ROLES:
        return first
    if any(first == name or first.startswith(f"{name}_") for name in PLANS):
        return "plan"
    return "page" if first.partition("_")[0] in PAGES else "judging"


def _complaints(file: tuple[str, ...], found: Import, folders: list[str]) -> Iterator[str]:
    part = _questions_part(found)
    if file[0] not in folders or file[1:] == ("__init__",):
        if part and part[0] in folders:
            yield f"what questions share may not import the question {part[0]}"
        return
    name = role_of(file[1:])
    role, room = ROLES[name], _room(found)
    lazily = role.lazily if found.lazy else frozenset()
    if part is None:
        if room is not None and room not in role.rooms | lazily:
            yield f"a file of the role {name} may not import {room}"
    elif part[0] == file[0]:
        if role_of(part[1:]) not in role.own | lazily:
            yield f"a file of the role {name} may not import {'.'.join(part)}, of the role {role_of(part[1:])}"
    elif part[0] in folders:
        yield f"the question {file[0]} may not import the question {part[0]}"
    elif part[0] not in role.shared:
        yield f"a file of the role {name} may not import questions.{part[0]}"


def _questions_part(found: Import) -> tuple[str, ...] | None:
    """Return where in depthlab.questions an imported name comes from; None for other rooms."""
    parts = tuple(found.name.split("."))
    if parts[:2] != ("depthlab", "questions"):
        return None
    return ("base",) if parts[2:3] and parts[2] in ("Question", "answer", "Arguments") else parts[2:]


def _room(found: Import) -> str | None:
    if found.top in sys.stdlib_module_names:
        return None
    return found.name.split(".")[1] if found.top == "depthlab" else found.top
