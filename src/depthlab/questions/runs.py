"""The trained networks that a question is asked about: the runs of a sweep, made where missing, or runs that are named.

A question reads `run=...` as an option of its own (`RUN_KEYS`), finds its runs, measures them, and publishes.
"""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, TypeVar, final

from depthlab.invocation import RunOutcome
from depthlab.questions.arguments import Arguments
from depthlab.questions.chosen import choose_settings, chosen_axes
from depthlab.questions.looks import looks_at, note_looks
from depthlab.questions.publish import Store, check_answerable, send_answer, tell_verdict, write_answer
from depthlab.questions.references import (
    begin_answer,
    describe_code,
    measured_run,
    refer_to_folder,
    run_refs,
    split_sizes,
)
from depthlab.recipe import AXES, GROUPS, Override, compose, read_space
from depthlab.records import MeasuredRun, QuestionRecord, RunRef, RunStatus, TrialState
from depthlab.sweeps import Settings, SweepResult, ensure_sweep, preview_sweep, settings_of
from depthlab.tracking import RUNS_ROOT, RunFolder, SyncProgress, find_or_fetch, redact, resolve_uri
from depthlab.tracking.ways import way_to_run, way_to_sweep

if TYPE_CHECKING:
    from depthlab.report import Page
    from depthlab.run import FinishedRun

Plan = TypeVar("Plan")

RUN = "run"
RUN_KEYS: Mapping[str, str] = MappingProxyType(
    {RUN: "ids or folder names of runs to take instead of a sweep, with commas, such as 1a2b,3c4d"}
)
NAMING = ("model", "depth", "seed")  # axes that every network is named by
BESIDE = ("tracking", "tracking.folder", "tracking.uri", "sweep.dry_run")  # overrides that have a say beside run=


@final
@dataclass(frozen=True)
class TrainedRun:
    """One finished run: `ref.group` is its network (resnet-56), `ref.series` what networks are compared within."""

    ref: RunRef
    folder: RunFolder

    @property
    def run(self) -> "FinishedRun":
        """The run with its images and networks, taken up anew at each call: keep it while it is measured.

        Raises:
            ValueError: its images are not those that it saw any more.
        """
        from depthlab.run import reopen

        return reopen(self.folder)

    @property
    def measured(self) -> MeasuredRun:
        """What the run found, without measures that take its weights."""
        return measured_run(self.ref, self.folder)


@final
@dataclass(frozen=True)
class TrainedRuns(Generic[Plan]):
    """Runs that have come to their end, and the beginning of the answer; `about.runs` has those that have not, too.

    `plan` is what the question decided before anything was trained, such as the networks of equal cost. `sweeps` is
    empty for runs that a person named. `stores` has where the answer is to be sent.
    """

    about: QuestionRecord
    finished: tuple[TrainedRun, ...]
    plan: Plan
    sweeps: list[SweepResult] = field(default_factory=list)
    stores: tuple[Store, ...] = ()

    @property
    def sweep(self) -> SweepResult:
        """The sweep of which the runs are."""
        return self.sweeps[0]

    @property
    def measured(self) -> tuple[MeasuredRun, ...]:
        """What the finished runs found, without measures that take their weights."""
        return tuple(one.measured for one in self.finished)

    @property
    def images(self) -> dict[str, int]:
        """How many images each split of the finished runs has; nothing where they differ."""
        return split_sizes(one.folder for one in self.finished)

    def renamed(self, rename: Callable[[RunRef], RunRef]) -> "TrainedRuns[Plan]":
        """Return the runs under other names, series or places."""
        refs = {ref.fingerprint: rename(ref) for ref in self.about.runs}
        finished = tuple(replace(one, ref=refs[one.ref.fingerprint]) for one in self.finished)
        return replace(self, about=replace(self.about, runs=tuple(refs.values())), finished=finished)

    def outcomes(self) -> tuple[RunOutcome, ...]:
        """Return the runs, for programs."""
        folders = {one.ref.fingerprint: one.folder for one in self.finished}
        return tuple(_outcome(ref, folders.get(ref.fingerprint)) for ref in self.about.runs)

    def counted(self, until: float | None) -> "TrainedRuns[Plan]":
        """Return the runs with the looks that were taken at their sweep, this one included; named runs have none."""
        if not self.sweeps:
            return self
        looks = looks_at(self.sweep.folder, self.about, until)
        return replace(self, about=replace(self.about, looks=looks))

    @property
    def _way(self) -> str | None:
        """What opens MLflow on the runs."""
        return way_to_sweep(self.sweep.folder) if self.sweeps else way_to_run(self.finished[0].folder.path)

    def save(self, page: "Page", record: Any, arguments: Arguments) -> None:
        """Write page and record, and send them to MLflow. Raises `OSError` where the folder can't be written."""
        notes = dict.fromkeys(one.folder.manifest.dataset.test_note for one in self.finished)
        page = replace(page, facts=(*page.facts, *(("test images", note) for note in notes if note)))
        if self.stores and (way := self._way) is not None:
            page = replace(page, facts=(*page.facts, ("dashboard", way)))
        files = write_answer(page, record, arguments.output)
        blind = any(sweep.record.withheld for sweep in self.sweeps)
        send_answer(record.about, files, arguments.output, self.stores, blind=blind)
        for sweep in self.sweeps[:1]:
            note_looks(sweep.folder, record.about.looks)

    def tell(self, record: Any, arguments: Arguments) -> None:
        """Print the runs and the verdict; `SystemExit` with 3 if trials are missing, when all else is done."""
        for sweep in self.sweeps:
            sweep.show()
        if not self.sweeps:
            print(*(f"{one.ref.name}: {one.folder.path}" for one in self.finished), sep="\n")
        tell_verdict(
            [*record.about.verdict, *record.about.chosen, *filter(None, [record.about.until])], arguments.output
        )
        for sweep in self.sweeps:
            sweep.end()


