"""Lesions of each run's network, or of a pretrained one."""

from torch import nn

from depthlab.measures.initial_weights import weights_digest
from depthlab.questions.lesion.measure.lesions import measure_lesions
from depthlab.questions.lesion.plan import Options
from depthlab.questions.lesion.published import published_lesions
from depthlab.questions.lesion.record import LesionedRun, LesionRecord, Lesions
from depthlab.questions.runs import TrainedRun, TrainedRuns
from depthlab.run import FinishedRun, PretrainedNetwork
from depthlab.training import track

ESTIMATION_IMAGES = 1024  # training images for statistics of batch norm


def measure(runs: TrainedRuns[PretrainedNetwork | None], options: Options) -> LesionRecord:
    """Return what networks lose. Raises `ValueError` if none can be measured."""
    measured, unmeasured = [], []
    pretrained = runs.plan
    if pretrained is not None:
        measured.append(measure_pretrained(pretrained, options))
    for one in runs.finished:
        try:
            measured.append(measure_run(one, options))
        except ValueError as error:  # the others can be measured all the same
            unmeasured.append(f"{one.ref.name} can't be measured: {error}.")
    if not measured:
        raise ValueError(unmeasured[0].removesuffix("."))
    return LesionRecord(
        about=runs.about,
        measured=tuple(measured),
        draws=options.draws,
        batch_norm="reestimated" if options.reestimated else "trained",
        estimation_images=ESTIMATION_IMAGES if options.reestimated else 0,
        published=published_lesions(),
        weights=pretrained.file if pretrained is not None else "",
        normalization=pretrained.normalization if pretrained is not None else "",
        matched=pretrained.matched if pretrained is not None else "",
        unmeasured=tuple(unmeasured),
    )


def measure_run(one: TrainedRun, options: Options) -> LesionedRun:
    """Return what a run's network loses. Raises `ValueError` if its images are not available, or it has no units."""
    run, ref = one.run, one.ref
    return LesionedRun(
        fingerprint=ref.fingerprint,
        folder=one.folder.name,
        network=ref.group,
        series=ref.series,
        seed=int(run.recipe.config["seed"]),
        settings=run.recipe.axes,
        classes=len(one.folder.manifest.dataset.classes),
        lesions=measure_network(run, run.network("final"), ref.name, options),
        initial_weights=weights_digest(run.network("initial")),
    )


def measure_pretrained(one: PretrainedNetwork, options: Options) -> LesionedRun:
    """Return what a network with pretrained weights loses."""
    return LesionedRun(
        fingerprint="",
        folder=one.file,
        network=one.name,
        series=one.recipe.choices["model"],
        seed=0,
        settings=one.recipe.axes,
        classes=one.images.num_classes,
        lesions=measure_network(one, one.network, one.name, options),
    )


def measure_network(
    images: FinishedRun | PretrainedNetwork, network: nn.Module, name: str, options: Options
) -> Lesions:
    """Return the errors of a network after lesions, on the test images."""
    estimation = None
    if options.reestimated:
        estimation = [batch for batch, _ in images.training_images(ESTIMATION_IMAGES) if len(batch) > 1]
    return measure_lesions(
        network,
        track(images.test_batches(), f"{name}: single deletions"),
        track(images.test_images(options.images), f"{name}: draws"),
        draws=options.draws,
        estimation=estimation,
    )
