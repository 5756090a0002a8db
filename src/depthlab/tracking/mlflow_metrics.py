"""Metrics that MLflow has beside those of the journal: errors in percent, and the numbers among the settings."""

from collections.abc import Mapping
from typing import Any

from depthlab.records import Manifest

_SPREAD = "_sd"  # behind the name of a mean: its standard deviation over seeds


def with_errors(values: Mapping[str, float]) -> dict[str, float]:
    """Return the metrics, and beside each accuracy, a fraction, its error in percent: `test/error_percent`."""
    found = dict(values)
    for name, value in values.items():
        split, name_of, rest = name.rpartition("accuracy")
        if name_of and split.endswith(("/", "_")) and rest in ("", _SPREAD):
            found[f"{split}error_percent{rest}"] = round(100 * (value if rest else 1 - value), 9)
    return found


def is_number(value: Any) -> bool:
    """Whether a setting is a number, which can be an axis of a chart."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def numbers(manifest: Manifest) -> dict[str, float]:
    """Return the axes of study that are numbers, and typed settings that are.

    MLflow filters and sorts parameters as text, where 9 comes after 110.
    """
    typed = {word.lstrip("+~").partition("=")[0] for word in manifest.overrides}
    known = {key: value for key, value in manifest.settings.items() if key in typed} | manifest.axes
    return {key: float(value) for key, value in known.items() if is_number(value)}


def measured(metrics: Mapping[str, float], params: Mapping[str, str]) -> dict[str, float]:
    """Return the metrics of a stored run without those that are there for MLflow alone."""
    return {name: value for name, value in metrics.items() if "error_percent" not in name and name not in params}
