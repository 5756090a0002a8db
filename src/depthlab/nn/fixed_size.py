"""The check that opens networks with weights for every pixel: images must have one fixed size."""

from typing import final

from torch import Tensor, nn


@final
class FixedSize(nn.Module):
    """Return images (N, C, size, size) unchanged; raise `ValueError` for any other height or width."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def forward(self, images: Tensor) -> Tensor:
        height, width = images.shape[-2:]
        size = self.size
        if (height, width) != (size, size):
            raise ValueError(
                f"the network was built with image_size={size} and has weights for every pixel: "
                f"it takes images of {size}x{size} pixels, not {height}x{width}"
            )
        return images

    def extra_repr(self) -> str:
        return f"{self.size}"
