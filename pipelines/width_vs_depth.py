"""Depth, width or cardinality? Find networks of equal cost, ensure their runs, and write what each doubling buys."""

import math
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, final

from depthlab.command_line import run_command
from depthlab.questions.arguments import Question, ask

if TYPE_CHECKING:
    from depthlab.questions.equal_cost.candidates import Candidate
    from depthlab.questions.width_vs_depth.record import WidthVsDepthRecord
    from depthlab.records import MatchedNetwork, RunRef
    from depthlab.sweeps import Settings, SweepResult

EXAMPLES = (
    "match=multiply_adds",
    "depth=20 budget=2x,3x,4x seed=range(5)",
    "model=resnext depth=11 width=0.25 model.group_width=16 model.cardinality=4",
    "data=cifar10 depth=20 epochs=15 seed=0,1",
    "data.validation=0.1 depth=14",
)
BUDGET = "2x,4x"
MATCHES = ("parameters", "multiply_adds", "time")
OWN_KEYS = {
    "match": "what is to be equal: parameters, multiply_adds, or time (of a training step, measured) [parameters]",
    "budget": f"costs to be met along each axis: multiples of the base network's, or amounts such as 400000 [{BUDGET}]",
    "resnext": "the ResNeXt whose cardinality grows, if the base has none [depth=11 width=0.25 model.group_width=16]",
}
RESNEXT = "depth=11 width=0.25 model.group_width=16"
NETWORK_KEYS = ("model", "depth", "width")
PAGE = "width_vs_depth"


def width_vs_depth() -> None:
    """Read the command line, and answer; exit code 3 if runs are missing, after the page."""
    asked = ask(sys.argv[1:], sweep=PAGE, about=__doc__ or "", own=OWN_KEYS, examples=EXAMPLES)

    from depthlab.questions.few_images import with_few_images
    from depthlab.sweeps import ensure_sweep, preview_sweep, settings_of

    asked = replace(asked, words=with_few_images(asked.words, PAGE))
    settings = settings_of(asked.words)
    search = Search(asked, settings)
    networks = search.networks()
    for one in networks:
        print(told(one, search.match), flush=True)
    variants = [dict(word.split("=", 1) for word in one.words) for one in {n.network: n for n in networks}.values()]
    if settings.dry_run:
        preview_sweep(asked.words, settings, variants=variants)
        return
    swept = ensure_sweep(asked.words, settings, variants=variants)
    answer(swept, networks, search, asked.output)


@final
@dataclass(frozen=True)
class Start:
    """Where axes begin: the base network, and a family that has cardinality."""

    base: "Candidate"
    cardinal: "Candidate"


@final
class Search:
    """Finds the networks that the words ask for."""

    def __init__(self, asked: Question, settings: "Settings") -> None:
        """Read what is to be matched. Raises `ValueError` for what can't be."""
        from depthlab.questions.equal_cost.search import CostMatch, base_rung, held_words, read_budgets
        from depthlab.questions.equal_cost.step_times import StepTimes
        from depthlab.recipe import read_space
        from depthlab.sweeps import Measuring

        self.match = asked.own.get("match", MATCHES[0])
        if self.match not in MATCHES:
            raise ValueError(f"match={self.match}: networks are matched by {', '.join(MATCHES[:2])} or {MATCHES[2]}")
        self._fixed = held_words(read_space(asked.words, settings.params), "deeper and wider networks")
        self.measuring: Measuring = Measuring()
        self._match: CostMatch = CostMatch(self.measuring, self.cost)
        base = base_rung(self._fixed, ("depth", "width"))
        self.times: StepTimes | None = None
        if self.match == "time":
            facts, threads = self.measuring.facts(base.recipe), math.ceil(settings.cpu)
            self.times = StepTimes(asked.output / "step_times.json", base.recipe, facts, threads=threads)
        self._start = Start(base, self._cardinal(base, asked.own.get("resnext")))
        self._budgets = read_budgets(asked.own.get("budget", BUDGET), self.cost(base), BUDGET)

    def cost(self, rung: "Candidate") -> float:
        """Return what is to be equal."""
        if self.times is not None:
            return self.times.seconds(rung.recipe)
        return float(getattr(self.measuring.cost(rung.recipe), self.match))

    def networks(self) -> "list[MatchedNetwork]":
        """Return the base networks, and for each budget the nearest network along each axis; progress is shown."""
        from depthlab.questions.equal_cost.candidates import CandidateAxis
        from depthlab.training import track

        start = self._start
        found = [self._matched(rung, "base", self.cost(start.base)) for rung in distinct((start.base, start.cardinal))]
        rungs = {"depth": start.base, "width": start.base, "cardinality": start.cardinal}
        ladders = {axis: CandidateAxis(rung, axis, self.measuring) for axis, rung in rungs.items()}
        tasks = [(budget, axis) for budget in self._budgets for axis in ladders]
        for budget, axis in track(tasks, "matching networks"):
            found.append(self._matched(self._match.nearest(ladders[axis], budget), axis, budget))
        return found

    def _cardinal(self, base: "Candidate", typed: str | None) -> "Candidate":
        """Return the base itself if it has cardinality, else the ResNeXt whose cost is nearest to the base's."""
        from depthlab.questions.equal_cost.candidates import Candidate, CandidateAxis
        from depthlab.recipe import compose

        if "cardinality" in base.values:
            if typed is not None:
                raise ValueError(f"resnext={typed!r} does nothing: {base.name} has a cardinality of its own to vary")
            return base
        words = {"model": "resnext"} | read_network("resnext", typed or RESNEXT) | {"model.cardinality": "1"}
        kept = [word for word in self._fixed if not is_network(word)]
        rung = Candidate(compose([*kept, *(f"{key}={value}" for key, value in words.items())]), words)
        return self._match.nearest(CandidateAxis(rung, "cardinality", self.measuring), self.cost(base))

    def _matched(self, rung: "Candidate", axis: str, budget: float) -> "MatchedNetwork":
        found = self._match.told(rung, axis, budget)
        return found if self.times is None else replace(found, step_seconds=found.cost)


