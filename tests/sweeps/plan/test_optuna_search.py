"""Optuna's search: its budget, what it takes up again, and spaces that are small or have changed since."""

import math
from collections.abc import Sequence

import pytest

from depthlab.recipe import Space
from depthlab.records import TrialState
from depthlab.sweeps.plan.optuna_search import OptunaSearch
from depthlab.sweeps.plan.trial import Entry, Trial
from tests.sweeps.made import trial
from tests.sweeps.planned import settings, space

MIXED = ("model=plain,resnet", "learning_rate=tag(log,interval(1e-4,1e-1))", "depth=int(interval(8,20))")
METRIC = "val/accuracy"


class Bench:
    """A study whose trials are told by their words, and that numbers them as a sweep's ledger does."""

    def __init__(self, words: Sequence[str], earlier: "Bench | None" = None, **changed: object) -> None:
        self.space: Space = space(*words)
        self.trials: dict[tuple[str, ...], Trial] = {} if earlier is None else dict(earlier.trials)
        self.entries: dict[int, Entry] = {} if earlier is None else dict(earlier.entries)
        self.impossible: set[str] = set()
        options = {"search": "optuna", "samples": 10} | changed
        self.asking = OptunaSearch(self.space, settings(**options), self._examine, list(self.entries.values()))

    def _examine(self, words: tuple[str, ...]) -> Trial | ValueError:
        if self.impossible & set(words):
            return ValueError(f"that can't be (in {' '.join(words)})")
        if words not in self.trials:
            made = trial(len(self.trials))
            self.trials[words] = Trial(made.index, words, {}, made.recipe, made.fingerprint)
        return self.trials[words]

    def ask(self) -> Trial | None:
        found = self.asking.ask()
        if found is not None:
            assert found.index not in self.entries, "asked twice"
            self.entries[found.index] = Entry(found)
        return found

    def tell(self, found: Trial, state: TrialState, value: float | None = None) -> None:
        entry = self.entries[found.index]
        entry.state, entry.metrics = state, {} if value is None else {METRIC: value}
        self.asking.tell(found, state, entry.metrics)

    def finish_all(self) -> list[Trial]:
        found = []
        while (asked := self.ask()) is not None:
            found.append(asked)
            self.tell(asked, "finished", score(asked))
        return found

    @property
    def values(self) -> list[float | None]:
        return [found.value for found in self.asking._study.trials]


def typed(found: Trial) -> dict[str, str]:
    return dict(word.partition("=")[::2] for word in found.overrides)


def score(found: Trial) -> float:
    """Return what is best at a rate of 0.01."""
    return -abs(math.log10(float(typed(found).get("learning_rate", "0.01"))) + 2)


def test_its_budget_is_its_trials_all_different_and_inside_the_space() -> None:
    bench = Bench(MIXED, samples=12)
    found = bench.finish_all()
    assert len({one.overrides for one in found}) == 12
    assert bench.asking.exhausted and bench.asking.ask() is None and bench.asking.error is None
    for one in found:
        values = typed(one)
        assert values["model"] in ("plain", "resnet")
        assert 1e-4 <= float(values["learning_rate"]) <= 1e-1
        assert values["depth"].isdigit() and 8 <= int(values["depth"]) <= 20


def test_the_same_seed_proposes_the_same_and_another_seed_others() -> None:
    first, again = (Bench(MIXED, samples=6).finish_all() for _ in range(2))
    other = Bench(MIXED, samples=6, seed=1).finish_all()
    assert [one.overrides for one in first] == [one.overrides for one in again] != [one.overrides for one in other]


@pytest.mark.parametrize("seed", range(3))
def test_it_learns_where_it_is_good(seed: int) -> None:
    found = Bench(("learning_rate=tag(log,interval(1e-6,1))",), samples=60, seed=seed).finish_all()
    decades = [-score(one) for one in found[15:]]
    assert sum(decades) / len(decades) < 0.9, "decades from the best rate; by chance alone they would be 1.7"


def test_a_loss_is_made_less() -> None:
    bench = Bench(MIXED, metric="val/loss", samples=3)
    assert bench.asking._study.direction.name == "MINIMIZE"
    assert Bench(MIXED, samples=3).asking._study.direction.name == "MAXIMIZE"


def test_trials_that_run_count_in_the_budget() -> None:
    bench = Bench(MIXED, samples=5)
    running = [bench.ask() for _ in range(5)]
    assert None not in running and bench.asking.exhausted and bench.ask() is None


@pytest.mark.parametrize("state", ["failed", "cut off"])
def test_trials_that_broke_count_in_the_budget(state: TrialState) -> None:
    bench = Bench(MIXED, samples=3)
    for _ in range(3):
        found = bench.ask()
        assert found is not None
        bench.tell(found, state)
    assert bench.ask() is None


def test_a_study_goes_on_where_it_was_with_what_is_left_of_its_budget() -> None:
    first = Bench(MIXED, samples=4)
    before = {one.overrides for one in first.finish_all()}
    same = Bench(MIXED, first, samples=4)
    assert same.asking.exhausted and same.ask() is None
    assert sorted(value for value in same.values if value is not None) == sorted(
        score(entry.trial) for entry in first.entries.values()
    ), "what was found is known"
    more = Bench(MIXED, first, samples=6)
    after = {one.overrides for one in more.finish_all()}
    assert len(after) == 2 and not after & before
    fewer = Bench(MIXED, first, samples=2)
    assert fewer.asking.exhausted and fewer.ask() is None


