"""Find the image and label columns in a table of the Hub, and read the labels.

A table is a `datasets.Dataset`, which is untyped: it is `Any` here.
"""

from typing import Any

import torch
from torch import Tensor


def find_columns(table: Any, image_column: str | None, label_column: str | None) -> tuple[str, str]:
    """Return the names of the image and label columns: those requested, or the only ones of their type.

    Raises `ValueError` where there is none, or more than one.
    """
    from datasets import ClassLabel, Image, Value

    images = [name for name, kind in table.features.items() if isinstance(kind, Image)]
    labels = [name for name, kind in table.features.items() if isinstance(kind, ClassLabel)]
    plain = [name for name, kind in table.features.items() if isinstance(kind, Value) and name in ("label", "labels")]
    return (
        _column(table, "image_column", image_column, images),
        _column(table, "label_column", label_column, labels or plain),
    )


def _column(table: Any, key: str, requested: str | None, candidates: list[str]) -> str:
    if requested is not None:
        if requested not in table.features:
            raise ValueError(f"data.{key}={requested} is not a column: the set has {', '.join(table.features)}")
        return requested
    if len(candidates) != 1:
        choice = candidates or list(table.features)
        raise ValueError(f"which column is it? The set has {', '.join(choice)}: type data.{key}={choice[0]}")
    return candidates[0]


def class_names(table: Any, column: str) -> tuple[str, ...]:
    """Return the column's own class names, or else its sorted values."""
    from datasets import ClassLabel

    kind = table.features[column]
    if isinstance(kind, ClassLabel):
        return tuple(kind.names)
    return tuple(str(value) for value in sorted({value for value in table[column] if value is not None}))


def labels_of(table: Any, column: str, classes: tuple[str, ...], key: str) -> Tensor:
    """Return the labels as indices into `classes`, int64 (N,); raises `ValueError` where an image has none."""
    from datasets import ClassLabel

    values = list(table[column])
    if not isinstance(table.features[column], ClassLabel):
        numbers = {name: number for number, name in enumerate(classes)}
        values = [numbers.get(str(value), -1) for value in values]
    labels = torch.tensor([-1 if value is None else value for value in values], dtype=torch.int64)
    if len(labels) == 0:
        raise ValueError(f"the split of data.{key} has no images: type another data.{key}=")
    if int(labels.min()) < 0:
        raise ValueError(f"the split of data.{key} has images without a known label: type another data.{key}=")
    return labels
