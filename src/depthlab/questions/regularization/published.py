"""What the literature reports of networks without a regularizer, and with it."""

from depthlab.published.results import read_rows
from depthlab.published.twins import published_figure
from depthlab.questions.regularization.record import PublishedEffect


def published_effects(factor: str) -> tuple[PublishedEffect, ...]:
    """Return the published pairs of a factor, on CIFAR-10: test errors of one network without it and with it."""
    return tuple(
        PublishedEffect(
            row["factor"],
            row["strength"],
            without=published_figure(row["without"]),
            with_it=published_figure(row["with"]),
        )
        for row in read_rows("regularizers.csv")
        if row["factor"] == factor
    )
