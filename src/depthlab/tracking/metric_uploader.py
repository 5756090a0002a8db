"""From a journal to a store: each step of a metric once, though a resumed run computes some of them twice."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Self, final

from depthlab.records import without_test
from depthlab.tracking.journal import Journal, JournalLine, Resumption
from depthlab.tracking.mlflow_run import send_lines

if TYPE_CHECKING:
    from mlflow import MlflowClient

_FINAL = "model/parameters"  # is written once, when all is known of the run


@final
class MetricUploader:
    """Sends what a journal gains, in portions.

    A run that was cut off goes on from a checkpoint, and computes again what came after it. Those values may be in
    the store already, and MLflow can't take them out; so the first ones stay, and the repetition is left out.
    Where the run goes on from a copy of its folder, on another machine than before, the journal may know less than the
    store: then the store tells what it has.
    """

    def __init__(
        self, journal: Journal, *, blind: bool = False, axes: Mapping[str, float] = MappingProxyType({})
    ) -> None:
        """Begin with the first line; see `resume`."""
        self._journal, self._blind, self._axes = journal, blind, axes
        self._arrived: Mapping[str, int] = {}  # metric -> last step that the store has
        self._last: dict[str, int] = {}  # metric -> last step that came by
        self._repeated: dict[str, int] = {}  # metric -> last step that came by before the resumption
        self.offset = 0

    @classmethod
    def resume(
        cls,
        journal: Journal,
        offset: int,
        arrived: Mapping[str, int] = MappingProxyType({}),
        *,
        blind: bool = False,
        axes: Mapping[str, float] = MappingProxyType({}),
    ) -> Self:
        """Go on after the first `offset` bytes of a journal, which have arrived.

        Args:
            journal: What is sent.
            offset: How much of it the store has, at least.
            arrived: Metric -> last step that the store has; by default it has nothing but what `offset` says.
            blind: Leave test errors out.
            axes: Numbers that go beside the final metrics, at their step, so that MLflow draws these against them.
        """
        uploader = cls(journal, blind=blind, axes=axes)
        uploader._arrived = arrived
        while uploader.offset < offset:
            entries, uploader.offset = journal.tail(uploader.offset, end=offset)
            if not entries:  # a crash of the machine took lines that the store has
                break
            uploader._advance(entries)
        return uploader

    def send(self, client: "MlflowClient", run_id: str) -> bool:
        """Send a portion of what is new; whether there was something.

        Raises:
            mlflow.exceptions.MlflowException: It did not arrive, and will be sent again by the next call.
        """
        entries, end = self._journal.tail(self.offset)
        if not entries:
            return False
        before = dict(self._last), dict(self._repeated)
        try:
            send_lines(client, run_id, self._advance(entries))
        except BaseException:
            self._last, self._repeated = before
            raise
        self.offset = end
        return True

    def _advance(self, entries: list[JournalLine | Resumption]) -> list[JournalLine]:
        """Return the lines with those values that are not repeated."""
        lines = []
        for entry in entries:
            if isinstance(entry, Resumption):
                self._repeated = dict(self._last)
                continue
            values = {name: value for name, value in entry.values.items() if entry.step > self._known(name)}
            for name in values:
                self._last[name] = max(entry.step, self._last.get(name, -1))
            shown = without_test(values) if self._blind else values
            lines.append(replace(entry, values={**shown, **self._axes} if _FINAL in shown else shown))
        return lines

    def _known(self, name: str) -> int:
        """Return up to which step a metric is in the store, or has been on its way there."""
        return max(self._repeated.get(name, -1), self._arrived.get(name, -1))
