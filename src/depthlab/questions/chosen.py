"""How networks are trained is not what a question compares: values of such an axis are chosen from, on validation."""

from collections.abc import Iterable, Sequence
from math import inf, isfinite
from statistics import fmean

from depthlab.questions.grouping import grouped
from depthlab.questions.wording import counted, together
from depthlab.records import RunRef, TrialRecord, TrialState
from depthlab.sweeps.plan.searched import says_how_trained
from depthlab.sweeps.state.sweep_state import goodness


def chosen_axes(axes: Iterable[str], studied: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the axes whose values a question chooses from: how networks are trained, but for what it studies."""
    return tuple(axis for axis in axes if says_how_trained(axis) and axis not in studied)


def choose_settings(
    refs: Sequence[RunRef], trials: Iterable[TrialRecord], axes: Sequence[str], metric: str
) -> tuple[tuple[RunRef, ...], tuple[str, ...]]:
    """Return the runs of each network at the setting that did best on validation, and a sentence for each network.

    The mean of the metric over seeds decides, between equals the lower validation loss. Settings with a run that did
    not finish are passed over, unless all have one. Other settings' runs are left out, and so are their test errors.

    Args:
        refs: Runs, by networks that `axes` don't tell apart.
        trials: Of these runs.
        axes: Those that are chosen from, such as learning_rate.
        metric: On validation.
    """

    metrics = {trial.fingerprint: trial.metrics for trial in trials}

    def rank(same: Sequence[RunRef]) -> tuple[bool, float, float]:
        found = [metrics[ref.fingerprint] for ref in same if ref.state == TrialState.FINISHED]
        known = [one for one in found if isfinite(one.get(metric, inf))]
        score = fmean(goodness(metric, one) for one in known) if known else -inf
        losses = [one["val/loss"] for one in known if isfinite(one.get("val/loss", inf))]
        return len(known) == len(same), score, -fmean(losses) if losses else -inf

    kept: set[str] = set()
    sentences = []
    for network, runs in grouped(refs, lambda ref: ref.group).items():
        settings = grouped(runs, lambda ref: ", ".join(f"{axis}={ref.values.get(axis)}" for axis in axes))
        best = max(settings, key=lambda setting: rank(settings[setting]))
        kept.update(ref.fingerprint for ref in settings[best])
        others = together([setting for setting in settings if setting != best])
        if others:
            seeds = counted(len(settings[best]), "seed")
            sentences.append(f"{network} has {best} rather than {others}, as chosen on validation with {seeds}.")
    return tuple(ref for ref in refs if ref.fingerprint in kept), tuple(sentences)
