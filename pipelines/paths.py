"""How long are the paths that carry the gradient? The question is src/depthlab/questions/paths."""

from depthlab.questions import answer
from depthlab.questions.paths.question import QUESTION

if __name__ == "__main__":
    answer(QUESTION)
