"""Lengths of paths, the gradient along them and at nearby inputs, and networks trained on effective paths."""

from depthlab.questions.paths.measure.runs import measure

__all__ = ["measure"]
