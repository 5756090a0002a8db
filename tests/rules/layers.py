"""Who may import whom. A room is a module or package right under depthlab; imports between rooms point one way.

The table holds rooms and libraries by their import names; the standard library is open to all, and so is a room to
itself. Rooms that are not built yet have their place already.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

from tests.rules.imports import Import, imports_of


@dataclass(frozen=True)
class Room:
    """What a room may import: `at_once` anywhere; `lazily` only inside functions, as it is heavy or rarely needed."""

    at_once: frozenset[str]
    lazily: frozenset[str]


def _room(at_once: str = "", lazily: str = "") -> Room:
    return Room(frozenset(at_once.split()), frozenset(lazily.split()))


LAYERS = {
    # What is written down, and the words that networks are made of.
    "records": _room(),
    "lazy_exports": _room(),
    "invocation": _room("records"),  # how this process was called, and what came out
    "published": _room("records"),  # what the literature reports
    "statistics": _room("records scipy numpy"),
    "nn": _room("torch"),
    "models": _room("nn torch"),
    # Models know no configuration, measures no family, the report no torch.
    "data": _room("lazy_exports torch pytorch_lightning numpy PIL rich", lazily="datasets"),
    "tracking": _room("invocation records numpy", lazily="mlflow"),
    "training": _room("lazy_exports records nn torch pytorch_lightning torchmetrics rich"),
    "measures": _room("nn records torch numpy"),
    "report": _room("records matplotlib jinja2 numpy rich"),
    # Plans start fast: no torch before a recipe is known to be sound.
    "recipe": _room("invocation hydra omegaconf"),
    "run": _room(
        "lazy_exports invocation recipe models data training tracking report nn records torch pytorch_lightning hydra "
        "rich"
    ),
    "command_line": _room("invocation recipe hydra omegaconf", lazily="matplotlib"),  # names of fonts
    "sweeps": _room(
        "lazy_exports invocation recipe run training tracking report statistics records rich fsspec optuna ray numpy",
        lazily="mlflow scipy",
    ),
    # What the lab is for; tests/rules/questions.py says which of its files may import what.
    "questions": _room(
        "command_line invocation recipe run sweeps tracking training models measures nn published records report "
        "statistics torch numpy scipy matplotlib"
    ),
    # What can be typed and what can be called: doors to the same code.
    "commands": _room(
        "command_line invocation recipe records hydra", lazily="questions run sweeps tracking training rich"
    ),
    "api": _room("command_line invocation questions recipe records rich", lazily="nn run sweeps tracking pandas"),
    "hydra_plugins": _room("hydra omegaconf", lazily="sweeps"),
    # The package's own front.
    "depthlab": _room(lazily="api commands"),
}


def broken_edges(source: Path) -> list[str]:
    """Every import under `source` (the folder src) that the table forbids: file, line, edge and what is allowed."""
    files = sorted(source.rglob("*.py"))
    broken = []
    for file in files:
        room = _room_of_file(file, source)
        place = file.relative_to(source.parent).as_posix()
        if room not in LAYERS:
            broken.append(f"{place}: room {room!r} is not in the table of tests/rules/layers.py")
            continue
        for found in imports_of(file, source):
            if complaint := _judge(room, found):
                broken.append(f"{place}:{found.line}: {complaint}")
    return broken


def _judge(room: str, found: Import) -> str | None:
    target = _target(found)
    allowed = LAYERS[room]
    if target is None or target == room or target in allowed.at_once:
        return None
    if target in allowed.lazily:
        return None if found.lazy else f"{room} may import {target} only inside a function"
    names = " ".join(sorted(allowed.at_once | allowed.lazily)) or "the standard library"
    return f"{room} may not import {target} (only {names})"


def _target(found: Import) -> str | None:
    """The room or library that is imported, None for the standard library."""
    if found.top in sys.stdlib_module_names:
        return None
    if found.top != "depthlab":
        return found.top
    parts = found.name.split(".")
    # `from depthlab import load` imports the package, `from depthlab import nn` the room.
    return parts[1] if len(parts) > 1 and parts[1] in LAYERS else "depthlab"


def _room_of_file(file: Path, source: Path) -> str:
    parts = file.relative_to(source).with_suffix("").parts
    if parts[0] == "depthlab":
        return "depthlab" if parts[1] == "__init__" else parts[1]
    return parts[0]
