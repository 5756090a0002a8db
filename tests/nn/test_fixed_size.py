"""Images of one size."""

import pytest
import torch

from depthlab.nn import FixedSize


def test_images_of_its_size_pass_as_they_are() -> None:
    x = torch.randn(2, 3, 8, 8)
    assert FixedSize(8)(x) is x


@pytest.mark.parametrize("shape", [(28, 28), (8, 9), (9, 8)])
def test_others_are_refused_in_one_line(shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError) as caught:
        FixedSize(8)(torch.randn(2, 3, *shape))
    assert str(caught.value) == (
        "the network was built with image_size=8 and has weights for every pixel: "
        f"it takes images of 8x8 pixels, not {shape[0]}x{shape[1]}"
    )
