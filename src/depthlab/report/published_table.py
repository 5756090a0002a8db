"""Published figures beside ours, and what differs between them."""

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from depthlab.records import MeasuredRun, PublishedFigure
from depthlab.report.blocks import PageTable
from depthlab.report.scale import show

_RECIPE = ("optimizer", "learning_rate", "schedule", "epochs", "batch_size", "weight_decay")

_SPLITS = ("training", "validation", "test")


def published_table(published: Sequence[PublishedFigure], runs: Sequence[MeasuredRun], name: str) -> PageTable:
    """Return a row for each published figure, with the mean of our runs of that network."""
    rows = []
    for one in published:
        ours = [
            run.train_error if one.split == "train" else run.test_error for run in runs if run.network == one.network
        ]
        mean = statistics.fmean(ours) if ours else None
        count = "not told" if one.runs is None else str(one.runs)
        kind = "not verified" if one.source == "unverified" else one.source
        value = f"{'' if one.relation == '=' else one.relation + ' '}{one.error:g}"
        spread = f"{value} ± {one.std:g}" if one.std is not None else value
        rows.append((one.network, one.split, mean, spread, one.dataset, count, kind, one.where, one.notes))
    head = ("network", "split", "here (%)", "published (%)", "data", "runs", "kind of source", "where", "notes")
    return PageTable(head, tuple(rows), "Published figures of the same networks.", name)


def differences(published: Sequence[PublishedFigure], held: Mapping[str, Any], trained: Mapping[str, Any]) -> str:
    """Return what is to be known before our numbers are set against theirs: data, recipe, split."""
    ours = ", ".join(f"{key.replace('_', ' ')} {show(held[key])}" for key in _RECIPE if key in held)
    data = str(held.get("data", "several data sets"))
    theirs = "; or: ".join(dict.fromkeys(one.recipe for one in published if one.recipe)) or "not told"
    sets = ", ".join(dict.fromkeys(one.dataset for one in published))
    other = (
        "The data are others, so only the order of networks can be compared, no number. " if data != "cifar10" else ""
    )
    return (
        f"{other}Here: {data}, {ours}; {splits_text(trained)} images. "
        f"Published: {sets}, trained as the papers say: {theirs}. "
        "Data, recipe, split and the number of runs each can move an error by more than seeds do."
    )


def fewest_images(trained: Mapping[str, Any]) -> int:
    """Return how many images the smallest split has, which limits the digits of errors; 0 where that is not known."""
    return min((trained[name] for name in _SPLITS if name in trained), default=0)


def splits_text(trained: Mapping[str, Any]) -> str:
    """Return how many images each split has, as far as that is known."""
    there = [f"{trained[name]:,} {name}" for name in _SPLITS if name in trained]
    return ", ".join(there) or "an unknown number of"
