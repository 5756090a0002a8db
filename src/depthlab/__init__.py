"""depthlab: what do depth, width and regularization buy in a convolutional network?

From Python: `train`, `sweep`, `runs`, `load`, and each question as a function, such as `degradation`; a mistake is a
`UserError`. Everything is imported when it is first used.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from depthlab.api import UserError, load, runs, sweep, train

__all__ = ["UserError", "load", "runs", "sweep", "train"]


def __getattr__(name: str) -> Any:
    """Import what is asked for: it needs hydra or torch, and the command line should answer before that."""
    from depthlab.commands.entry import question_names

    if name in __all__:
        from depthlab import api

        return getattr(api, name)
    if not name.startswith("_") and name in question_names():
        from depthlab.api import question_function

        return question_function(name)
    raise AttributeError(f"module 'depthlab' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Name what can be called: the functions and the questions, and none of the rooms."""
    from depthlab.commands.entry import question_names

    return sorted({*(name for name in globals() if name.startswith("__")), *__all__, *question_names()})
