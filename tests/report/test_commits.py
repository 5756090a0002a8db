"""A commit is shown by its beginning; an installed package has a version in its place, which is shown whole."""

from depthlab.records import short_commit


def test_only_a_hash_is_cut() -> None:
    assert short_commit("c0ffee" + "0" * 34) == "c0ffee0000"
    assert short_commit("c0ffee" + "0" * 34, 8) == "c0ffee00"
    assert short_commit("depthlab 0.1.0") == "depthlab 0.1.0"
