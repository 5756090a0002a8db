"""Which kind of convolution, pooling, activation, normalization? The question is src/depthlab/questions/kernels."""

from depthlab.questions import answer
from depthlab.questions.kernels.question import QUESTION

if __name__ == "__main__":
    answer(QUESTION)
