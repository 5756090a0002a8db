"""What is said of paths: claims need intervals over seeds, and one seed makes none."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from depthlab.questions.paths.comparisons import FAMILIES, compare_nearby
from depthlab.questions.paths.effective_training import compare_training, pair_runs
from depthlab.questions.paths.record import EffectiveTraining, PathRun, PathsRecord
from depthlab.questions.paths.verdict import average_length, how_many, judge, percent, tell_training
from tests.questions.paths.records import foreign, one_seed, plain, record_of, residual, several, with_foreign

SEEDS = range(3)


def tell(*runs: PathRun, **others) -> str:
    record = replace(record_of(list(runs), trains=False), **{"note": "", **others})
    return "\n".join(judge(record).about.verdict)


@pytest.mark.parametrize("make", [several, one_seed, with_foreign])
def test_a_verdict_is_computed_from_the_record_alone(make: Callable[[], PathsRecord]) -> None:
    record = make()
    unjudged = replace(record, nearby=(), about=replace(record.about, verdict=()))
    assert judge(PathsRecord.from_json(unjudged.to_json())) == record
    assert judge(PathsRecord.from_json(record.to_json())) == record


def test_a_decay_is_claimed_over_seeds() -> None:
    text = tell(*(residual(56, seed) for seed in SEEDS))
    assert text.startswith("The gradient comes along shorter paths than most in resnet-56.")
    assert "resnet-56 has 2^27 paths; 96.4 % of them go through 8 to 18 branches." in text
    assert "a further branch multiplies the norm by 0.306 (95 % interval 0.291 to 0.321, 3 seeds): it falls" in text
    assert "3 seeds), that of all paths 13.5." in text


def test_a_growing_gradient_comes_along_long_paths() -> None:
    text = tell(*(residual(20, seed, factor=3.0) for seed in SEEDS))
    assert text.startswith("The gradient comes along longer paths than most in resnet-20.")
    assert "it rises with length" in text


def test_no_decay_no_claim() -> None:
    def still(seed: int) -> PathRun:
        return residual(20, seed, factor=(0.97, 1.05, 1.0)[seed] / (1 + 0.02 * seed))

    text = tell(*map(still, SEEDS))
    assert text.startswith("Not shown in resnet-20.") and "no claim that it falls or rises" in text


def test_one_seed_is_a_point() -> None:
    text = tell(residual(20, 0), plain(20, 0))
    assert text.startswith("No claim, one seed, on resnet-20; one path alone in plain-20.")
    assert "draws of paths): a point, no claim." in text
    assert "One seed of each network: a point, no claim; intervals are over draws of paths alone." in text


def test_what_can_t_be_told_is_told() -> None:
    text = tell(*(foreign(seed) for seed in SEEDS), note="Nothing was trained.")
    assert text.startswith("No network here has several paths that could be compared.")
    assert "Net: a Net has no units of named paths" in text and "Nothing was trained." in text


def test_gradients_at_neighbors_are_compared_by_depth_and_by_series() -> None:
    runs = [kind(depth, seed) for kind in (plain, residual) for depth in (20, 56) for seed in SEEDS]
    found = compare_nearby(runs)
    pairs = [("plain-56", "plain-20"), ("resnet-56", "resnet-20"), ("resnet-56", "plain-56")]
    assert [(one.a, one.b) for one in found] == 2 * pairs
    assert [one.family for one in found] == [FAMILIES["initial"]] * 3 + [FAMILIES["final"]] * 3
    deeper = found[0]
    assert deeper.comparison is not None and deeper.comparison.difference == pytest.approx(-0.36)
    text = tell(*runs)
    assert "At the initial weights gradients at neighboring inputs have a correlation of 0.65 in resnet-56 and" in text
    assert "more alike in resnet-56" in text


def test_a_correlation_of_nothing_has_no_sign() -> None:
    def blank(run: PathRun) -> PathRun:
        assert run.initial is not None
        return replace(run, initial=replace(run.initial, correlation=(1.0, -1e-9, *run.initial.correlation[2:])))

    text = tell(*(blank(kind(56, seed)) for kind in (plain, residual) for seed in SEEDS))
    assert "have a correlation of 0.00 in resnet-56 and 0.00 in plain-56" in text and "-0.00" not in text


def test_training_is_compared_seed_by_seed() -> None:
    whole = [residual(20, seed) for seed in SEEDS]

    def trained(extra: list[float]) -> EffectiveTraining:
        """Train so many seeds on some units, whose errors are larger by `extra`."""
        alone = [
            replace(run, network="resnet-20 active_units=4", active_units=4, test_error=run.test_error + more)
            for run, more in zip(whole, extra, strict=False)
        ]
        return compare_training(pair_runs(whole[: len(extra)], alone, {"resnet-20": 4}))[0]

    worse, same = trained([1.0, 1.1, 1.2]), trained([0.3, -0.4, 0.2])
    assert worse.compared.comparison is not None
    assert worse.compared.comparison.method == "paired t" and worse.active_units == 4 and worse.units == 9
    told = tell_training(worse)
    assert "with 4 of 9 units in each batch has a test error of 3.70 %, trained whole 2.60 %: 1.10 points worse" in told
    assert "no difference shown; so many seeds show differences from" in tell_training(same)
    assert tell_training(trained([1.0])).endswith(": a point, no claim.")
    assert tell_training(trained([1.0, 1.0, 1.0])).count("no claim") == 1
    assert pair_runs(whole, [], {"resnet-20": 4}) == ()
    unknown = [replace(run, effective=None) for run in whole]
    assert (
        pair_runs(unknown, [replace(run, network="resnet-20 active_units=4") for run in whole], {"resnet-20": 4}) == ()
    )


def test_numbers_of_paths_in_words() -> None:
    assert [how_many(n) for n in (1, 512, 2**19, 2**54)] == ["1", "512", "524,288", "2^54"]
    assert how_many(3 * 10**400) == "3.00 · 10^400"
    assert percent(0.004537) == "0.454 %" and percent(0.99999) == "100 %" and percent(0.98) == "98 %"
    assert average_length((0, 1, 0, 3)) == 2.5
