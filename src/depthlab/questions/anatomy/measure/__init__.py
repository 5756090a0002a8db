"""Costs of the parts of untrained networks, and times of their passes."""

from depthlab.questions.anatomy.measure.networks import measure

__all__ = ["measure"]
