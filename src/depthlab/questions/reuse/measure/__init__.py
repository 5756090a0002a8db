"""How strongly each layer reads each earlier one."""

from depthlab.questions.reuse.measure.runs import measure

__all__ = ["measure"]
