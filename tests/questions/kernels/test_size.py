"""How often kinds are said to differ from the skeleton where none does, over simulated studies of five kinds."""

import warnings

import numpy as np
import pytest
from scipy import stats

from depthlab.statistics import holm, is_significant, welch

STUDIES = 400
SPREADS = {
    "same": np.ones(6),
    "noisy skeleton": np.array([15, 0.3, 0.3, 0.3, 0.3, 0.3]),
    "steady skeleton": np.array([0.3, 15, 15, 15, 15, 15]),
    "a noisy kind": np.array([0.3, 0.3, 0.3, 0.3, 0.3, 15]),
    "all different": np.geomspace(0.3, 15, 6),
}


def studies(spreads: np.ndarray, seeds: int = 3) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(STUDIES, 6, seeds)) * spreads[:, None]


@pytest.mark.slow
@pytest.mark.parametrize("name", SPREADS)
def test_no_kind_differs_where_none_does(name: str) -> None:
    found = [holm(welch(kind, one[0]).p for kind in one[1:]) for one in studies(SPREADS[name])]
    assert np.mean([any(map(is_significant, family)) for family in found]) <= 0.06


@pytest.mark.slow
def test_a_family_with_one_spread_would_find_differences() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = [
            stats.dunnett(*one[1:], control=one[0]).pvalue.min() for one in studies(SPREADS["noisy skeleton"])[:120]
        ]
    assert np.mean(np.array(found) < 0.05) > 0.1


@pytest.mark.slow
def test_a_difference_of_six_spreads_is_found() -> None:
    found = [
        holm(welch(kind, one[0]).p for kind in one[1:])[0] for one in studies(np.ones(6)) + np.eye(6)[1][:, None] * 6
    ]
    assert np.mean([is_significant(p) for p in found]) > 0.7
