"""Local response normalization across channels (Krizhevsky et al. 2012, sec. 3.3)."""

from typing import final

from torch import Tensor, nn
from torch.nn import functional


@final
class LocalResponseNorm(nn.Module):
    """Divide each channel c by (k + alpha * sum of x[j]^2 over the `neighbors` channels j around c) ** beta.

    The channels are c - n // 2 to c + n // 2, clipped to those that exist; the constants are the paper's. Maps
    (N, C, H, W) to the same shape, without parameters. nn.LocalResponseNorm divides alpha by its size, so it computes
    the same with alpha=5e-4; it pools in three dimensions, whose gradient is not deterministic on CUDA. This one's
    is.
    """

    def __init__(self, *, neighbors: int = 5, k: float = 2.0, alpha: float = 1e-4, beta: float = 0.75) -> None:
        super().__init__()
        assert neighbors % 2 == 1, "the channels are centered"
        self.neighbors, self.k, self.alpha, self.beta = neighbors, k, alpha, beta

    def forward(self, x: Tensor) -> Tensor:
        squares = x.square().flatten(2).unsqueeze(1)  # (N, 1, C, H*W): channels as rows
        sums = functional.avg_pool2d(
            squares, kernel_size=(self.neighbors, 1), stride=1, padding=(self.neighbors // 2, 0), divisor_override=1
        )
        return x / (self.k + self.alpha * sums).pow(self.beta).reshape(x.shape)

    def extra_repr(self) -> str:
        return f"neighbors={self.neighbors}, k={self.k:g}, alpha={self.alpha:g}, beta={self.beta:g}"
