"""Names are told without what all of them share."""

import pytest

from depthlab.report.names import without_shared


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (("resnet-20 · digits · seed 0", "resnet-56 · digits · seed 0"), ("resnet-20", "resnet-56")),
        (("a · digits · seed 0", "b · digits · seed 1"), ("a · seed 0", "b · seed 1")),
        (("a", "a · digits"), ("a", "a · digits")),  # else nothing were left of the first
        (("a · b", "a · b"), ("a · b", "a · b")),
        (("a · b",), ("a · b",)),
        ((), ()),
    ],
)
def test_what_is_left_tells_them_apart(names: tuple[str, ...], short: tuple[str, ...]) -> None:
    assert without_shared(names) == short
