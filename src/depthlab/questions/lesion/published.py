"""What Veit et al. measured when they deleted and re-ordered the units of networks that they had trained."""

from functools import cache

from depthlab.published.results import read_rows
from depthlab.questions.lesion.record import PublishedLesions


@cache
def published_lesions() -> tuple[PublishedLesions, ...]:
    """Return every row of lesions.csv: errors in percent after each single deletion, or medians over draws."""
    return tuple(
        PublishedLesions(
            id=row["id"],
            paper=row["paper"],
            arxiv=row["arxiv"],
            dataset=row["dataset"],
            network=row["network"],
            lesion=row["lesion"],
            at=tuple(map(float, row["at"].split())),
            error=tuple(map(float, row["error"].split())),
            baseline=float(row["baseline"]) if row["baseline"] else None,
            source=row["source"],
            notes=row["notes"],
        )
        for row in read_rows("lesions.csv")
    )