def read_network(key: str, typed: str) -> dict[str, str]:
    """Return the words of a network that an own key has in its value. Raises `ValueError`."""
    words = typed.split()
    for word in words:
        if "=" not in word or not is_network(word) or word.startswith(("model=", "model.cardinality=")):
            raise ValueError(f"{key}={typed!r}: {word!r} can't stand there; type words such as {key}='{RESNEXT}'")
    return dict(word.split("=", 1) for word in words)


def is_network(word: str) -> bool:
    """Whether a word chooses the network, and not how it is trained."""
    key = word.partition("=")[0]
    return key in NETWORK_KEYS or key.startswith("model.")


def distinct(rungs: "Iterable[Candidate]") -> "list[Candidate]":
    """Return each network once."""
    return list({rung.name: rung for rung in rungs}.values())


def told(one: "MatchedNetwork", match: str) -> str:
    """Return the line of a network that was found."""
    size = f"{one.cost:.4g} s a step" if match == "time" else f"{one.cost:,.0f} {match.replace('_', '-')}"
    return f"{one.axis:12}{one.network:32}{size:>26}   {one.mismatch:+.1f} % of the budget"


def answer(swept: "SweepResult", networks: "list[MatchedNetwork]", search: Search, output: Path) -> None:
    """Compare, fit, draw, write, attach, tell."""
    from depthlab.questions.publish import check_answerable, publish
    from depthlab.questions.width_vs_depth.page import width_page

    check_answerable(swept)
    record = examine(swept, networks, search)
    publish(swept, width_page(record), record, record.about.verdict, output)


def examine(swept: "SweepResult", networks: "list[MatchedNetwork]", search: Search) -> "WidthVsDepthRecord":
    """Return all that the page tells, from the runs that finished."""
    from depthlab.questions.references import begin_answer, measured_run, trained_images
    from depthlab.questions.width_vs_depth.fit import compare_matched, fit_measured, fit_published, stand
    from depthlab.questions.width_vs_depth.published import WIDE_TABLE, published_networks
    from depthlab.questions.width_vs_depth.record import WidthVsDepthRecord
    from depthlab.questions.width_vs_depth.verdict import tell
    from depthlab.questions.wording import lost_runs

    refs = name_runs(swept, networks)
    measured = tuple(measured_run(swept, ref) for ref in refs if ref.state == "finished")
    fits = fit_measured(networks, measured)
    published = published_networks()
    return WidthVsDepthRecord(
        about=replace(begin_answer(PAGE, swept, refs), verdict=tell(search.match, fits, lost_runs(refs))),
        match=search.match,
        networks=tuple(networks),
        measured=measured,
        compared=compare_matched(networks, refs, measured),
        fits=fits,
        front=stand(networks, measured),
        published=published,
        published_fit=fit_published(published, WIDE_TABLE),
        timed_on=search.times.hardware if search.times is not None else "",
        trained=trained_images(swept),
    )


def name_runs(swept: "SweepResult", networks: "list[MatchedNetwork]") -> "tuple[RunRef, ...]":
    """Return the runs under the names that networks have on the page, in series by family, placed by cost."""
    from depthlab.questions.equal_cost.candidates import rung_name
    from depthlab.questions.references import run_refs

    costs = {one.network: one.cost for one in networks}
    names = [rung_name(swept.recipes[trial.index]) for trial in swept.trials]
    refs = run_refs(swept, along="depth")
    return tuple(
        replace(ref, group=name, series=str(ref.values["model"]), place=costs[name])
        for ref, name in zip(refs, names, strict=True)
    )


if __name__ == "__main__":
    run_command(width_vs_depth)
