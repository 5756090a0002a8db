"""CIFAR ResNets as others write them: other names, other order of calls, no code of ours."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class PaddedBlock(nn.Module):
    """A basic block with an option A shortcut, in the manner of akamaster/pytorch_resnet_cifar10."""

    def __init__(self, before: int, planes: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, planes, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.extra = planes - before
        self.gone = False

    def forward(self, x: Tensor) -> Tensor:
        short = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.extra // 2, self.extra // 2)) if self.extra else x
        if self.gone:
            return F.relu(short)
        return F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))) + short)


class ProjectedBlock(PaddedBlock):
    """The same with an option B shortcut, in the manner of torchvision."""

    def __init__(self, before: int, planes: int, stride: int) -> None:
        super().__init__(before, planes, stride)
        self.downsample: nn.Module = nn.Identity()
        if self.extra:
            self.downsample = nn.Sequential(nn.Conv2d(before, planes, 1, stride, bias=False), nn.BatchNorm2d(planes))

    def forward(self, x: Tensor) -> Tensor:
        short = self.downsample(x)
        if self.gone:
            return F.relu(short)
        return F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))) + short)


class OthersResNet(nn.Module):
    """A CIFAR ResNet of `n` blocks a stage; the last layer is called `linear` with padded blocks, else `fc`."""

    def __init__(self, n: int, block: type[PaddedBlock], classes: int = 10) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        before = 16
        for stage, planes in enumerate((16, 32, 64), 1):
            blocks = []
            for index in range(n):
                blocks.append(block(before, planes, 2 if stage > 1 and index == 0 else 1))
                before = planes
            setattr(self, f"layer{stage}", nn.Sequential(*blocks))
        self.last = "linear" if block is PaddedBlock else "fc"
        setattr(self, self.last, nn.Linear(64, classes))

    @property
    def blocks(self) -> list[PaddedBlock]:
        return [block for stage in (1, 2, 3) for block in getattr(self, f"layer{stage}")]

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.bn1(self.conv1(x)))
        for stage in (1, 2, 3):
            x = getattr(self, f"layer{stage}")(x)
        logits: Tensor = getattr(self, self.last)(x.mean((2, 3)))
        return logits


def others_resnet(block: type[PaddedBlock], n: int = 2, seed: int = 0) -> OthersResNet:
    """Return one in evaluation mode, with statistics of batch norm that are not those of its start."""
    torch.manual_seed(seed)
    net = OthersResNet(n, block)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean, std=0.2)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, std=0.2)
    return net.eval()


@torch.no_grad()
def errors_without_each(
    net: OthersResNet, images: Tensor, labels: Tensor, mean: Sequence[float], std: Sequence[float]
) -> list[float]:
    """Return the error in percent of the whole network and without each of its blocks; `images` are bytes."""
    x = images.float().div(255)
    x = (x - torch.tensor(mean).view(3, 1, 1)) / torch.tensor(std).view(3, 1, 1)
    errors = [100 * (net(x).argmax(1) != labels).double().mean().item()]
    for block in net.blocks:
        block.gone = True
        errors.append(100 * (net(x).argmax(1) != labels).double().mean().item())
        block.gone = False
    return errors
