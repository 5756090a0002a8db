"""A set that is sorted by class gives the numbers of one that is shuffled, whatever is measured on a part of it."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from depthlab.data import Split
from depthlab.questions.degradation.measure import runs as degradation
from depthlab.questions.exponent.measure import runs as exponent
from depthlab.questions.exponent.plan import Options as ExponentOptions
from depthlab.questions.lesion.measure import runs as lesion
from depthlab.questions.lesion.plan import Options as LesionOptions
from depthlab.questions.paths.measure import runs as paths
from depthlab.questions.paths.plan import Options as PathsOptions
from depthlab.questions.reuse.measure import runs as reuse
from depthlab.questions.runs import TrainedRun
from depthlab.questions.votes.measure import runs as votes
from depthlab.questions.votes.plan import Options as VotesOptions
from depthlab.records import RunRef, TrialState
from depthlab.run import FinishedRun, reopen
from depthlab.run.build import build_data
from tests.run.conftest import train

MEASURES: dict[str, Callable[[TrainedRun], Any]] = {
    "degradation": lambda one: degradation.measure_run(one).responses,  # gradients are those of its own batches
    "exponent": lambda one: exponent.measure_run(one, ExponentOptions("parameters", 0.5, draws=2, images=12)),
    "lesion": lambda one: lesion.measure_run(one, LesionOptions(draws=2, images=12, reestimated=True)).lesions,
    "paths": lambda one: paths.measure_run(one, PathsOptions(images=8, draws=1, lines=2, points=4, train=False)),
    "reuse": lambda one: reuse.measure_run(one, images=12),
    "votes": lambda one: votes.predict(one, VotesOptions(draws=2, images=12, masks="network")).run,
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> TrainedRun:
    """A run whose network has learned something, on images in no order."""
    trained = train(tmp_path_factory.mktemp("sorted"), "dropout=0.2", "learning_rate=0.05")
    ref = RunRef("resnet-8", "resnet-8", "resnet", 8.0, TrialState.FINISHED, {}, trained.record.fingerprint, ())
    return TrainedRun(ref, trained.folder)


@pytest.mark.parametrize("name", MEASURES)
def test_sorted_images_give_the_numbers_of_shuffled_ones(
    name: str, finished: TrainedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    shuffled = dict(_numbers(MEASURES[name](finished)))
    monkeypatch.setattr(TrainedRun, "run", property(lambda one: _with_sorted_images(reopen(one.folder))))
    labels = torch.cat([labels for _, labels in finished.run.test_batches()])
    assert torch.equal(labels, labels.sort().values), "the law is about another order"
    found = dict(_numbers(MEASURES[name](finished)))
    assert found == pytest.approx(shuffled, rel=1e-3, abs=1e-6)
    assert len(found) > 5


def _with_sorted_images(run: FinishedRun) -> FinishedRun:
    images = replace(run.data.images, train=_by_class(run.data.images.train), test=_by_class(run.data.images.test))
    return replace(run, data=build_data(run.recipe, images, run.hardware))


def _by_class(split: Split) -> Split:
    assert isinstance(split.images, Tensor)
    order = split.labels.argsort(stable=True)
    return Split(split.images[order].contiguous(memory_format=torch.channels_last), split.labels[order])


def _numbers(record: Any, name: str = "") -> Iterator[tuple[str, float]]:
    """Yield all numbers of a record but the seconds that it took."""
    match record:
        case bool() | None | str() | Path():
            return
        case int() | float():
            if not name.endswith("seconds"):
                yield name, float(record)
        case dict():
            for key, value in record.items():
                yield from _numbers(value, f"{name}.{key}")
        case list() | tuple():
            for place, value in enumerate(record):
                yield from _numbers(value, f"{name}.{place}")
        case _:
            yield from _numbers(asdict(record), name)
