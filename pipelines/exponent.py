"""Is width the base, and depth the exponent? The question is src/depthlab/questions/exponent."""

from depthlab.questions import answer
from depthlab.questions.exponent.question import QUESTION

if __name__ == "__main__":
    answer(QUESTION)
