"""Does the training error rise with depth? The question is src/depthlab/questions/degradation."""

from depthlab.questions import answer
from depthlab.questions.degradation.question import QUESTION

if __name__ == "__main__":
    answer(QUESTION)
