"""The questions of the lab: a folder each, and what they share."""

from depthlab.questions.arguments import Arguments
from depthlab.questions.base import Question, answer, find_answer
from depthlab.questions.find import find_question

__all__ = ["Arguments", "Question", "answer", "find_answer", "find_question"]
