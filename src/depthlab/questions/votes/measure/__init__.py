"""Predictions of networks, of those sampled from them, and of ensembles of either."""

from depthlab.questions.votes.measure.runs import measure

__all__ = ["measure"]
