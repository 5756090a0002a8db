"""Is width the base, and depth the exponent? Find networks of equal cost, delete units and groups, and tell."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from depthlab.command_line import run_command, whole_number
from depthlab.questions.arguments import Question, ask

if TYPE_CHECKING:
    from depthlab.questions.exponent.record import ExponentRecord, ExponentRun
    from depthlab.questions.runs import Subject, Subjects
    from depthlab.records import MatchedNetwork
    from depthlab.runs import FinishedRun

QUESTION = "exponent"
EXAMPLES = (
    "budget=2x,4x seed=range(3)",
    "data=cifar10 depth=29 epochs=15 seed=0,1",
    "run=1a2b,3c4d",
)
BUDGET, SHARE, DRAWS, IMAGES = "1.5x,2x", "0.33", "16", "1000"
OWN_KEYS = {
    "budget": f"multiply-adds to be met along depth and cardinality: multiples of the base's, or amounts [{BUDGET}]",
    "share": f"of the units, and of the groups, that are deleted together [{SHARE}]",
    "draws": f"times that they are drawn [{DRAWS}]",
    "images": f"test images on which errors are measured [{IMAGES}, or all where there are fewer]",
}
AXES = ("depth", "cardinality")


def exponent() -> None:
    """Read the command line, and answer; exit code 3 if runs are missing, after the page."""
    from depthlab.questions.runs import RUN_KEYS

    asked = ask(sys.argv[1:], sweep=QUESTION, about=__doc__ or "", own=RUN_KEYS | OWN_KEYS, examples=EXAMPLES)
    counts = {
        key: whole_number(key, asked.own.get(key, default), example=default)
        for key, default in (("draws", DRAWS), ("images", IMAGES))
    }
    share = read_share(asked.own.get("share", SHARE))

    from depthlab.questions.exponent.page import exponent_page
    from depthlab.questions.runs import find_subjects, publish_answer

    networks = [] if "run" in asked.own else find_networks(asked)
    variants = [dict(word.split("=", 1) for word in one.words) for one in networks]
    subjects = find_subjects(asked, QUESTION, variants=variants)
    if subjects is not None:
        record = examine(subjects, networks, share, **counts)
        publish_answer(subjects, exponent_page(record), record, asked.output)


def read_share(typed: str) -> float:
    """Return a number between 0 and 1. Raises `ValueError`."""
    try:
        share = float(typed)
    except ValueError:
        share = 0.0
    if not 0 < share < 1:
        raise ValueError(f"share={typed} must be between 0 and 1, such as share={SHARE}")
    return share


def find_networks(asked: Question) -> "list[MatchedNetwork]":
    """Return the base network, and for each budget the nearest one along each axis, each network once."""
    from depthlab.questions.equal_cost.candidates import CandidateAxis
    from depthlab.questions.equal_cost.search import CostMatch, base_rung, held_words, read_budgets
    from depthlab.recipe import read_space
    from depthlab.sweeps import Measuring, settings_of
    from depthlab.training import track

    space = read_space(asked.words, settings_of(asked.words).params)
    measuring = Measuring()
    match = CostMatch(measuring, lambda rung: measuring.cost(rung.recipe).multiply_adds)
    base = base_rung(held_words(space, "deeper networks and such of more groups"), AXES)
    budgets = read_budgets(asked.own.get("budget", BUDGET), match.cost(base), BUDGET)
    found = [match.told(base, "base", match.cost(base))]
    ladders = {axis: CandidateAxis(base, axis, measuring) for axis in AXES}
    for budget, axis in track([(budget, axis) for budget in budgets for axis in AXES], "matching networks"):
        found.append(match.told(match.nearest(ladders[axis], budget), axis, budget))
    networks = list({one.network: one for one in found}.values())
    for one in networks:
        print(f"{one.axis:12}{one.network:24}{one.cost:>18,.0f} multiply-adds   {one.mismatch:+.1f} % of the budget")
    return networks


def examine(
    subjects: "Subjects", networks: "Sequence[MatchedNetwork]", share: float, draws: int, images: int
) -> "ExponentRecord":
    """Return all that the page tells."""
    from depthlab.questions.exponent.fit import fit_all
    from depthlab.questions.exponent.record import ExponentRecord
    from depthlab.questions.exponent.verdict import judge_exponent, tell_exponent
    from depthlab.questions.wording import lost_runs
    from depthlab.training import track

    runs = tuple(
        measure_run(subject, share, draws, images) for subject in track(subjects.subjects, "deleting units and groups")
    )
    fits = fit_all([run for run in runs if run.pieces])
    parts = judge_exponent(fits)
    verdict = tell_exponent(runs, fits, parts, share, lost_runs(subjects.about.runs))
    there = min(images, *(subject.folder.manifest.dataset.test_size for subject in subjects.subjects))
    return ExponentRecord(
        about=replace(subjects.about, verdict=verdict),
        networks=tuple(networks),
        runs=runs,
        fits=fits,
        parts=parts,
        share=share,
        images=there,
    )


def measure_run(subject: "Subject", share: float, draws: int, images: int) -> "ExponentRun":
    """Return one run with its lesions; a note where nothing can be deleted."""
    from depthlab.nn import Network
    from depthlab.questions.exponent.measure.pieces import measure_pieces
    from depthlab.questions.exponent.record import ExponentRun
    from depthlab.runs import first_images

    record, ref = subject.folder.record, subject.ref
    assert record is not None, f"{ref.name} finished without a record"
    blank = ExponentRun(
        fingerprint=ref.fingerprint,
        network=ref.group,
        family=record.axes["model"],
        seed=record.axes["seed"],
        units=0,
        cardinality=1,
        parameters=int(record.metrics["model/parameters"]),
        multiply_adds=int(record.metrics["model/multiply_adds"]),
        error=100 * (1 - record.metrics["test/accuracy"]),
        power=0.0,
    )
    try:
        run = subject.run
        network = run.network("final")
        if not isinstance(network, Network):
            raise ValueError("it is no depthlab.nn.Network, so that its units are not known")
        named = replace(blank, network=name_of(run, ref.group))
        return measure_pieces(named, network, list(first_images(run.test_batches(), images)), share=share, draws=draws)
    except ValueError as refused:
        return replace(blank, note=str(refused))


def name_of(run: "FinishedRun", group: str) -> str:
    """Return the network's name, as it reads `resnext-20 4x4d`; for one that lists its stages the question's own."""
    from depthlab.questions.equal_cost.candidates import rung_name

    model = run.recipe.config["model"]
    return rung_name(run.recipe) if isinstance(model, Mapping) and isinstance(model.get("depth"), int) else group


if __name__ == "__main__":
    run_command(exponent)
