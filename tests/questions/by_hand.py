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
    """Check the change of the test error by each factor, of a full factorial with two levels; returns how many."""
    runs, axes = record["measured"], record["axes"]
    assert all(len(axis["levels"]) == 2 for axis in axes)
    signs = np.array(
        [[1.0 if run["levels"][axis["name"]] == axis["levels"][1] else -1.0 for axis in axes] for run in runs]
    )
    errors = np.array([run["run"]["test_error"] for run in runs])
    pairs = [signs[:, one] * signs[:, other] for one, other in combinations(range(len(axes)), 2)]
    design = np.column_stack([np.ones(len(runs)), signs, *pairs])
    assert np.allclose(design.T @ design, len(runs) * np.eye(design.shape[1])), "the design is balanced"
    left = errors - design @ (design.T @ errors / len(runs))
    df = len(runs) - design.shape[1]
    half = stats.t.ppf(0.975, df) * 2 * math.sqrt(left @ left / df / len(runs))
    found = 0
    for factor in record["factors"]:
        column = [axis["name"] for axis in axes].index(factor["name"])
        change = errors[signs[:, column] > 0].mean() - errors[signs[:, column] < 0].mean()
        told = next(line for line in record["about"]["verdict"][1:] if line.startswith(factor["name"]))
        assert f"test error by {_said(abs(change))} points" in told or f"test error by {_said(change)} points" in told
        assert f"95 % interval {_said(change - half)} to {_said(change + half)}, p = " in told
        assert ("lowers the test error" in told) <= (change + half < 0)
        found += 1
    return found


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
    design = np.array([row(run["network"]) for run in runs])
    errors = np.array([run["test_error"] for run in runs])
    slopes = np.linalg.pinv(design) @ errors
    left = float(np.sum((errors - design @ slopes) ** 2))
    groups = [
        errors[[run["network"] == name for run in runs]] for name in dict.fromkeys(run["network"] for run in runs)
    ]
    pure, within = sum(float(np.sum((group - group.mean()) ** 2)) for group in groups), len(runs) - len(groups)
    between = len(groups) - design.shape[1]
    variance, df = left / (len(runs) - design.shape[1]), len(runs) - design.shape[1]
    if between and stats.f.sf((left - pure) / between / (pure / within), between, within) < 0.05:
        variance, df = (left - pure) / between, between
    covariance = variance * np.linalg.inv(design.T @ design)
    depth, width = len(families), len(families) + varying.index("width")
    told = next(
        line
        for line in record["about"]["verdict"]
        if (" is worth" in line or "rate of exchange" in line) and "width" in line and "depth" in line
    )
    unclear = [
        abs(slopes[place]) < stats.t.ppf(0.975, df) * math.sqrt(covariance[place, place]) for place in (depth, width)
    ]
    if unclear[0]:  # then the other way round, if at all
        assert told.startswith("By the test error a doubling of depth" if not unclear[1] else "No rate of exchange")
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
