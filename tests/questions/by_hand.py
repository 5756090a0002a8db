"""Verdicts recomputed from `record.json` as a reader would, with numpy and scipy and nothing of the project's."""

import math
from itertools import combinations
from typing import Any

import numpy as np
from scipy import stats

Json = dict[str, Any]


def degradation_by_hand(record: Json) -> int:
    """Check the ends of each series, Welch's interval with its floor; returns how many have an interval."""
    asked = set(record["conditions"][0]["members"])
    runs = [run for run in record["measured"] if run["fingerprint"] in asked]
    images, found = record["trained"]["training"], 0
    for series in dict.fromkeys(run["series"] for run in runs):
        same = [run for run in runs if run["series"] == series]
        shallow, deep = ([run["train_error"] for run in same if run["place"] == place] for place in _ends(same))
        (told,) = (line for line in record["about"]["verdict"] if line.startswith(f"{series}'s training error"))
        assert _said(abs(np.mean(deep) - np.mean(shallow))) in told
        if min(len(deep), len(shallow)) < 2:
            continue
        u, v = (max(np.var(side, ddof=1), _floor(side, images)) / len(side) for side in (deep, shallow))
        df = (u + v) ** 2 / (u**2 / (len(deep) - 1) + v**2 / (len(shallow) - 1))
        level = 0.9 if "90 % interval" in told else 0.95
        half = stats.t.isf((1 - level) / 2, df) * math.sqrt(u + v)
        low, high = np.mean(deep) - np.mean(shallow) - half, np.mean(deep) - np.mean(shallow) + half
        assert f"{100 * level:.0f} % interval {_said(low)} to {_said(high)}" in told
        assert (" does not change by " in told) <= (max(-low, high) < record["margin"])
        found += 1
    return found


def _floor(errors: list[float], images: int) -> float:
    wrong = np.mean(errors) * images / 100
    return (100 / images) ** 2 * (min(wrong, images - wrong, 1) + 0.5)


def regularization_by_hand(record: Json) -> int:
    """Check the change of the test error by each factor, of a full factorial with two levels; returns how many.

    Each seed and depth gives one value: the mean with the factor less that without it. The depths' means over seeds are
    averaged, with Welch and Satterthwaite's degrees of freedom.
    """
    images = record["trained"]["test"]
    found = 0
    for factor in record["factors"]:
        parts = []
        for depth in sorted({run["levels"]["depth"] for run in record["measured"]}):
            runs = [run for run in record["measured"] if run["levels"]["depth"] == depth]
            seeds = sorted({run["run"]["seed"] for run in runs})
            sides = [[run for run in runs if run["levels"][factor["name"]] == factor[end]] for end in ("on", "off")]
            values = [
                np.subtract(*(np.mean([_test(run) for run in side if run["run"]["seed"] == seed]) for side in sides))
                for seed in seeds
            ]
            cells: dict[str, list[float]] = {}
            for run in runs:
                cells.setdefault(str(run["levels"]), []).append(_test(run))
            floor = sum(_floor(errors, images) for errors in cells.values()) / (len(cells) / 2) ** 2
            parts.append((np.mean(values), max(np.var(values, ddof=1), floor) / len(seeds), len(seeds) - 1))
        means, variances, df = (np.array(column) for column in zip(*parts, strict=True))
        change, error = means.mean(), math.sqrt(variances.sum()) / len(parts)
        level = 1 - 0.05 / len(record["factors"])  # of all main changes at once
        half = stats.t.ppf((1 + level) / 2, variances.sum() ** 2 / (variances**2 / df).sum()) * error
        told = next(line for line in record["about"]["verdict"][1:] if line.startswith(factor["name"]))
        sign = -1 if "lowers the test error" in told else 1
        assert f"test error by {_said(sign * change)} points" in told
        low, high = sorted((sign * (change - half), sign * (change + half)))
        assert f"{100 * level:.3g} % interval {_said(low)} to {_said(high)}, p = " in told
        assert sign > 0 or change + half < 0
        found += 1
    return found


