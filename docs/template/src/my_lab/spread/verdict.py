"""The verdict, from the record alone."""

from dataclasses import replace

from my_lab.spread.record import NetworkSpread, SpreadRecord


def judge(record: SpreadRecord) -> SpreadRecord:
    """Return the record with a sentence for each network."""
    verdict = tuple(map(_sentence, record.networks))
    return replace(record, about=replace(record.about, verdict=verdict))


def _sentence(one: NetworkSpread) -> str:
    if one.errors.std is None:
        return f"{one.network}: one seed shows no spread; type seed=0,1,2."
    spread = f"standard deviation over {one.errors.n} seeds {one.errors.std:.2f}"
    return f"{one.network}: test error {one.errors.mean:.2f} %, {spread}."
