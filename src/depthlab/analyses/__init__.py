"""What is measured on trained networks and over many runs; statistics need no torch."""

from depthlab.analyses import statistics

__all__ = ["statistics"]
