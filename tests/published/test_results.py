"""The published figures: each can be looked up, and none is taken for more than it is."""

import pytest

from depthlab.published import published_result, published_results, published_twins
from depthlab.published.results import published_recipe, read_rows

SOURCES = {"paper", "authors", "quoted", "reproduction", "unverified"}


def test_every_row_has_a_name_of_its_own_and_says_where_it_is_from() -> None:
    results = published_results()
    assert len({result.id for result in results}) == len(results) > 250
    assert {result.source for result in results} <= SOURCES
    assert all(result.paper and result.dataset and result.model for result in results)


def test_errors_are_in_percent() -> None:
    # He et al. 2015, Table 6; Fig. 6's caption; read off Fig. 6; a reproduction that tells its accuracy
    assert published_result("he2015-c10-resnet56").error == 6.97
    assert published_result("he2015-c10-plain110").relation == ">"
    assert published_result("he2015-c10-plain-56-train-approx").relation == "≈"
    assert published_result("repro-day3-plain-56").error == 36.65
    assert published_result("he2015-c10-plain-behaviour").error is None
    assert all(0 < result.error < 100 for result in published_results() if result.error is not None)


def test_what_was_read_off_a_curve_is_not_verified() -> None:
    assert not published_result("he2015-c10-plain-20-train-approx").verified
    assert published_result("he2015-c10-resnet110-mean").verified


def test_every_twin_is_a_published_error() -> None:
    for row in read_rows("twins.csv"):
        result = published_result(row["id"])
        assert result.error is not None and row["split"] in ("train", "test"), row
        assert (row["split"] == "train") == ("train" in result.metric), row
        assert row["depth"] in result.model and result.dataset.startswith("CIFAR-10"), row


def test_a_network_finds_its_twins() -> None:
    axes = {"data": "cifar10", "model": "resnet", "depth": 56, "width": 1}
    twins = published_twins(axes)
    (paper,) = [twin for twin in twins if twin.source == "paper"]
    assert (paper.error, paper.network, paper.relation) == (6.97, "resnet-56", "=")
    assert paper.where == "He et al. 2015, Deep Residual Learning (arXiv 1512.03385), Table 6"
    assert "64k" in paper.recipe
    assert {twin.id for twin in twins} >= {"landscape-resnet-56-k-1", "repro-gcr-56"}
    assert "repro-day3-resnet-56-opt-b" not in {twin.id for twin in twins}, "it has other shortcuts"
    assert [twin.id for twin in published_twins(axes | {"shortcut": "B"})] == ["repro-day3-resnet-56-opt-b"]


@pytest.mark.parametrize("other", [{"data": "digits"}, {"width": 2}, {"depth": [9, 9, 9]}, {"model": "vgg"}])
def test_another_network_or_data_set_has_none(other: dict[str, object]) -> None:
    axes = {"data": "cifar10", "model": "resnet", "depth": 56, "width": 1}
    assert published_twins(axes | other) == ()


def test_a_data_set_can_be_named_apart() -> None:
    assert published_twins({"data": "digits", "model": "plain", "depth": 20}, data="cifar10")


def test_a_paper_without_a_recipe_has_none() -> None:
    assert published_recipe(published_result("repro-gcr-20")) == ""
