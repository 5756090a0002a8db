"""Errors of the runs, and the variants that they are of."""

from depthlab.questions.kernels.plan import Options
from depthlab.questions.kernels.record import KernelsRecord
from depthlab.questions.kernels.variants import Variants
from depthlab.questions.runs import TrainedRuns


def measure(runs: TrainedRuns[Variants], options: Options) -> KernelsRecord:
    """Return what the runs found, without comparisons."""
    return KernelsRecord(
        about=runs.about,
        match=options.match,
        networks=runs.plan.networks,
        measured=runs.measured,
        same=runs.plan.same,
        trained=runs.images,
    )
