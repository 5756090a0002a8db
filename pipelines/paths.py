"""How long are the paths that carry the gradient? Count them, follow the gradient along them, train on them alone."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, final

from depthlab.command_line import run_command, whole_number
from depthlab.questions.arguments import Question, ask

if TYPE_CHECKING:
    from torch import nn

    from depthlab.questions.paths.record import EffectiveTraining, PathRun, PathsRecord
    from depthlab.questions.runs import Subject, Subjects
    from depthlab.records import RunRef
    from depthlab.runs import FinishedRun
    from depthlab.sweeps import SweepResult

QUESTION = "paths"
EXAMPLES = (
    "model=resnet depth=20,56,110 seed=range(3)",
    "model=densenet depth=22,40 train=none",
    "data=cifar10 depth=20,56 epochs=15",
    "run=1a2b,3c4d draws=20",
)
DEFAULTS = {"images": 64, "draws": 8, "lines": 8, "points": 64}
LEAST = {"points": 3}  # what is least of the others is 1
OWN_KEYS = {
    "images": f"training images whose gradient is followed [{DEFAULTS['images']}]",
    "draws": f"random paths for each image and length [{DEFAULTS['draws']}]",
    "lines": f"lines between test images, on which gradients are compared [{DEFAULTS['lines']}]",
    "points": f"inputs on each line, 3 or more [{DEFAULTS['points']}]",
    "train": "effective: train each network on its effective paths alone, too; or none [effective]",
}
STATISTICS_BATCHES = 8  # training batches that give the initial networks their statistics


def paths() -> None:
    """Read the command line, and answer; exit code 3 if runs are missing, after the page."""
    from depthlab.questions.runs import RUN_KEYS

    asked = ask(sys.argv[1:], sweep=QUESTION, about=__doc__ or "", own={**RUN_KEYS, **OWN_KEYS}, examples=EXAMPLES)
    sizes = Sizes.read(asked)
    trains = read_train(asked)

    from depthlab.questions.runs import find_subjects

    subjects = find_subjects(asked, QUESTION)
    if subjects is None:
        if trains:
            print("then each residual network on its effective paths: how many units that takes is found first")
        return
    answer(asked, subjects, sizes, trains=trains)


@final
@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    images: int
    draws: int
    lines: int
    points: int

    @classmethod
    def read(cls, asked: Question) -> "Sizes":
        """Read the keys of the same names. Raises `ValueError`."""
        return cls(
            **{
                key: whole_number(key, asked.own.get(key, str(default)), least=LEAST.get(key, 1), example=default)
                for key, default in DEFAULTS.items()
            }
        )


def read_train(asked: Question) -> bool:
    """Tell whether networks are to be trained on their effective paths. Raises `ValueError`."""
    typed = asked.own.get("train", "none" if "run" in asked.own else "effective")
    if typed not in ("effective", "none"):
        raise ValueError(f"train={typed}: type train=effective, or train=none to leave that part out")
    if typed == "effective" and "run" in asked.own:
        raise ValueError("train=effective needs the words of a sweep, such as depth=20,56 seed=0,1, instead of run=")
    return typed == "effective"


def answer(asked: Question, subjects: "Subjects", sizes: Sizes, *, trains: bool) -> None:
    """Measure, train, compare, judge, draw, write, attach, tell."""
    from depthlab.questions.paths.page import paths_page
    from depthlab.questions.runs import publish_answer
    from depthlab.training import track

    runs = tuple(measure_run(subject, sizes) for subject in track(subjects.subjects, "following paths"))
    part = train_effective(asked, subjects, runs) if trains else Part(())
    record = examine(subjects, runs, part)
    if part.swept is not None:
        part.swept.show()
    publish_answer(subjects, paths_page(record), record, asked.output)
    if part.swept is not None:
        part.swept.end()


def examine(subjects: "Subjects", runs: "tuple[PathRun, ...]", part: "Part") -> "PathsRecord":
    """Return all that the page tells."""
    from depthlab.questions.paths.comparisons import compare_nearby
    from depthlab.questions.paths.published import published_path_facts
    from depthlab.questions.paths.record import PathsRecord
    from depthlab.questions.paths.verdict import tell_paths
    from depthlab.questions.wording import lost_runs

    about, nearby = subjects.about, compare_nearby(runs)
    if part.refs:
        about = replace(
            about,
            runs=(*about.runs, *part.refs),
            axes=tuple(dict.fromkeys((*about.axes, "active_units"))),
            held={key: value for key, value in about.held.items() if key != "active_units"},
        )
    verdict = tell_paths(runs, part.training, nearby, lost_runs(about.runs), note=part.note)
    return PathsRecord(
        about=replace(about, verdict=verdict),
        runs=runs,
        training=part.training,
        nearby=nearby,
        published=published_path_facts(),
        note=part.note,
    )


def measure_run(subject: "Subject", sizes: Sizes) -> "PathRun":
    """Return what was measured of one run."""
    from depthlab.nn import units_with_skip
    from depthlab.questions.paths.effective_paths import find_effective
    from depthlab.questions.paths.measure.path_gradients import measure_path_gradients
    from depthlab.questions.paths.measure.path_lengths import measure_path_lengths
    from depthlab.runs import first_images

    run = subject.run
    network = run.network("final")
    blank = replace(begin(subject), units=len(units_with_skip(network)))
    try:
        lengths = measure_path_lengths(network)
        found = None
        if sum(lengths.branches) > 1:
            ahead = -(-sizes.images // int(run.recipe.config["batch_size"]))
            batches = list(first_images(run.training_batches(ahead), sizes.images))
            found = measure_path_gradients(
                network, batches, loss=run.loss, draws=sizes.draws, seed=int(run.recipe.config["seed"])
            )
        effective = None if found is None else find_effective(found)
        blank = replace(blank, lengths=lengths, gradients=found, effective=effective)
    except ValueError as refused:
        blank = replace(blank, note=str(refused))
    return with_nearby(blank, run, network, sizes)


def begin(subject: "Subject") -> "PathRun":
    """Return what a run found, without measures that take its weights."""
    from depthlab.questions.paths.record import PathRun

    record, ref = subject.folder.record, subject.ref
    assert record is not None, f"{ref.name} finished without a record"
    train, test = (100 * (1 - record.metrics[name]) for name in ("final/train_accuracy", "test/accuracy"))
    return PathRun(
        fingerprint=ref.fingerprint,
        network=ref.group,
        series=ref.series,
        place=ref.place,
        seed=record.axes["seed"],
        train_error=train,
        test_error=test,
        active_units=record.axes.get("active_units", 0),
        units=0,
        lengths=None,
        gradients=None,
        effective=None,
        initial=None,
        final=None,
    )


def with_nearby(found: "PathRun", run: "FinishedRun", final: "nn.Module", sizes: Sizes) -> "PathRun":
    """Add the correlation of gradients along lines between test images, at the initial and at the final weights."""
    import torch

    from depthlab.questions.paths.measure.nearby_gradients import measure_nearby_gradients, with_own_statistics

    images, labels = (torch.cat(parts) for parts in zip(*run.test_batches(), strict=True))
    lines = min(sizes.lines, len(images) // 2)
    ends = images[:lines], images[lines : 2 * lines], labels[:lines]
    batches = (images for images, _ in run.training_batches(STATISTICS_BATCHES))
    initial = with_own_statistics(run.network("initial"), batches)
    return replace(
        found,
        initial=measure_nearby_gradients(initial, *ends, points=sizes.points),
        final=measure_nearby_gradients(final, *ends, points=sizes.points),
    )


@final
@dataclass(frozen=True)
class Part:
    """The second part: networks trained on their effective paths."""

    training: "tuple[EffectiveTraining, ...]"
    refs: "tuple[RunRef, ...]" = ()
    swept: "SweepResult | None" = None
    note: str = ""


def train_effective(asked: Question, subjects: "Subjects", runs: "Sequence[PathRun]") -> Part:
    """Train each network with so many active units that paths have the mean length of its effective ones; compare."""
    from depthlab.questions.paths.effective_training import choose_counts, compare_all
    from depthlab.questions.references import run_refs
    from depthlab.questions.runs import Subject
    from depthlab.sweeps import ensure_sweep, settings_of
    from depthlab.tracking import RunFolder

    counts, note = choose_counts(runs)
    if not counts or subjects.swept is None:
        return Part((), note=note)
    first = {subject.ref.group: subject.ref for subject in reversed(subjects.subjects)}
    variants = [words_of(first[network], count) for network, count in counts.items()]
    words = without_values(asked.words, variants[0])
    swept = ensure_sweep(words, settings_of(words), variants=variants)
    refs = run_refs(swept, along="depth")
    there = [ref for ref in refs if ref.state == "finished" and ref.folder is not None]
    trained = [begin(Subject(ref, RunFolder.open(swept.runs / str(ref.folder)))) for ref in there]
    return Part(compare_all(runs, trained, counts), refs, swept, note)


def without_values(words: Sequence[str], variant: dict[str, str]) -> list[str]:
    """Return the words of the sweep with one value for each key that a variant sets, in the place of several."""
    others = [word for word in words if word.partition("=")[0] not in variant]
    return [*others, *(f"{key}={value}" for key, value in variant.items())]


def words_of(ref: "RunRef", count: int) -> dict[str, str]:
    """Return the words of a network, and how many of its units are active."""
    values = {key: value for key, value in ref.values.items() if key not in ("seed", "active_units")}
    words = {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
    return words | {"active_units": str(count)}


if __name__ == "__main__":
    run_command(paths)
