"""Errors after lesions of trained networks."""

from depthlab.questions.lesion.measure.runs import measure

__all__ = ["measure"]
