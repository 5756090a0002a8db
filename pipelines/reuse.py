"""Which layer uses which earlier one? The question is src/depthlab/questions/reuse."""

from depthlab.questions import answer
from depthlab.questions.reuse.question import QUESTION

if __name__ == "__main__":
    answer(QUESTION)