def test_what_was_cut_off_is_taken_up_and_heard_but_not_proposed_again() -> None:
    first = Bench(MIXED, samples=4)
    asked = [first.ask() for _ in range(3)]
    assert asked[0] is not None and asked[1] is not None
    first.tell(asked[0], "finished", 0.5)
    first.tell(asked[1], "cut off")
    later = Bench(MIXED, first, samples=4)
    new = later.ask()
    assert new is not None and new.overrides not in {one.overrides for one in asked if one is not None}
    assert later.ask() is None, "two were cut off, one finished, one is new"
    later.tell(asked[1], "finished", 0.7)
    assert sorted(value for value in later.values if value is not None) == [0.5, 0.7]
    states = [found.state.name for found in later.asking._study.trials]
    assert sorted(states) == ["COMPLETE", "COMPLETE", "RUNNING", "RUNNING"]


def test_a_pruned_trial_counts_with_its_latest_metric_in_later_commands_too() -> None:
    first = Bench(MIXED, samples=2)
    found = first.ask()
    assert found is not None
    first.tell(found, "pruned", 0.3)
    assert first.values == [0.3]
    assert Bench(MIXED, first, samples=2).values == [0.3]


@pytest.mark.parametrize("value", [math.nan, None])
def test_a_metric_that_is_no_number_teaches_nothing_and_stops_nothing(value: float | None) -> None:
    bench = Bench(MIXED, samples=15)
    count = 0
    while (found := bench.ask()) is not None:
        bench.tell(found, "finished", value if count % 2 else 0.5)
        count += 1
    assert count == 15
    assert [found.state.name for found in bench.asking._study.trials].count("FAIL") == 7
    later = Bench(MIXED, bench, samples=17)
    assert "RUNNING" not in [found.state.name for found in later.asking._study.trials], "they have ended"
    assert len(later.finish_all()) == 2


@pytest.mark.parametrize("value", [math.inf, -math.inf, 1e300])
def test_extreme_metrics_stop_nothing(value: float) -> None:
    bench = Bench(MIXED, samples=25)
    count = 0
    while (found := bench.ask()) is not None:
        bench.tell(found, "finished", value if count % 5 == 0 else 0.1 * count)
        count += 1
    assert count == 25
    assert len(Bench(MIXED, bench, samples=26).finish_all()) == 1


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("words", [("depth=8,14",), ("depth=int(interval(1,6))",), ("model=a,b,c", "seed=0,1,2,3")])
def test_a_small_space_is_tried_whole_before_it_counts_as_exhausted(words: tuple[str, ...], seed: int) -> None:
    size = {1: 2, 2: 12}[len(words)] if "interval" not in words[0] else 6
    bench = Bench(words, samples=50, seed=seed)
    count = 0
    while (found := bench.ask()) is not None:
        count += 1
        bench.tell(found, "finished", 1.0 if count == 1 else 0.0)  # the first one is by far the best
    assert count == size and bench.asking.exhausted


def test_a_small_space_is_tried_whole_though_all_of_it_runs_at_once() -> None:
    bench = Bench(("model=plain,resnet", "depth=8,14,20"), samples=6)
    assert len({one.overrides for one in (bench.ask() for _ in range(6)) if one is not None}) == 6


def test_values_that_are_gone_from_the_space_count_but_are_not_learnt_from() -> None:
    first = Bench(("learning_rate=tag(log,interval(1e-4,1e-1))", "depth=8,14"), samples=6)
    first.finish_all()
    later = Bench(("learning_rate=tag(log,interval(1e-2,1))", "depth=8,14,20"), first, samples=8)
    kept = [one for one in first.trials.values() if float(typed(one)["learning_rate"]) >= 1e-2]
    assert sum(value is not None for value in later.values) == len(kept)
    assert len(later.finish_all()) == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("width=[16,32],2", "width=interval(1,2)"),
        ("dropout=null,0.1", "dropout=interval(0,0.5)"),
        ("width=interval(1,2)", "width=1,2"),
        ("depth=int(interval(8,20))", "depth=8,14"),
        ("depth=8,14", "depth=int(interval(8,20))"),
        ("learning_rate=0.1,1e-2", "learning_rate=tag(log,interval(1e-3,1))"),
    ],
)
def test_an_axis_may_turn_from_choices_into_an_interval_and_back(before: str, after: str) -> None:
    first = Bench((before, "seed=0,1"), samples=3)
    first.finish_all()
    later = Bench((after, "seed=0,1"), first, samples=5)
    assert len(later.finish_all()) >= 1


def test_a_proposal_that_can_not_be_is_trouble_or_passed_over() -> None:
    refusing = Bench(("depth=8,14", "seed=0,1"), samples=4)
    refusing.impossible = {"depth=14"}
    found = refusing.finish_all()
    assert len(found) < 3 and refusing.asking.exhausted
    assert refusing.asking.error is not None and "that can't be (in" in str(refusing.asking.error)
    skipping = Bench(("depth=8,14", "seed=0,1"), samples=4, impossible="skip")
    skipping.impossible = {"depth=14"}
    assert len(skipping.finish_all()) == 2
    assert skipping.asking.error is None


def test_bounds_with_many_digits_are_kept() -> None:
    words = ("learning_rate=interval(0.012345649,0.01234565)",)
    first = Bench(words, samples=5)
    for found in first.finish_all():
        assert 0.012345649 <= float(typed(found)["learning_rate"]) <= 0.01234565
