"""Draw the pictures of docs/verdicts.md: python tools/draw_verdicts.py writes docs/verdicts/*.svg."""

from pathlib import Path

from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "verdicts"
INK, BLUE, GRAY = "#1f2328", "#0969da", "#8c959f"


def main() -> None:
    """Draw them all."""
    FOLDER.mkdir(exist_ok=True)
    rcParams["svg.hashsalt"] = "depthlab"
    for name, figure in (("trend", draw_trend()), ("equivalence", draw_equivalence()), ("ladder", draw_ladder())):
        figure.savefig(FOLDER / f"{name}.svg", metadata={"Date": None})


def draw_trend() -> Figure:
    """Draw three runs at each of four depths, and two pairs of them as the trend test looks at them."""
    errors = {20: (1, 3, 2), 32: (2.5, 6, 4), 44: (12, 9, 20), 56: (30, 18, 36)}
    figure, axes = _figure(4.6)
    for depth, values in errors.items():
        axes.scatter([depth] * 3, values, s=42, color=BLUE, zorder=3)
    for (x, y), (a, b), color, text in (
        ((20, 3), (44, 9), BLUE, "the deeper run errs more"),
        ((44, 20), (56, 18), GRAY, "the deeper run errs less"),
    ):
        axes.annotate("", (a, b), (x, y), arrowprops={"arrowstyle": "->", "color": color, "linewidth": 1.6})
        axes.text((x + a) / 2, max(y, b) + 1.5, text, color=color, ha="center", fontsize=9)
    axes.set_xticks(list(errors))
    axes.set(xlabel="depth", ylabel="training error (%)", ylim=(0, 40))
    return figure


def draw_equivalence() -> Figure:
    """Draw four 90 % intervals of a difference, and the margin."""
    figure, axes = _figure(6.2)
    axes.axvspan(-0.5, 0.5, color=BLUE, alpha=0.12, linewidth=0)
    axes.axvline(0, color=GRAY, linewidth=1)
    rows = (
        (0.05, 0.2, "none: within the margin"),
        (0.3, 0.15, "none, though not 0: it does not matter"),
        (0.4, 0.6, "not shown: the seeds don't tell"),
        (1.3, 0.4, "a difference"),
    )
    for place, (value, half, text) in enumerate(rows):
        axes.errorbar(value, -place, xerr=half, fmt="o", color=INK, capsize=4)
        axes.text(2.0, -place, text, va="center", fontsize=9)
    axes.text(0, 0.55, "± margin", color=BLUE, ha="center", fontsize=9)
    axes.set(xlabel="deepest less shallowest (points)", xlim=(-0.9, 4.4), ylim=(-3.6, 0.9), yticks=[])
    axes.set_xticks([-0.5, 0, 0.5, 1, 1.5])
    return figure


def draw_ladder() -> Figure:
    """Draw the three claims, each behind the one before."""
    figure, axes = _figure(6.2)
    axes.set_axis_off()
    claims = (
        "1. Without shortcuts the error\nrises with depth",
        "2. A doubling of depth costs more\nwithout shortcuts than with",
        "3. With shortcuts the error does not\nchange by more than the margin",
    )
    for place, claim in enumerate(claims):
        x = place * 1.08
        axes.add_patch(_box(x, place * 0.32))
        axes.text(x + 0.5, place * 0.32 + 0.13, claim, ha="center", va="center", fontsize=7, color=INK)
        if place:
            arrow = {"arrowstyle": "->", "color": BLUE}
            axes.annotate("", (x + 0.1, place * 0.32), (x - 0.3, place * 0.32 - 0.08), arrowprops=arrow)
            axes.text(x - 0.02, place * 0.32 - 0.16, "p < 0.05", color=BLUE, fontsize=7.5)
    axes.set(xlim=(-0.05, 3.25), ylim=(-0.05, 1.0))
    return figure


def _box(x: float, y: float):  # type: ignore[no-untyped-def]
    from matplotlib.patches import FancyBboxPatch

    return FancyBboxPatch((x, y), 1.0, 0.26, boxstyle="round,pad=0.01", facecolor="#f6f8fa", edgecolor=GRAY)


def _figure(width: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, 2.7), layout="constrained", facecolor="white")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


if __name__ == "__main__":
    main()
