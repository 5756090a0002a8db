"""The questions of the lab: a folder each, and what they share."""

from depthlab.questions.arguments import Arguments
from depthlab.questions.base import Question, answer
from depthlab.questions.find import find_question

__all__ = ["Arguments", "Question", "answer", "find_question"]
