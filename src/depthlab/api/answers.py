"""Questions as functions: `dl.degradation(depth=[20, 56])`."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from depthlab.api.errors import UserError, calling, warn
from depthlab.api.shown import answer_html
from depthlab.api.words import words_of
from depthlab.questions import find_answer, find_question
from depthlab.questions.outcome import gains_of, verdict_of
from depthlab.records import DONE

if TYPE_CHECKING:
    import pandas as pd


@final
@dataclass(frozen=True)
class Answer:
    """An answered question; whatever its record has is an attribute here too."""

    record: Any
    folder: Path  # of the page
    question: str  # its name

    def __getattr__(self, name: str) -> Any:
        """Return what the record has."""
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.record, name)

    @property
    def verdict(self) -> tuple[str, ...]:
        """The verdict, in sentences."""
        return verdict_of(self.record)

    @property
    def page(self) -> Path:
        """The page with figures, tables and verdict."""
        return self.folder / "index.html"

    @property
    def figures(self) -> dict[str, Path]:
        """The page's figures by name, as SVG."""
        return {file.stem: file for file in sorted((self.folder / "figures").glob("*.svg"))}

    @property
    def gains(self) -> "pd.DataFrame":
        """A row for each difference, the verdict's own first, with the noise below which it can't be told from none."""
        import pandas as pd

        rows = [asdict(one) for one in gains_of(find_question(self.question), self.record)]
        return pd.DataFrame([row | (row.pop("interval") or {}) for row in rows])

    def table(self, name: str) -> "pd.DataFrame":
        """Return a table of the page with all its digits, such as `table("networks")`."""
        import pandas as pd

        file = self.folder / "tables" / f"{name}.csv"
        if not file.is_file():
            there = ", ".join(sorted(one.stem for one in file.parent.glob("*.csv")))
            raise UserError(f"the page has no table {name}; there are {there}")
        return pd.read_csv(file)

    def __repr__(self) -> str:
        return "\n".join([*self.verdict, f"page: {self.page}"])

    def _repr_html_(self) -> str:
        return answer_html(self.verdict, self.figures, self.page)


@cache
def question_function(name: str) -> Callable[..., Answer | None]:
    """Return the function that answers a question. Raises `ValueError` where there is none of that name."""
    question = find_question(name)

    def ask(*typed: str | Mapping[str, Any], **settings: Any) -> Answer | None:
        words = words_of(typed, settings, several=True)
        with calling(name, words):
            found = find_answer(question, words)
        if found is None:
            return None
        runs = found.runs.outcomes()
        if missing := [one for one in runs if one.state not in DONE]:
            warn(f"{len(missing)} of {len(runs)} runs are missing; the same call goes on with them")
        return Answer(found.record, found.output.absolute(), name)

    options = "\n".join(f"    {key}: {meaning}" for key, meaning in question.options.items())
    ask.__name__ = ask.__qualname__ = name
    ask.__doc__ = (
        f"{question.about}\n\nTakes the words of `depthlab {name}`, as strings, dictionaries or keywords; a list is "
        f"several values. Returns an `Answer`, None for a dry run; raises `UserError`.\n\n{options}\n"
    )
    return ask
