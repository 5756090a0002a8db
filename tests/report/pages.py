"""A page with one of everything."""

from matplotlib.figure import Figure

from depthlab.report import Code, Facts, Folded, Notice, Page, PageTable, Picture, Section


def drawn(kind: str = "lines") -> Figure:
    """A figure whose colors follow the page; with `kind` map one whose colors are a scale."""
    figure = Figure(figsize=(9, 3.6) if kind == "wide" else (6.4, 4.2), layout="constrained")
    axes = figure.subplots()
    if kind == "map":
        figure.colorbar(axes.imshow([[0.0, 1.0], [0.5, 0.25]], cmap="Blues"))
    else:
        axes.plot([1, 2, 3], [3, 1, 2], color="#440154", marker="o", label="plain-56")
        axes.errorbar([1, 2, 3], [2, 2.5, 1.5], yerr=0.25, color="#d55e00", label="resnet-56")
        axes.fill_between([1, 3], [0, 0], [1, 1], color="#e8f0fe")
        axes.legend(title="network")
    axes.set(xlabel="epoch", ylabel="error (%)", title="training")
    return figure


ROWS = (
    ("resnet-20", 20, 0.123456789, "8.1 (6.0 to 10.2)", "2026-11-01", None),
    (
        "resnet-56",
        56,
        None,
        "− 3.2 ± 0.4 %",
        "2026-11-02",
        "loss is nan at step 40 & it <b>stayed</b> so to the end",
    ),
    ("plain-56", 110, 12, "", "2026-11-03", "`loss` is nan"),
)
PAGE = Page(
    "Depth & <degradation>",
    "plain-56 is worse than plain-20 by 8.1 points.\nresnet-56 is not.",
    (
        Section(
            "Error",
            (
                "See https://example.org/a?b=1&c=2, and type `python train.py a<b`.",
                Notice("Two runs diverged.", "warning"),
                Notice("One seed gives a point, no claim."),
                Picture(drawn(), "error", 'Error of "plain" & resnet', "Error against depth."),
                Picture(drawn("wide"), "wide", "A wide figure"),
            ),
        ),
        Section(
            "Runs",
            (
                PageTable(("network", "depth", "error", "gap", "date", "fault"), ROWS, "All runs", "runs"),
                PageTable(("name", "value"), ()),
            ),
        ),
        Section("Runs", (Picture(drawn("map"), "map", "Share of each class", "A map."),)),
        Section(
            "How to repeat it",
            (
                Code("python pipelines/degradation.py " + "word=value " * 30),
                Folded("Changes", (Code("+ 1 < 2\n- 2"), PageTable(("a",), ((1,),), "", "inner"))),
                Facts((("cores", "2"),)),
            ),
        ),
    ),
    (("command", "`python pipelines/degradation.py`"), ("commit", "3aafd7e2" * 5)),
)
