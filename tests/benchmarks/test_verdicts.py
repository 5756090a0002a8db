"""The lab tests its own verdicts, in the short form: few false claims in every world without an effect, and power."""

import sys
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
STUDIES = 150
MOST = stats.binom.ppf(0.999, STUDIES, 0.05) / STUDIES  # false claims of a test that is false in 5 %
POWER = {  # world -> claims that most of its studies make
    "digits": ("depth changes plain", "shortcuts make the difference", "resnet stays within the margin"),
    "a doubling of depth takes 4 points off": ("depth changes the error, or buys more",),
    "depth alone matters": ("a part on depth",),
    "dropout: two spreads, 80 % alike": ("dropout changes the error",),
    "one loses 10 points less, spread 2": ("one loses less than the other",),
    "shorter by five spreads": ("the gradient takes paths of another length than the average",),
    "a gap of 0.3, ensembles gain 1": ("an ensemble gains",),
    "nothing: no gap, no gain": ("sampled networks err as often as one pass",),
}


@pytest.fixture(autouse=True)
def _siblings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A script's own folder is where Python looks first."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))


@pytest.mark.slow
@pytest.mark.parametrize(
    "question",
    [
        *("degradation", "width_vs_depth", "regularization", "kernels"),
        *("lesion", "paths", "votes", "reuse", "exponent"),
    ],
)
def test_few_studies_claim_what_is_not_there_and_most_find_what_is(question: str) -> None:
    from verdicts import QUESTIONS, worlds_of

    assert question in QUESTIONS
    worlds = [world for world in worlds_of([question]) if world.seeds == 3]
    assert any(world.false for world in worlds)
    for world in worlds:
        shares = world.shares(STUDIES)
        for claim in world.false:
            assert shares[claim] <= MOST, (world.name, claim)
        for claim in POWER.get(world.name, ()):
            assert shares[claim] >= 0.9, (world.name, claim)


@pytest.mark.slow
def test_a_family_with_one_spread_would_claim_too_much() -> None:
    from worlds_kernels import SPREADS

    chance, found = np.random.default_rng(0), []
    for _ in range(100):
        skeleton, *kinds = chance.normal(size=(6, 3)) * SPREADS["noisy skeleton"][:, None]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found.append(stats.dunnett(*kinds, control=skeleton).pvalue.min() < 0.05)
    assert np.mean(found) > MOST


@pytest.mark.slow
def test_runs_of_one_beginning_taken_as_independent_would_claim_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    import worlds_regularization as worlds
    from worlds import World

    monkeypatch.setattr(worlds, "factorial", lambda axes, _, runs: factorial(axes, (), runs))
    from depthlab.statistics import factorial

    study = partial(worlds._study, "a noisy arm", 0.0, 0.8, 5)
    shares = World("regularization", "", 5, study).shares(2 * STUDIES)
    assert max(shares.values()) > 0.06


def test_a_share_has_wilsons_interval() -> None:
    from worlds import share_interval

    assert share_interval(0.05, 3000) == pytest.approx((0.0428, 0.0584), abs=2e-4)


def test_a_world_is_drawn_from_its_seed() -> None:
    from worlds import World

    def study(chance: np.random.Generator) -> dict[str, bool]:
        return {"heads": bool(chance.random() < 0.5)}

    world = World("coin", "fair", 1, study)
    assert world.shares(400) == world.shares(400)
    assert 0.4 < world.shares(400)["heads"] < 0.6
    assert world.shares(400, seed=1) != world.shares(400)
    assert "worlds" in sys.modules
