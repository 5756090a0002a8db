"""The lab tests its own verdicts, in the short form: few false claims in every world without an effect, and power."""

import sys
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
STUDIES = 200


@pytest.fixture(autouse=True)
def _siblings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A script's own folder is where Python looks first."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [3, 5])
def test_few_studies_claim_what_is_not_there_and_most_find_what_is(seeds: int) -> None:
    from worlds_degradation import degradation_worlds

    for world in degradation_worlds([seeds]):
        shares = world.shares(STUDIES)
        for claim in world.false:
            assert shares[claim] <= 0.06, (world.name, claim)
        if world.name == "digits":
            assert shares["depth changes plain"] >= 0.95
            assert shares["shortcuts make the difference"] >= 0.9
            assert shares["resnet stays within the margin"] >= 0.95


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
