"""The answer: the spread over seeds of each network."""

from dataclasses import dataclass

from depthlab.records import QuestionRecord, Record, Summary


@dataclass(frozen=True)
class NetworkSpread(Record):
    """Test errors of one network over its seeds, in percent."""

    network: str
    errors: Summary


@dataclass(frozen=True)
class SpreadRecord(Record):
    """The spread of each network."""

    about: QuestionRecord
    networks: tuple[NetworkSpread, ...] = ()
