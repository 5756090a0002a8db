"""What does a trained network lose when units are deleted or trade places? A page with the verdict."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, final

from depthlab.command_line import run_command, whole_number
from depthlab.questions.arguments import Question, ask
from depthlab.questions.runs import RUN_KEYS

if TYPE_CHECKING:
    from torch.nn import Module

    from depthlab.questions.lesion.record import LesionedRun, LesionRecord, Lesions
    from depthlab.questions.runs import Subject, Subjects
    from depthlab.runs import FinishedRun, PretrainedNetwork

OWN = {
    **RUN_KEYS,
    "draws": "random draws for each number of deletions and of swaps, 0 for single deletions alone [10]",
    "images": "test images that draws are measured on, or all; single deletions take all of them [500]",
    "batch_norm": "trained, or reestimated: statistics estimated again after each lesion [trained]",
    "weights": "a file of weights from elsewhere, to take instead of runs, for the model, depth and data typed",
    "normalization": "beside weights: imagenet, cifar10, or data for that of the data set itself",
}
EXAMPLES = (
    "model=resnet depth=20,56 drop_path=0 data=cifar10 seed=0,1",
    "model=resnet,vgg,densenet depth=20,16,22 drop_path=0 sweep.impossible=skip",
    "run=1a2b,3c4d batch_norm=reestimated",
    "model=resnet depth=20 data=cifar10 weights=resnet20.th normalization=imagenet",
)
ESTIMATION_IMAGES = 1024  # training images for statistics of batch norm
BORROWED = ("model", "data", "trainer", "depth", "width", "batch_size")  # words that have a say beside weights=


@final
@dataclass(frozen=True)
class Options:
    """How lesions are measured; `images` None is all."""

    draws: int
    images: int | None
    reestimated: bool


def lesion() -> None:
    """Read the command line, and answer; exit code 3 if runs are missing, after the page."""
    asked = ask(sys.argv[1:], sweep="lesion", about=__doc__ or "", own=OWN, examples=EXAMPLES)
    ways = read_ways(asked.own)
    if "weights" in asked.own:
        answer_weights(asked, ways)
        return
    if "normalization" in asked.own:
        raise ValueError(f"normalization={asked.own['normalization']} does nothing without weights=FILE: leave it out")

    from depthlab.questions.runs import find_subjects

    subjects = find_subjects(skipping(asked), "lesion")
    if subjects is not None:
        answer(subjects, ways, asked)


def read_ways(own: dict[str, str]) -> Options:
    """Read the pipeline's own numbers and switches. Raises `ValueError`."""
    draws, images = own.get("draws", "10"), own.get("images", "500")
    batch_norm = own.get("batch_norm", "trained")
    if batch_norm not in ("trained", "reestimated"):
        raise ValueError(f"batch_norm must be trained or reestimated, not {batch_norm}")
    return Options(
        draws=whole_number("draws", draws, least=0, example=10),
        images=None if images == "all" else whole_number("images", images, example="500 or images=all"),
        reestimated=batch_norm == "reestimated",
    )


def skipping(asked: Question) -> Question:
    """Leave out what can't be had of the sweep's own grid: plain networks with stochastic depth."""
    typed = {word.partition("=")[0] for word in asked.words}
    if "run" in asked.own or "drop_path" in typed or "sweep.impossible" in typed:
        return asked
    return replace(asked, words=(*asked.words, "sweep.impossible=skip"))


def answer(subjects: "Subjects", ways: Options, asked: Question) -> None:
    """Measure, judge, draw, write, attach, tell."""
    from depthlab.questions.lesion.page import lesion_page
    from depthlab.questions.runs import publish_answer

    measured, unmeasured = [], []
    for subject in subjects.subjects:
        try:
            measured.append(measure_run(subject, ways))
        except ValueError as error:  # the others can be measured all the same
            unmeasured.append(f"{subject.ref.name} can't be measured: {error}.")
    if not measured:
        raise ValueError(unmeasured[0].removesuffix("."))
    record = conclude(subjects, measured, ways, unmeasured)
    publish_answer(subjects, lesion_page(record), record, asked.output)


