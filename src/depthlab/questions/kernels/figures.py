"""What each kind of a part does to the error at equal cost."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from depthlab.questions.kernels.record import VariantNetwork
from depthlab.records import Compared
from depthlab.report.frame import figure_frame
from depthlab.report.palette import BROKEN, COLORS

TEST = "test error"


def kind_differences(networks: Sequence[VariantNetwork], compared: Sequence[Compared]) -> Figure:
    """Draw, slot by slot, each kind's errors less the skeleton's, with intervals; test filled, training hollow.

    A kind without a result has a cross.
    """
    slots = list(dict.fromkeys(one.slot for one in networks if one.slot))
    kinds = {slot: [one for one in networks if one.slot == slot] for slot in slots}
    height = 0.9 + sum(0.42 + 0.3 * len(members) for members in kinds.values())
    ratios = [1 + len(members) for members in kinds.values()]
    shared = {"sharex": True, "squeeze": False, "height_ratios": ratios}
    figure, panels = figure_frame(len(slots), 1, size=(8.6, height), grid="x", **shared)
    for axes, slot in zip(panels[:, 0], slots, strict=True):
        for place, one in enumerate(kinds[slot]):
            for each in [found for found in compared if found.a == one.network]:
                test = each.measure == TEST
                y = place + (-0.13 if test else 0.13)
                if each.mean_a is None or each.mean_b is None:
                    axes.plot([0], [y], marker="x", color=BROKEN, linestyle="")
                    continue
                value = each.mean_a - each.mean_b
                interval = each.comparison.interval if each.comparison is not None else None
                bars = None if interval is None else [[value - interval.low], [interval.high - value]]
                axes.errorbar(
                    [value],
                    [y],
                    xerr=bars,
                    marker="o",
                    markersize=5,
                    color=COLORS[0],
                    markerfacecolor=COLORS[0] if test else "none",
                    capsize=2.5,
                    linestyle="",
                )
        axes.axvline(0, color="0.5", linewidth=0.8)
        axes.set_yticks(range(len(kinds[slot])), [one.kind for one in kinds[slot]], fontsize="small")
        axes.set_ylim(len(kinds[slot]) - 0.5, -0.5)
        axes.set_title(slot, fontsize="medium", loc="left")
    panels[-1, 0].set_xlabel("error less the skeleton's (points)")
    return figure
