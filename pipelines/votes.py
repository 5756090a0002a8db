"""Is dropout a vote, is stochastic depth a vote? The question is src/depthlab/questions/votes."""

from depthlab.questions import answer
from depthlab.questions.votes.question import QUESTION

if __name__ == "__main__":
    answer(QUESTION)
