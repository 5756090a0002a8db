"""Errors of the runs, the networks that they are of, and what others published."""

from depthlab.questions.runs import TrainedRuns
from depthlab.questions.width_vs_depth.plan import MatchedPlan, Options
from depthlab.questions.width_vs_depth.published import published_networks
from depthlab.questions.width_vs_depth.record import WidthVsDepthRecord


def measure(runs: TrainedRuns[MatchedPlan], options: Options) -> WidthVsDepthRecord:
    """Return what the runs found, without comparisons and fits."""
    return WidthVsDepthRecord(
        about=runs.about,
        match=options.match,
        networks=runs.plan.networks,
        measured=runs.measured,
        published=published_networks(),
        timed_on=runs.plan.timed_on,
        trained=runs.images,
    )
