"""The zero-padding skip of residual units, which changes the shape without weights (option A)."""

from typing import final

from torch import Tensor, nn
from torch.nn import functional


@final
class PadSkip(nn.Module):
    """Option A of He et al. 2015 (sec. 3.3): subsample, then pad the new channels with zeros. No parameters.

    Maps (N, C, H, W) to (N, C + extra, ceil(H / stride), ceil(W / stride)). With `padding="both"` half of the zeros
    go on each side, as in published CIFAR weights; with "end" all go behind, as in fb.resnet.torch.
    """

    def __init__(self, *, extra: int, stride: int, padding: str = "both") -> None:
        super().__init__()
        assert extra >= 0, "option A can't remove channels"
        assert padding in ("both", "end")
        self.extra, self.stride, self.padding = extra, stride, padding
        self.front = extra // 2 if padding == "both" else 0

    def forward(self, x: Tensor) -> Tensor:
        if self.stride > 1:  # the same pixels as x[:, :, ::stride, ::stride], whose backward pass takes twice as long
            x = functional.avg_pool2d(x, kernel_size=1, stride=self.stride)
        return functional.pad(x, (0, 0, 0, 0, self.front, self.extra - self.front))

    def extra_repr(self) -> str:
        return f"extra={self.extra}, stride={self.stride}, padding={self.padding}"
