"""What does a network lose when units are deleted or trade places? The question is src/depthlab/questions/lesion."""

from depthlab.questions import answer
from depthlab.questions.lesion.question import QUESTION

if __name__ == "__main__":
    answer(QUESTION)
