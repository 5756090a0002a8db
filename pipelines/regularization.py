"""What does each regularizer change, and at which depth? The question is src/depthlab/questions/regularization."""

from depthlab.questions import answer
from depthlab.questions.regularization.question import QUESTION

if __name__ == "__main__":
    answer(QUESTION)
