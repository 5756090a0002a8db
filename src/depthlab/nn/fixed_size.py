"""What networks begin with that have weights for every pixel."""

from typing import final

from torch import Tensor, nn


@final
class FixedSize(nn.Module):
    """Pass images (N, C, size, size) on as they are; raise `ValueError` for images of another height or width."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def forward(self, images: Tensor) -> Tensor:
        height, width = images.shape[-2:]
        size = self.size
        if (height, width) != (size, size):
            raise ValueError(
                f"the network was built with image_size={size}, as it has weights for every pixel: "
                f"it takes images of {size}x{size} pixels, not {height}x{width}"
            )
        return images

    def extra_repr(self) -> str:
        return f"{self.size}"
