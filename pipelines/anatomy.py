"""What is a network made of, and what does each part cost? The question is src/depthlab/questions/anatomy."""

from depthlab.questions import answer
from depthlab.questions.anatomy.question import QUESTION

if __name__ == "__main__":
    answer(QUESTION)
