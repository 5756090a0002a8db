"""What the literature says of paths and of the gradient along them."""

from depthlab.published.results import read_rows
from depthlab.questions.paths.record import PublishedFact


def published_path_facts() -> tuple[PublishedFact, ...]:
    """Return what Veit et al. 2016 and Balduzzi et al. 2017 report, by topic: lengths, gradients, training, nearby."""
    return tuple(PublishedFact(**row) for row in read_rows("paths.csv"))
