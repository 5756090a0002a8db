"""Compare two runs: their final weights bit for bit, their metrics, and what they were computed with."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor

from depthlab.records import Environment, Manifest, RunRecord, short_commit
from depthlab.tracking import RunFolder
from depthlab.training import read_weights

_SPEED = "throughput/"  # metrics that differ each time
# what decides bits comes first in a list of versions
_ARITHMETIC = ("torch", "numpy", "pytorch-lightning", "pillow", "scikit-learn", "datasets")
_MOST_VERSIONS = 8


@final
@dataclass(frozen=True)
class Difference:
    """One thing that is not the same in two runs, in words."""

    what: str
    then: str
    now: str


@final
@dataclass(frozen=True)
class RunComparison:
    """What is not the same in two runs, and how much was looked at."""

    weights: tuple[Difference, ...]
    metrics: tuple[Difference, ...]
    circumstances: tuple[Difference, ...]  # code, data, libraries and machine
    tensors: int  # of weights and of batch norm statistics
    numbers: int  # metrics, those of each epoch included, without the speed

    @property
    def identical(self) -> bool:
        """Whether all weights and metrics are the same."""
        return not self.weights and not self.metrics


def compare_runs(then: RunFolder, now: RunFolder) -> RunComparison:
    """Compare two runs that are finished."""
    before, after = then.record, now.record
    assert before is not None and after is not None, "both runs are finished"
    old, new = (read_weights(folder.checkpoints / "final.ckpt") for folder in (then, now))
    return RunComparison(
        weights=compare_weights(old, new),
        metrics=compare_metrics(before, after),
        circumstances=tuple(_circumstances(then.manifest, now.manifest)),
        tensors=len(old),
        numbers=len(_metrics(before)) + sum(map(len, _curves(before).values())),
    )


def compare_weights(then: Mapping[str, Tensor], now: Mapping[str, Tensor]) -> tuple[Difference, ...]:
    """Compare state dicts bit for bit: keys, shapes and types, then values, which are told together."""
    found = []
    changed: dict[str, float] = {}
    for key in {**then, **now}:
        old, new = then.get(key), now.get(key)
        if old is None or new is None or (old.shape, old.dtype) != (new.shape, new.dtype):
            found.append(Difference(f"weights {key}", _kind(old), _kind(new)))
        elif not torch.equal(_bits(old), _bits(new)):
            changed[key] = float((old.double() - new.double()).abs().max())
    if changed:
        largest = max(changed, key=lambda key: changed[key])
        how = f"{len(changed)} of them differ, most {largest}: by {changed[largest]:.2g}"
        found.append(Difference("weights", f"{len(then)} tensors", how))
    return tuple(found)


def compare_metrics(then: RunRecord, now: RunRecord) -> tuple[Difference, ...]:
    """Compare all that two runs measured but their speed; of a curve the first epoch that differs is told."""
    old, new = _metrics(then), _metrics(now)
    found = [_difference(name, _show(old.get(name)), _show(new.get(name))) for name in {**old, **new}]
    curves, others = _curves(then), _curves(now)
    for name in {**curves, **others}:
        points, other = curves.get(name, {}), others.get(name, {})
        pairs = ((epoch, _show(points.get(epoch)), _show(other.get(epoch))) for epoch in {**points, **other})
        differing = (_difference(f"{name}, epoch {epoch:.0f}", was, became) for epoch, was, became in pairs)
        found.append(next(filter(None, differing), None))
    return tuple(filter(None, found))


def _bits(tensor: Tensor) -> Tensor:
    return tensor.contiguous().reshape(-1).view(torch.uint8)  # also tells 0 from -0, and takes a NaN for itself


def _kind(tensor: Tensor | None) -> str:
    return "absent" if tensor is None else f"{str(tensor.dtype).removeprefix('torch.')} {tuple(tensor.shape)}"


def _metrics(record: RunRecord) -> dict[str, float]:
    return {name: value for name, value in record.metrics.items() if not name.startswith(_SPEED)}


def _curves(record: RunRecord) -> dict[str, dict[float, float]]:
    """Return metric -> epoch -> value."""
    curves = {name: {epoch: value for epoch, value in points} for name, points in record.curves.items()}
    return {name: points for name, points in curves.items() if not name.startswith(_SPEED)}


def _circumstances(then: Manifest, now: Manifest) -> Iterator[Difference]:
    pairs = zip(_described(then).items(), _described(now).values(), strict=True)
    yield from filter(None, (_difference(what, old, new) for (what, old), new in pairs))
    yield from _versions(then.environment.versions, now.environment.versions)


def _described(manifest: Manifest) -> dict[str, str]:
    environment = manifest.environment
    return {
        "fingerprint": manifest.fingerprint,  # of recipe, images, precision and the code that computes
        "git commit": short_commit(environment.commit or "none", 12),
        "uncommitted changes": _changes(environment),
        "images": f"{manifest.dataset.name} {manifest.dataset.checksum[:12]}",
        "device": manifest.device,
        "precision": manifest.precision,
        "threads": str(manifest.threads),
        "processor": environment.cpu,
        "cores": str(environment.cores),
        "GPU": environment.gpu or "none",
        "python": environment.python,
        "platform": environment.platform,
    }


def _changes(environment: Environment) -> str:
    if not environment.diff:
        return "none"
    mark = hashlib.sha256(environment.diff.encode(errors="replace")).hexdigest()[:7]
    return f"{len(environment.diff.splitlines())} lines of patch ({mark})"


def _versions(then: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Difference]:
    found = [_difference(name, then.get(name, "absent"), now.get(name, "absent")) for name in {**then, **now}]
    differing = sorted(filter(None, found), key=lambda one: (one.what.lower() not in _ARITHMETIC, one.what.lower()))
    yield from differing[:_MOST_VERSIONS]
    if len(differing) > _MOST_VERSIONS:
        yield Difference("other libraries", f"{len(differing) - _MOST_VERSIONS} other versions", "")


def _difference(what: str, then: str, now: str) -> Difference | None:
    return Difference(what, then, now) if then != now else None


def _show(value: float | None) -> str:
    return "absent" if value is None else repr(float(value))
