"""What the literature reports, as data: one figure a row, with its source and what speaks against comparing with it."""

from depthlab.published.lesions import published_lesions
from depthlab.published.regularizers import published_effects
from depthlab.published.results import PublishedResult, published_result, published_results
from depthlab.published.twins import published_twins

__all__ = [
    "PublishedResult",
    "published_effects",
    "published_lesions",
    "published_result",
    "published_results",
    "published_twins",
]
