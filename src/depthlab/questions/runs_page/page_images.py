"""The section that compares two settings image by image."""

from depthlab.questions.runs_page.record import ImageComparison
from depthlab.report.blocks import Block, Notice, PageTable, Section
from depthlab.report.digits import p_text


def images_section(found: ImageComparison) -> Section:
    """Return the section: errors in common and alone, the difference with its interval, and how often they disagree."""
    a, b = found.names
    head = ("", f"{b}: wrong", f"{b}: right")
    counts = {"wrong": (found.both_wrong, found.only_a), "right": (found.only_b, found.both_right)}
    rows = tuple((f"{a}: {how}", *map(_count, pair)) for how, pair in counts.items())
    pairs = "" if found.single else " Means over all pairs of a run of each."
    caption = f"Number of {found.split} images, out of {found.images:,}.{pairs}"
    blocks: list[Block] = [_difference(found), _disagreement(found), PageTable(head, rows, caption, "images")]
    if found.split != "test":
        blocks.append(Notice("Compared on validation images, as test errors of a search are not shown."))
    return Section("Image by image", tuple(blocks))


def _difference(found: ImageComparison) -> str:
    a, b = found.names
    errors = [100 * (found.both_wrong + alone) / found.images for alone in (found.only_a, found.only_b)]
    what = f"On {found.images:,} {found.split} images, {a} errs on {errors[0]:.2f} % and {b} on {errors[1]:.2f} %"
    told = f"{what}: a difference of {found.difference:.2f} points"
    if found.interval is None or found.p is None:
        return f"{told}. One run of a setting tells nothing of its other seeds: no interval."
    level, low, high = 100 * found.interval.level, found.interval.low, found.interval.high
    clear = "clear of zero" if not low <= 0 <= high else "not clear of zero"
    over = "over images" if found.single else "over seeds and images"
    told += f" ({level:.0f} % interval {low:.2f} to {high:.2f}, {over}; {clear})"
    if not found.single:
        return f"{told}, p {p_text(found.p)}."
    return f"{told}. McNemar's exact test: p {p_text(found.p)}. Of other seeds these two runs tell nothing."


def _disagreement(found: ImageComparison) -> str:
    told = f"They predict different classes for {found.disagreement:.2f} % of the images"
    within = [
        f"two seeds of {name} do so for {share:.2f} %"
        for name, share in zip(found.names, found.within, strict=True)
        if share is not None
    ]
    return f"{'; '.join([told, *within])}."


def _count(images: float) -> float | int:
    return int(images) if images == int(images) else round(images, 1)
