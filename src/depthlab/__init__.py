"""depthlab: what do depth, width and regularization buy in a convolutional network?"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from depthlab.run import load

__all__ = ["load"]


def __getattr__(name: str) -> Any:
    """Import `load` when it is asked for: it needs torch, and the command line should answer before that."""
    if name == "load":
        from depthlab.run import load

        return load
    raise AttributeError(f"module 'depthlab' has no attribute {name!r}")
