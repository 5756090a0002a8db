"""The trained networks that a question is asked about: the runs of a sweep, made where missing, or runs that are named.

A pipeline reads `run=...` as a key of its own (`RUN_KEYS`), has its subjects found, measures them, and publishes.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, final

from depthlab.questions.publish import check_answerable
from depthlab.questions.references import begin_answer, describe_code, refer_to_folder, run_refs
from depthlab.recipe import AXES, GROUPS, Recipe, compose
from depthlab.records import QuestionRecord, RunRef
from depthlab.sweeps.plan.settings import Settings, settings_of
from depthlab.sweeps.result import REPORT, SweepResult, send_report
from depthlab.sweeps.sweep import ensure_sweep, preview_sweep
from depthlab.tracking import RUNS_ROOT, Progress, RunFolder, find_or_fetch, redact, resolve_uri, write_atomically

if TYPE_CHECKING:
    from depthlab.report import Page
    from depthlab.runs import FinishedRun
    from depthlab.training import Hardware

RUN = "run"
RUN_KEYS: Mapping[str, str] = MappingProxyType(
    {RUN: "ids or folder names of runs to take instead of a sweep, with commas, such as 1a2b,3c4d"}
)
NAMING = ("model", "depth", "seed")  # axes that every network is named by
BESIDE = ("tracking", "tracking.folder", "tracking.uri", "sweep.dry_run")  # words that have a say beside run=


class Asked(Protocol):
    """What was typed, as `depthlab.command_line.ask` returns it."""

    @property
    def words(self) -> tuple[str, ...]: ...
    @property
    def own(self) -> dict[str, str]: ...


class Answer(Protocol):
    """A record of any question."""

    @property
    def about(self) -> QuestionRecord: ...
    def to_json(self) -> str: ...


@final
@dataclass(frozen=True)
class Subject:
    """One finished run: `ref.group` is its network (resnet-56), `ref.series` what networks are compared within."""

    ref: RunRef
    folder: RunFolder

    @property
    def run(self) -> "FinishedRun":
        """The run with its images and networks, taken up anew at each call: keep it while it is measured.

        Raises:
            ValueError: its images are not those that it saw any more.
        """
        from depthlab.runs import reopen

        return reopen(self.folder)


@final
@dataclass(frozen=True)
class Subjects:
    """Runs that have come to their end, and the beginning of the answer; `about.runs` has those that have not, too.

    `swept` is None for runs that a person named. `stores` has where the answer is to be sent: an address, an experiment
    and the run there.
    """

    about: QuestionRecord
    subjects: tuple[Subject, ...]
    swept: SweepResult | None = None
    stores: tuple[tuple[tuple[str, str], str | None], ...] = ()


def find_subjects(
    asked: Asked, question: str, *, along: str = "depth", variants: Sequence[Mapping[str, str]] = ()
) -> Subjects | None:
    """Return the runs that a question is asked about; None after a dry run, which prints them.

    Without `run=` that is every run of the sweep; those that are missing are trained first.

    Args:
        asked: What was typed.
        question: The pipeline's name.
        along: The axis along which networks of a series stand.
        variants: Sets of words, such as networks, each of which is had with the whole grid of a sweep.

    Raises:
        ValueError: a person's mistake; or there is no run that has come to its end.
        Interrupted: as `ensure_sweep`.
    """
    settings = settings_of(asked.words)
    if RUN in asked.own:
        return _named(asked, question, along, settings)
    if settings.dry_run:
        preview_sweep(asked.words, settings, variants=variants)
        return None
    swept = ensure_sweep(asked.words, settings, variants=variants)
    check_answerable(swept)
    refs = run_refs(swept, along=along)
    finished = [ref for ref in refs if ref.state == "finished" and ref.folder is not None]
    subjects = tuple(Subject(ref, RunFolder.open(swept.runs / str(ref.folder))) for ref in finished)
    stores = () if swept.store is None else ((swept.store, swept.record.run_id),)
    return Subjects(begin_answer(question, swept, refs), subjects, swept, stores)


def untrained_subject(question: str, recipe: Recipe, hardware: "Hardware") -> Subjects:
    """Return the beginning of an answer about a network that no run trained, as its weights are from a file."""
    code = describe_code(()) | {"hardware": (f"{hardware.gpu or hardware.device}, {hardware.precision}",)}
    about = QuestionRecord(
        question=question,
        **code,
        sweep="",
        sweep_run=None,
        axes=(),
        held=recipe.axes,
    )
    return Subjects(about, ())


def publish_answer(subjects: Subjects, page: "Page", record: Answer, output: Path) -> None:
    """Write the page and `record.json` to `output`, send them to MLflow, and tell the verdict.

    In the store they lie under `report/QUESTION/`, among the artifacts of the sweep's own run or of each run that was
    named. What can't be sent is a line of warning.

    Raises:
        OSError: the folder can't be written.
        SystemExit: with 3 if trials are missing, when all else is done.
    """
    from depthlab.report import write_page

    paths = write_page(page, output)
    write_atomically(output / "record.json", record.to_json())
    place = f"{REPORT}/{record.about.question}"
    files = {f"{place}/{path.relative_to(output).as_posix()}": path for path in [*paths, output / "record.json"]}
    for store, run_id in subjects.stores:
        send_report(store, run_id, files)
    if subjects.swept is not None:
        subjects.swept.show()
    else:
        print(*(f"{one.ref.name}: {one.folder.path}" for one in subjects.subjects), sep="\n")
    print("", *record.about.verdict, f"page: {output / 'index.html'}", sep="\n", flush=True)
    if subjects.swept is not None:
        subjects.swept.end()


def _named(asked: Asked, question: str, along: str, settings: Settings) -> Subjects | None:
    """Return the runs that were named."""
    _check_beside(asked.words, question)
    tracking = compose([word for word in asked.words if word.startswith("tracking")]).config["tracking"]
    folders = _find_folders(asked.own[RUN], Path(tracking["folder"] or RUNS_ROOT), tracking["uri"])
    axes = _axes_of(folders)
    refs = [refer_to_folder(folder, axes, along) for folder in folders]
    if settings.dry_run:
        print(*(f"{ref.name}: {folder.path}" for ref, folder in zip(refs, folders, strict=True)), sep="\n")
        return None
    about = QuestionRecord(
        question=question,
        **describe_code(refs),
        sweep="",
        sweep_run=None,
        axes=axes,
        held={key: value for key, value in folders[0].manifest.axes.items() if key not in axes},
        runs=tuple(refs),
    )
    subjects = tuple(Subject(ref, folder) for ref, folder in zip(refs, folders, strict=True))
    stores = tuple(_store_of(subject, tracking) for subject in subjects if subject.ref.run_id is not None)
    return Subjects(about, subjects, stores=stores if tracking["enabled"] else ())


def _find_folders(typed: str, root: Path, uri: str | None) -> list[RunFolder]:
    names = [name.strip() for name in typed.split(",") if name.strip()]
    if not names:
        raise ValueError(f"run={typed} names no run: type the id or the folder of one, or several with commas")
    folders: dict[Path, RunFolder] = {}
    for name in names:
        folder = find_or_fetch(root, name, uri)
        if folder.path in folders:
            raise ValueError(f"run={typed} names {folder.name} twice: leave {name} out")
        if folder.status != "finished" or folder.record is None:
            raise ValueError(f"run {folder.name} is {folder.status} and has no final weights: give its command again")
        folders[folder.path] = folder
    return list(folders.values())


def _check_beside(words: Iterable[str], question: str) -> None:
    for word in words:
        key = word.partition("=")[0]
        if key not in BESIDE and word != f"sweep={question}":
            raise ValueError(f"{word} does nothing beside run=, whose runs are trained already: leave one of them out")


def _axes_of(folders: Sequence[RunFolder]) -> tuple[str, ...]:
    """Return the axes that name networks, and the others in which runs differ; a family's own within the family."""
    differ: dict[str, None] = {}
    for key in dict.fromkeys(key for folder in folders for key in folder.manifest.axes):
        values: dict[str, set[str]] = {}
        for axes in (folder.manifest.axes for folder in folders):
            if key in axes:
                shared = key in AXES or key in GROUPS
                values.setdefault("" if shared else str(axes["model"]), set()).add(json.dumps(axes[key]))
        if any(len(different) > 1 for different in values.values()):
            differ[key] = None
    return tuple(dict.fromkeys((*NAMING, *differ)))


def _store_of(subject: Subject, tracking: Mapping[str, Any]) -> tuple[tuple[str, str], str | None]:
    """Return the store that has the run; where it was noted, its address lacks the password."""
    known, progress = resolve_uri(tracking["uri"]), Progress.find(subject.folder.path)
    if tracking["uri"] is not None or progress is None or redact(known) == progress.uri:
        return (known, progress.experiment if progress is not None else tracking["experiment"]), subject.ref.run_id
    return (progress.uri, progress.experiment), subject.ref.run_id
