"""Published pairs: a network without a regularizer and the same one with it."""

from depthlab.published.results import published_result, read_rows
from depthlab.questions.regularization.published import published_effects


def test_each_pair_is_of_one_paper_and_one_data_set() -> None:
    rows = list(read_rows("regularizers.csv"))
    assert rows
    for row in rows:
        less, more = published_result(row["without"]), published_result(row["with"])
        assert (less.paper, less.dataset, less.metric) == (more.paper, more.dataset, more.metric), row
        assert less.metric == "test_error" and less.error is not None and more.error is not None


def test_stochastic_depth_on_resnet_110() -> None:
    """Huang et al. 2016, Table 1: 6.41 % with constant depth, 5.25 % with stochastic depth."""
    first = published_effects("drop_path")[0]
    assert (first.without.error, first.with_it.error, first.strength) == (6.41, 5.25, "0.5")
    assert "1603.09382" in first.with_it.where


def test_a_factor_without_pairs_has_none() -> None:
    assert published_effects("mixup") == ()