def measure_run(subject: "Subject", ways: Options) -> "LesionedRun":
    """Return what a run's network loses. Raises `ValueError` if its images can't be had, or it has no units."""
    from depthlab.questions.lesion.record import LesionedRun

    run, ref = subject.run, subject.ref
    return LesionedRun(
        fingerprint=ref.fingerprint,
        folder=subject.folder.name,
        network=ref.group,
        series=ref.series,
        seed=int(run.recipe.config["seed"]),
        settings=run.recipe.axes,
        classes=len(subject.folder.manifest.dataset.classes),
        lesions=measure(run, run.network("final"), ref.name, ways),
    )


def measure(run: "FinishedRun | PretrainedNetwork", network: "Module", name: str, ways: Options) -> "Lesions":
    """Return the errors of a network after lesions, on the run's test images."""
    from depthlab.questions.lesion.measure.lesions import measure_lesions
    from depthlab.runs import first_images
    from depthlab.training import track

    estimation = None
    if ways.reestimated:
        estimation = [batch for batch in run.training_images(ESTIMATION_IMAGES) if len(batch) > 1]
    return measure_lesions(
        network,
        track(run.data.test_dataloader(), f"{name}: single deletions"),
        track(list(first_images(run.test_batches(), ways.images)), f"{name}: draws"),
        draws=ways.draws,
        estimation=estimation,
    )


def answer_weights(asked: Question, ways: Options) -> None:
    """Answer for a network whose weights come from a file. Raises `ValueError` if file, network and data don't fit."""
    from depthlab.questions.lesion.page import lesion_page
    from depthlab.questions.lesion.record import LesionedRun
    from depthlab.questions.runs import publish_answer, untrained_subject
    from depthlab.recipe import compose
    from depthlab.runs import borrow

    check_weights(asked)
    recipe = compose([word for word in asked.words if word != "sweep=lesion"])
    taken = borrow(recipe, asked.own["weights"], normalization=asked.own["normalization"])
    name = taken.recipe.name.partition(" · ")[0]
    print(f"{taken.file}: its tensors fit {name} {taken.matched}", flush=True)
    run = LesionedRun(
        fingerprint="",
        folder=taken.file,
        network=name,
        series=taken.recipe.choices["model"],
        seed=0,
        settings=taken.recipe.axes,
        classes=taken.images.num_classes,
        lesions=measure(taken, taken.network, name, ways),
    )
    subjects = untrained_subject("lesion", taken.recipe, taken.hardware)
    record = replace(
        conclude(subjects, [run], ways),
        weights=taken.file,
        normalization=taken.normalization,
        matched=taken.matched,
    )
    publish_answer(subjects, lesion_page(record), record, asked.output)


def check_weights(asked: Question) -> None:
    """See that what is typed beside weights= has a use there. Raises `ValueError`."""
    if "run" in asked.own:
        raise ValueError(f"run={asked.own['run']} and weights={asked.own['weights']}: type one of them")
    if "normalization" not in asked.own:
        raise ValueError(
            f"weights={asked.own['weights']} needs the normalization that they were trained with: add "
            "normalization=imagenet, cifar10, or data for that of the data set itself"
        )
    for word in asked.words:
        if word != "sweep=lesion" and word.partition("=")[0].lstrip("+~").partition(".")[0] not in BORROWED:
            raise ValueError(f"{word} does nothing beside weights=, where nothing is trained: leave it out")


def conclude(
    subjects: "Subjects", measured: "Sequence[LesionedRun]", ways: Options, unmeasured: Sequence[str] = ()
) -> "LesionRecord":
    """Return the record with its verdict."""
    from depthlab.questions.lesion.published import published_lesions
    from depthlab.questions.lesion.record import LesionRecord
    from depthlab.questions.lesion.verdict import judge_lesions

    return judge_lesions(
        LesionRecord(
            about=subjects.about,
            measured=tuple(measured),
            draws=ways.draws,
            batch_norm="reestimated" if ways.reestimated else "trained",
            estimation_images=ESTIMATION_IMAGES if ways.reestimated else 0,
            published=published_lesions(),
            unmeasured=tuple(unmeasured),
        )
    )


if __name__ == "__main__":
    run_command(lesion)
