"""Small networks that drop, and images to vote on."""

import torch
from torch import Tensor, nn

from depthlab.models import resnet

CLASSES = 4


def batches(*sizes: int, seed: int = 0) -> list[tuple[Tensor, Tensor]]:
    """Return batches of made-up images (N, 3, 8, 8) and labels."""
    generator = torch.Generator().manual_seed(seed)
    return [
        (torch.randn(n, 3, 8, 8, generator=generator), torch.randint(CLASSES, (n,), generator=generator)) for n in sizes
    ]


def network(*, dropout: float = 0.0, drop_path: float = 0.0, seed: int = 0) -> nn.Module:
    """Return a small residual network whose batch norm has seen images."""
    torch.manual_seed(seed)
    net = resnet(depth=8, num_classes=CLASSES, dropout=dropout, drop_path=drop_path)
    net.train()
    with torch.no_grad():
        for images, _ in batches(16, 16, seed=99):
            net(images)
    return net.eval()


def members(count: int, images: int = 30, seed: int = 0) -> Tensor:
    """Return made-up log-probabilities (members, images, classes)."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, images, CLASSES, generator=generator, dtype=torch.float64).mul(2).log_softmax(dim=2)


def truth(images: int = 30, seed: int = 0) -> Tensor:
    """Return made-up labels (images,)."""
    return torch.randint(CLASSES, (images,), generator=torch.Generator().manual_seed(seed + 1))