def _outcome(ref: RunRef, folder: RunFolder | None) -> RunOutcome:
    record = None if folder is None else folder.record
    return RunOutcome(
        name=ref.name,
        state=ref.state,
        values=ref.values,
        metrics={} if record is None else record.metrics,
        folder=None if folder is None else str(folder.path),
        run_id=ref.run_id,
        message=ref.message,
    )


def find_runs(
    arguments: Arguments,
    question: str,
    *,
    along: str = "depth",
    variants: Sequence[Mapping[str, str]] = (),
    studied: Sequence[str] = (),
    plan: Plan,
) -> TrainedRuns[Plan] | None:
    """Return the runs that a question is asked about; None after a dry run, which prints them.

    Without `run=` that is every run of the sweep; those that are missing are trained first.

    Args:
        arguments: What was typed.
        question: Its name.
        along: The axis along which networks of a series stand.
        variants: Sets of overrides, such as networks, each of which is had with the whole grid of a sweep.
        studied: Axes of how networks are trained that this question compares, where others choose from their values.
        plan: What the question decided.

    Raises:
        ValueError: a person's mistake; or there is no run that has come to its end.
        Interrupted: as `ensure_sweep`.
    """
    settings = settings_of(arguments.overrides)
    if RUN in arguments.options:
        return _named(arguments, question, along, settings, plan)
    if settings.dry_run:
        preview_sweep(arguments.overrides, settings, only=arguments.wanted, variants=variants)
        if axes := chosen_axes(read_space(arguments.overrides, settings.params).axes, studied):
            print(f"then {' and '.join(axes)} is chosen for each network, on validation")
        return None
    swept = ensure_sweep(arguments.overrides, settings, only=arguments.wanted, variants=variants)
    return runs_of_sweep(question, swept, along=along, studied=studied, plan=plan)


def runs_of_sweep(
    question: str,
    swept: SweepResult,
    *,
    along: str = "depth",
    aside: Sequence[str] = (),
    studied: Sequence[str] = (),
    plan: Plan,
) -> TrainedRuns[Plan]:
    """Return the runs that a sweep's command asked for; `aside` are axes whose values tell no networks apart.

    Axes of how networks are trained that are not `studied` are chosen for each network on validation.

    Raises:
        SystemExit: as `check_answerable` does, and `ValueError`: no run has come to its end.
    """
    check_answerable(swept)
    axes = () if aside else chosen_axes(swept.record.searched, studied)
    refs = run_refs(swept, along=along, aside=(*aside, *axes))
    refs, chosen = choose_settings(refs, swept.trials, axes, swept.record.metric) if axes else (refs, ())
    stores = () if swept.store is None else ((swept.store, swept.record.run_id),)
    about = replace(begin_answer(question, swept, refs), chosen=chosen)
    return TrainedRuns(about, finished_runs(swept, refs), plan, [swept], stores)


def finished_runs(swept: SweepResult, refs: Iterable[RunRef]) -> tuple[TrainedRun, ...]:
    """Return those of a sweep's runs that came to their end, with their folders."""
    return tuple(
        TrainedRun(ref, RunFolder.open(swept.runs / ref.folder))
        for ref in refs
        if ref.state == TrialState.FINISHED and ref.folder is not None
    )


def _named(arguments: Arguments, question: str, along: str, settings: Settings, plan: Plan) -> TrainedRuns[Plan] | None:
    """Return the runs that were named."""
    _check_beside(arguments, question)
    tracking = compose([word for word in arguments.overrides if Override.parse(word).group == "tracking"]).config[
        "tracking"
    ]
    folders = _find_folders(arguments.options[RUN], Path(tracking["folder"] or RUNS_ROOT), tracking["uri"])
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
    finished = tuple(TrainedRun(ref, folder) for ref, folder in zip(refs, folders, strict=True))
    stores = tuple(_store_of(run, tracking) for run in finished if run.ref.run_id is not None)
    return TrainedRuns(about, finished, plan, stores=stores if tracking["enabled"] else ())


def _find_folders(typed: str, root: Path, uri: str | None) -> list[RunFolder]:
    names = [name.strip() for name in typed.split(",") if name.strip()]
    if not names:
        raise ValueError(f"run={typed} names no run: type the id or the folder of one, or several with commas")
    folders: dict[Path, RunFolder] = {}
    for name in names:
        folder = find_or_fetch(root, name, uri)
        if folder.status != RunStatus.FINISHED or folder.record is None:
            raise ValueError(f"run {folder.name} is {folder.status} and has no final weights: run its command again")
        if folder.path in folders:
            print(f"run= names {folder.name} twice: it is taken once", file=sys.stderr)
        folders[folder.path] = folder
    return list(folders.values())


def _check_beside(arguments: Arguments, question: str) -> None:
    for word in arguments.overrides:
        if Override.parse(word).key not in BESIDE and word not in (f"sweep={question}", *arguments.implied):
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


def _store_of(run: TrainedRun, tracking: Mapping[str, Any]) -> tuple[tuple[str, str], str | None]:
    """Return the store that has the run; where it was noted, its address lacks the password."""
    known, progress = resolve_uri(tracking["uri"]), SyncProgress.find(run.folder.path)
    if tracking["uri"] is not None or progress is None or redact(known) == progress.uri:
        return (known, progress.experiment if progress is not None else tracking["experiment"]), run.ref.run_id
    return (progress.uri, progress.experiment), run.ref.run_id
