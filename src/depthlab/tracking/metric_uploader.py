"""From a journal to a store: each step of a metric once, though a resumed run computes some of them twice."""

from collections.abc import Mapping, Set
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, final

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
    the store already, and MLflow can't take them out; so the first ones stay, and the repetition is left out. What the
    store has it tells itself: a note about it could be newer than a journal that lost its end in a power cut, or than a
    copy of the run's folder.
    """

    def __init__(
        self,
        journal: Journal,
        arrived: Mapping[str, Set[int]] = MappingProxyType({}),
        *,
        blind: bool = False,
        axes: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        """Begin with the first line.

        Args:
            journal: What is sent.
            arrived: Metric -> the steps that the store has, as `arrived_steps` returns them.
            blind: Leave test errors out.
            axes: Numbers that go beside the final metrics, at their step, so that MLflow draws these against them.
        """
        self._journal, self._blind, self._arrived, self._axes = journal, blind, arrived, axes
        self._last: dict[str, int] = {}  # metric -> last step that came by
        self._repeated: dict[str, int] = {}  # metric -> last step that came by before the resumption
        self._offset = 0

    def send(self, client: "MlflowClient", run_id: str) -> bool:
        """Send a portion of what is new; whether there was something.

        Raises:
            mlflow.exceptions.MlflowException: It did not arrive, and will be sent again by the next call.
        """
        entries, end = self._journal.tail(self._offset)
        if not entries:
            return False
        before = dict(self._last), dict(self._repeated)
        try:
            send_lines(client, run_id, self._advance(entries))
        except BaseException:
            self._last, self._repeated = before
            raise
        self._offset = end
        return True

    def _advance(self, entries: list[JournalLine | Resumption]) -> list[JournalLine]:
        """Return the lines with those values that are not repeated."""
        lines = []
        for entry in entries:
            if isinstance(entry, Resumption):
                self._repeated = dict(self._last)
                continue
            values = {name: value for name, value in entry.values.items() if self._is_new(name, entry.step)}
            for name in values:
                self._last[name] = max(entry.step, self._last.get(name, -1))
            shown = without_test(values) if self._blind else values
            lines.append(replace(entry, values={**shown, **self._axes} if _FINAL in shown else shown))
        return lines

    def _is_new(self, name: str, step: int) -> bool:
        """Whether a step of a metric is neither in the store nor on its way there."""
        return step > self._repeated.get(name, -1) and step not in self._arrived.get(name, ())
