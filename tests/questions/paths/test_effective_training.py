"""How many units a network is trained on, so that its paths are as long as the effective ones, and what is left out."""

from dataclasses import replace

import pytest

from depthlab.questions.paths.effective_training import active_for, choose_counts, compare_training, pair_runs
from depthlab.questions.paths.record import PathLengths, PathRun
from tests.questions.paths.records import foreign, plain, residual

SEEDS = range(3)


def centered(run: PathRun, center: float) -> PathRun:
    assert run.effective is not None
    return replace(run, effective=replace(run.effective, mean=center))


@pytest.mark.parametrize(("center", "units", "expected"), [(11.5, 54, 23), (4.1, 9, 8), (0.1, 9, 1), (9.0, 9, 9)])
def test_half_of_the_active_units_is_the_center(center: float, units: int, expected: int) -> None:
    assert active_for(center, units) == expected


def test_the_count_is_of_the_mean_over_seeds_of_the_runs_that_were_trained_whole() -> None:
    runs = [centered(residual(20, seed), center) for seed, center in enumerate((1.0, 2.0, 3.0))]
    on_some = replace(centered(residual(20, 3), 100.0), active_units=2)
    assert choose_counts([*runs, on_some]) == ({"resnet-20": 4}, "")


def test_units_without_a_skip_are_in_every_path_and_don_t_count() -> None:
    run = centered(residual(20, 0), 5.0)
    assert run.lengths is not None
    counts = run.lengths.branches
    longer = replace(run, lengths=PathLengths((0, 0, 0, *counts), run.lengths.layers))
    assert choose_counts([longer]) == ({"resnet-20": 4}, ""), "3 of the 5 branches can't be left out"


def test_what_can_t_be_trained_on_less_is_told() -> None:
    said = "No network here has units with a skip, of which some could be left out."
    assert choose_counts([plain(20, 0), foreign(0)]) == ({}, said)
    long = centered(residual(20, 0), 8.9)
    note = "resnet-20: effective paths are as long as all, so no unit is left out in training."
    assert choose_counts([long]) == ({}, note)
    assert choose_counts([long, centered(residual(56, 0), 3.0)]) == ({"resnet-56": 6}, note)


def test_networks_are_compared_where_both_sides_have_runs_and_corrected_together() -> None:
    runs = [residual(depth, seed) for depth in (20, 56) for seed in SEEDS]
    trained = [
        replace(run, network=f"{run.network} active_units=4", active_units=4, test_error=run.test_error + more)
        for run, more in zip(runs, (1.0, 1.1, 1.2, 0.1, -0.1, 0.3), strict=True)
    ]
    both = compare_training(pair_runs(runs, trained, {"resnet-20": 4, "resnet-56": 4}), 359)
    assert [one.network for one in both] == ["resnet-20", "resnet-56"]
    (alone,) = compare_training(pair_runs(runs, trained[:3], {"resnet-20": 4, "resnet-56": 4}), 359)
    assert alone.network == "resnet-20" and alone.compared.comparison is not None
    assert both[0].compared.p_holm == pytest.approx(2 * alone.compared.comparison.p)
    assert pair_runs(runs, trained, {"resnet-20": 5}) == (), "none was trained on so many"
