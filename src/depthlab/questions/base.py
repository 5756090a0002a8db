"""A question of the lab as one value, and the one way from what was typed to record, page and MLflow."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, final, get_type_hints

from depthlab.command_line import run_command
from depthlab.invocation import RunOutcome, called, report
from depthlab.questions.arguments import SWEEP_HELP, Arguments, Usage, read_arguments
from depthlab.records import Record

if TYPE_CHECKING:
    from depthlab.report import Page


class Answerable(Protocol):
    """What a question rests on once it is there, such as `TrainedRuns`."""

    def counted(self, until: float | None) -> "Answerable":
        """Return the same, with the looks that were taken at it, this one included."""

    def save(self, page: "Page", record: Any, arguments: Arguments) -> None:
        """Write page and record, and send them to MLflow. Raises `OSError`."""

    def tell(self, record: Any, arguments: Arguments) -> None:
        """Print what there is and the verdict; exits with 3 where trials are missing."""

    def outcomes(self) -> tuple[RunOutcome, ...]:
        """Return the runs, for programs."""


def no_options(arguments: Arguments) -> None:
    """Return the options of a question that has none."""


@final
@dataclass(frozen=True)
class Question:
    """A question: its name, what can be typed, and how it is answered.

    Everything else is in the files of its folder, `package`, which are imported once they are needed:

    ==============  =================================================================================
    `record.py`     what the answer leaves: a frozen dataclass that is written down as JSON
    `measure.py`    `measure(runs, options) -> record`, without a verdict; or a folder of that name
    `verdict.py`    `judge(record) -> record`, with the verdict: a function of the record alone; and `decisive(record)`,
                    the effects that the verdict rests on, where `until=` can add seeds
    `page.py`       `page(record) -> Page`: a function of the record alone
    ==============  =================================================================================

    `find(arguments, options)` returns the runs that the question is asked about, trained where they are missing; None
    after `--dry-run`. `read(arguments)` returns the question's own options, checked.
    """

    name: str  # of the command, the report's folder, and of conf/sweep/NAME.yaml if `sweep` names no other
    about: str  # the first line of --help
    package: str  # __package__ of the file that makes this value
    find: Callable[[Arguments, Any], Answerable | None]
    read: Callable[[Arguments], Any] = no_options
    options: Mapping[str, str] = field(default_factory=dict)  # its own keys -> what each means
    examples: Sequence[str] = ()  # words to type, for the help
    sweep: str = ""  # the search space that is asked about where no other is typed
    sweep_help: str = SWEEP_HELP
    seeds: bool = True  # whether networks are trained from several seeds, of which `until=` can add some
    unit: str = "points"  # in which `until=` is typed

    @property
    def usage(self) -> Usage:
        """What can be typed, for `read_arguments`."""
        return Usage(
            self.name,
            self.sweep or self.name,
            self.about,
            self.options,
            self.examples,
            self.sweep_help,
            self.unit if self.seeds else "",
        )

    def judge(self, record: Any) -> Any:
        """Return the record with its verdict, by a rule that takes account of how often growing runs were looked at."""
        from depthlab.questions.planning import asked_of
        from depthlab.statistics import looked_at  # scipy takes a second to import

        judge = self.part("verdict").judge
        if not self.seeds:  # nothing is trained, so there are no looks, and no seeds to ask for
            return judge(record)
        with looked_at(record.about.counted_looks), asked_of(record.about):
            return judge(record)

    @property
    def record(self) -> type[Record]:
        """The kind of record that is written down."""
        found: type[Record] = get_type_hints(self.part("verdict").judge)["record"]
        assert issubclass(found, Record)
        return found

    def part(self, name: str) -> Any:
        """Import a file of the question's folder."""
        return import_module(f"{self.package}.{name}")


@final
@dataclass(frozen=True)
class Answered:
    """An answer that is written down."""

    record: Any
    runs: Answerable
    arguments: Arguments

    @property
    def output(self) -> Path:
        """The folder of page and record."""
        return self.arguments.output


def find_answer(question: Question, argv: Sequence[str]) -> Answered | None:
    """Answer what was typed: find or train the runs, measure, judge, draw, write; None after a dry run.

    Raises:
        ValueError: a person's mistake, told before anything runs.
        SystemExit: with 3 if no run has come to its end.
    """
    arguments = read_arguments(argv, question.usage)
    options, until = question.read(arguments), arguments.until

    def find(asked: Arguments) -> Any:
        return question.find(asked, options)

    def judge(runs: Any) -> Any:
        return question.judge(question.part("measure").measure(runs.counted(until), options))

    if until is None:
        runs = find(arguments)
        answered = None if runs is None else (runs, judge(runs))
    else:
        from depthlab.questions.until import answer_until

        answered = answer_until(until, arguments, find, judge, question.part("verdict").decisive)
    if answered is None:
        return None
    runs, record = answered
    from depthlab.report.frame import drawn_for

    with drawn_for(arguments.style.width, arguments.style.font, arguments.style.size):
        runs.save(question.part("page").page(record), record, arguments)
    return Answered(record, runs, arguments)


def answer(question: Question, argv: Sequence[str] | None = None) -> None:
    """Answer what was typed, and print the verdict.

    The command ends with exit code 2 and one line for a person's mistake, with 3, after the page, if runs are missing.
    """
    run_command(lambda: _answer(question, called()[2:] if argv is None else argv))


def _answer(question: Question, argv: Sequence[str]) -> None:
    found = find_answer(question, argv)
    if found is None:
        return
    from depthlab.questions.outcome import gains_of, verdict_of

    report(
        runs=found.runs.outcomes(),
        verdict=verdict_of(found.record),
        gains=tuple(gains_of(question, found.record)),
        page=str(found.output / "index.html"),
        record=str(found.output / "record.json"),
    )
    found.runs.tell(found.record, found.arguments)
