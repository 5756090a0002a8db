"""What docs/verdicts.md says of simulations is in their records."""

import json
from typing import Any

from tests.rules import ROOT

PAGE = " ".join((ROOT / "docs" / "verdicts.md").read_text(encoding="utf-8").split())
LINES = (ROOT / "docs" / "verdicts.md").read_text(encoding="utf-8").splitlines()
RESULTS = ROOT / "docs" / "results"
CLAIMS = (
    "depth changes plain",
    "shortcuts make the difference",
    "resnet stays within the margin",
    "depth changes resnet",
)


def rates_of() -> dict[tuple[str, int], dict[str, Any]]:
    rates: dict[tuple[str, int], dict[str, Any]] = {}
    for one in json.loads((RESULTS / "verdicts.json").read_text(encoding="utf-8"))["rates"]:
        rates.setdefault((one["world"], one["seeds"]), {})[one["claim"]] = one
    return rates


def row(world: str, seeds: int, found: dict[str, Any]) -> str:
    """Return the row of a world: claims that are false there in italics."""
    cells = [
        f"*{100 * one['share']:.1f}*" if one["false"] else f"{100 * one['share']:.1f}" for one in map(found.get, CLAIMS)
    ]
    return f"| {world} | {seeds} | {' | '.join(cells)} |"


def test_each_world_is_a_row() -> None:
    assert [row(*world, found) for world, found in rates_of().items()] == [
        line for line in LINES if line.startswith(("| nothing", "| digits", "| one", "| resnet too"))
    ]


def other_rates() -> dict[str, list[dict[str, Any]]]:
    """Return the false claims of the other questions."""
    rates: dict[str, list[dict[str, Any]]] = {}
    for one in json.loads((RESULTS / "verdicts_questions.json").read_text(encoding="utf-8"))["rates"]:
        if one["false"]:
            rates.setdefault(one["question"], []).append(one)
    return rates


def worst_row(question: str, rates: list[dict[str, Any]]) -> str:
    """Return the row of a question: the false claim that is made most often."""
    most, worlds = max(rates, key=lambda one: one["share"]), {(one["world"], one["seeds"]) for one in rates}
    told = f"*{100 * most['share']:.1f}* | {most['claim']} | {most['world']} | {most['seeds']}"
    return f"| {question} | {len(worlds)} | {told} |"


def test_each_other_question_is_a_row() -> None:
    rows = [worst_row(question, rates) for question, rates in other_rates().items()]
    assert len(rows) == 8 and set(rows) <= set(LINES)


def test_no_false_claim_is_made_in_more_than_six_percent() -> None:
    false = [one for found in rates_of().values() for one in found.values() if one["false"]]
    false += [one for rates in other_rates().values() for one in rates]
    assert len(false) > 120 and max(one["share"] for one in false) <= 0.06


def test_a_network_is_not_told_from_itself() -> None:
    record = json.loads((RESULTS / "same_network.json").read_text(encoding="utf-8"))
    shares = {cut["seeds"]: f"{100 * cut['share']:.1f} %" for cut in record["cuts"]}
    assert f"claim a difference in {shares[3]} of studies of 3 seeds, and in {shares[5]} of 5" in PAGE
    assert max(cut["share"] for cut in record["cuts"]) <= 0.06


if __name__ == "__main__":
    print(*(row(*world, found) for world, found in rates_of().items()), sep="\n")
    print(*(worst_row(*one) for one in other_rates().items()), sep="\n")
