"""Inception networks: units of parallel paths with different kernels, whose outputs are concatenated."""

from depthlab.models.inception.v1 import inception_v1
from depthlab.models.inception.v2 import inception_v2
from depthlab.models.inception.v3 import inception_v3

__all__ = ["inception_v1", "inception_v2", "inception_v3"]
