"""Lesions of units and groups in trained networks."""

from depthlab.questions.exponent.measure.runs import measure

__all__ = ["measure"]
