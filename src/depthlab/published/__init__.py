"""What the literature reports, as data: one figure a row, with its source and what speaks against comparing with it."""

from depthlab.published.results import PublishedResult, published_result, published_results
from depthlab.published.twins import published_twins

__all__ = ["PublishedResult", "published_result", "published_results", "published_twins"]
