"""Which values of a journal are to be sent: each step of a metric once, though a resumed run computes some twice."""

from dataclasses import dataclass, field, replace
from typing import final

from depthlab.tracking.journal import Journal, Line, Resumption


@final
@dataclass
class Once:
    """Follows a journal from its beginning and passes every value that is not a repetition.

    A run that was cut off goes on from a checkpoint, and computes again what came after it. Those values may be in
    the store already, and MLflow can't take them out; so the first ones stay, and the repetition is left out.
    """

    last: dict[str, int] = field(default_factory=dict)  # metric -> last step that came by
    repeated: dict[str, int] = field(default_factory=dict)  # metric -> last step that came by before the resumption

    @classmethod
    def after(cls, journal: Journal, end: int) -> "Once":
        """Return what is known after the first `end` bytes of a journal."""
        once = cls()
        offset = 0
        while offset < end:
            entries, offset = journal.tail(offset)
            if not entries:
                break
            once.select(entries)
        return once

    def copy(self) -> "Once":
        """Return a copy, to be kept if what it selected has arrived."""
        return Once(dict(self.last), dict(self.repeated))

    def select(self, entries: list[Line | Resumption]) -> list[Line]:
        """Return the lines with the values to send."""
        lines = []
        for entry in entries:
            if isinstance(entry, Resumption):
                self.repeated = dict(self.last)
                continue
            values = {name: value for name, value in entry.values.items() if entry.step > self.repeated.get(name, -1)}
            for name in values:
                self.last[name] = max(entry.step, self.last.get(name, -1))
            lines.append(replace(entry, values=values))
        return lines
