"""The published lesions are those that their authors found, whole and by the numbers that the paper tells."""

import statistics

from depthlab.questions.lesion.published import published_lesions


def test_curves_are_whole_and_known_numbers_come_out() -> None:
    rows = {one.id: one for one in published_lesions()}
    assert len(rows) == 14
    for one in rows.values():
        assert len(one.at) == len(one.error) > 0 and one.arxiv == "1605.06431"
        assert all(0 < error < 100 for error in one.error)
        assert one.lesion in ("single", "delete", "delete inner", "swap", "tau")
    single = rows["veit-fig3-single-deletion"]
    assert len(single.error) == 54 and single.baseline == 6.03
    assert round(statistics.median(single.error), 2) == 6.46
    assert [place for place, error in zip(single.at, single.error, strict=True) if error > 10] == [1, 11, 19, 37]
    shallow = rows["veit-single-curve-preact-20"]
    assert (shallow.network, len(shallow.error), statistics.median(shallow.error)) == ("preresnet-20", 9, 44.74)
    inner = rows["veit-fig5a-delete-k-median-notrans"]
    assert inner.error[9] == 19.01, "the paper: the error remains around 0.2 after ten deletions"
    assert min(rows["veit-vgg-single-deletion"].error) > 88, "chance is 90"