def _test(run: Json) -> float:
    return float(run["run"]["test_error"])


def width_by_hand(record: Json) -> int:
    """Check what doublings of width are worth in doublings of depth; returns how many seeds it rests on."""
    shapes = {one["network"]: one for one in record["networks"]}
    families = list(dict.fromkeys(one["family"] for one in shapes.values()))
    axes = ("depth", "width", "cardinality")
    varying = [
        axis
        for axis in axes
        if any(
            len({one["values"][axis] for one in shapes.values() if one["family"] == family and axis in one["values"]})
            > 1
            for family in families
        )
    ]

    def row(name: str) -> list[float]:
        one = shapes[name]
        logs = [math.log2(one["values"].get(axis, 1)) for axis in varying]
        return [*(float(one["family"] == family) for family in families), *logs]

    runs = record["measured"]
    names = list(dict.fromkeys(run["network"] for run in runs))
    design = np.array([row(name) for name in names])
    errors = [np.array([run["test_error"] for run in runs if run["network"] == name]) for name in names]
    means = np.array([some.mean() for some in errors])
    slopes = np.linalg.pinv(design) @ means
    df, images = len(names) - design.shape[1], record["trained"]["test"]
    counts = means / 100 * images
    floors = (100 / images) ** 2 * (np.minimum(np.minimum(counts, images - counts), 1) + 0.5)
    own = np.maximum([some.var(ddof=1) for some in errors], floors) / [len(some) for some in errors]
    solver = np.linalg.inv(design.T @ design) @ design.T
    covariance = solver @ np.diag(np.maximum(np.sum((means - design @ slopes) ** 2) / df, own)) @ solver.T
    depth, width = len(families), len(families) + varying.index("width")
    first = len(families)
    weights = [np.eye(len(slopes))[place] for place in range(first, len(slopes))]
    factors = np.linalg.pinv(design) @ np.log2([shapes[name]["cost"] for name in names])
    weights += [
        b / (b @ factors) - a / (a @ factors)
        for a, b in combinations(weights, 2)
        if a @ factors > 0 and b @ factors > 0
    ]
    p_values = [2 * stats.t.sf(abs(w @ slopes) / math.sqrt(w @ covariance @ w), df) for w in weights]
    order = np.argsort(p_values)
    steps = np.maximum.accumulate(np.array(p_values)[order] * np.arange(len(order), 0, -1))
    shown = {axis: steps[list(order).index(place)] < 0.05 for place, axis in enumerate(varying)}
    told = next(
        line
        for line in record["about"]["verdict"]
        if (" worth" in line or "xchange rate" in line or "changes it by" in line)
        and "width" in line
        and "depth" in line
    )
    if not shown["depth"]:  # then the other way round, if at all
        assert told.startswith("By the test error a doubling of depth" if shown["width"] else "No exchange rate")
        return len(runs)
    # The quotients that the t test keeps, by looking at many.
    tried = np.linspace(-200, 200, 400_001)
    gap = slopes[width] - tried * slopes[depth]
    noise = covariance[width, width] - 2 * tried * covariance[width, depth] + tried**2 * covariance[depth, depth]
    kept = tried[gap**2 <= stats.t.ppf(0.975, df) ** 2 * noise]
    if slopes[depth] < 0:
        assert f"a doubling of width is worth {_said(slopes[width] / slopes[depth])} doublings of depth" in told
        low, high = (float(part) for part in told.split("95 % interval ")[1].split(")")[0].split(" to "))
        assert abs(low - kept.min()) < 0.06 and abs(high - kept.max()) < 0.06
    return len(runs)


def _ends(runs: list[Json]) -> tuple[float, float]:
    places = [run["place"] for run in runs]
    return min(places), max(places)


def _said(value: float) -> str:
    return f"{value:.1f}" if abs(value) >= 0.95 or value == 0 else f"{value:.2g}"
