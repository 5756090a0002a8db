"""What do depth, width and cardinality buy at equal cost? The question is src/depthlab/questions/width_vs_depth."""

from depthlab.questions import answer
from depthlab.questions.width_vs_depth.question import QUESTION

if __name__ == "__main__":
    answer(QUESTION)
