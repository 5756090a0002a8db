"""Errors of the runs, and the responses and gradients of their layers."""

from depthlab.questions.degradation.measure.runs import measure

__all__ = ["measure"]
