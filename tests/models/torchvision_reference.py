"""torchvision's ImageNet networks in short, with its names of layers, in any size: to compare ours with."""

from collections import OrderedDict
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional


class Block(nn.Module):
    """BasicBlock, or Bottleneck with `expansion=4`; both stride in their (first) 3x3 convolution."""

    def __init__(self, before: int, planes: int, stride: int, *, expansion: int, groups: int, inner: int) -> None:
        super().__init__()
        out = planes * expansion
        if expansion == 1:
            shapes = [(before, planes, 3, stride, 1), (planes, planes, 3, 1, 1)]
        else:
            shapes = [(before, inner, 1, 1, 1), (inner, inner, 3, stride, groups), (inner, out, 1, 1, 1)]
        self.layers = len(shapes)
        for n, (wide_in, wide_out, kernel, step, parts) in enumerate(shapes, start=1):
            conv = nn.Conv2d(wide_in, wide_out, kernel, step, kernel // 2, groups=parts, bias=False)
            self.add_module(f"conv{n}", conv)
            self.add_module(f"bn{n}", nn.BatchNorm2d(wide_out))
        self.downsample: nn.Module | None = None
        if stride != 1 or before != out:
            self.downsample = nn.Sequential(nn.Conv2d(before, out, 1, stride, bias=False), nn.BatchNorm2d(out))

    def forward(self, x: Tensor) -> Tensor:
        y = x
        for n in range(1, self.layers + 1):
            y = self.get_submodule(f"bn{n}")(self.get_submodule(f"conv{n}")(y))
            y = functional.relu(y) if n < self.layers else y
        return functional.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    """resnet18 ... wide_resnet50_2 ... resnext50_32x4d are first=64 with expansion, groups and width_per_group."""

    def __init__(
        self,
        layers: Sequence[int],
        *,
        expansion: int,
        first: int = 64,
        groups: int = 1,
        width_per_group: int | None = None,
        classes: int = 1000,
    ) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, first, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(first)
        before = first
        for stage, count in enumerate(layers):
            planes, blocks = first * 2**stage, []
            inner = planes * (width_per_group or first) // first * groups
            for n in range(count):
                stride = 2 if stage and not n else 1
                blocks.append(Block(before, planes, stride, expansion=expansion, groups=groups, inner=inner))
                before = planes * expansion
            self.add_module(f"layer{stage + 1}", nn.Sequential(*blocks))
        self.fc = nn.Linear(before, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.max_pool2d(functional.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        for stage in range(1, 5):
            x = self.get_submodule(f"layer{stage}")(x)
        y: Tensor = self.fc(torch.flatten(functional.adaptive_avg_pool2d(x, 1), 1))
        return y


class DenseLayer(nn.Module):
    def __init__(self, before: int, growth: int) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(before)
        self.conv1 = nn.Conv2d(before, 4 * growth, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(4 * growth)
        self.conv2 = nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv1(functional.relu(self.norm1(x)))
        return torch.cat([x, self.conv2(functional.relu(self.norm2(y)))], 1)


class DenseNet(nn.Module):
    """densenet121 is growth=32, blocks=(6, 12, 24, 16)."""

    def __init__(self, growth: int, blocks: Sequence[int], classes: int = 1000) -> None:
        super().__init__()
        channels = 2 * growth
        features: OrderedDict[str, nn.Module] = OrderedDict(
            conv0=nn.Conv2d(3, channels, 7, 2, 3, bias=False),
            norm0=nn.BatchNorm2d(channels),
            relu0=nn.ReLU(),
            pool0=nn.MaxPool2d(3, 2, 1),
        )
        for n, count in enumerate(blocks, start=1):
            layers = OrderedDict(
                (f"denselayer{i + 1}", DenseLayer(channels + i * growth, growth)) for i in range(count)
            )
            features[f"denseblock{n}"] = nn.Sequential(layers)
            channels += count * growth
            if n < len(blocks):
                parts = {"norm": nn.BatchNorm2d(channels), "relu": nn.ReLU()}
                parts |= {"conv": nn.Conv2d(channels, channels // 2, 1, bias=False), "pool": nn.AvgPool2d(2, 2)}
                features[f"transition{n}"] = nn.Sequential(OrderedDict(parts))
                channels //= 2
        features["norm5"] = nn.BatchNorm2d(channels)
        self.features = nn.Sequential(features)
        self.classifier = nn.Linear(channels, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.adaptive_avg_pool2d(functional.relu(self.features(x)), 1)
        y: Tensor = self.classifier(torch.flatten(x, 1))
        return y


class VGG(nn.Module):
    """vgg16 is channels=(64, 128, 256, 512, 512), convolutions=(2, 2, 3, 3, 3)."""

    def __init__(
        self, channels: Sequence[int], convolutions: Sequence[int], *, batch_norm: bool, classes: int = 1000
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = 3
        for out, count in zip(channels, convolutions, strict=True):
            for _ in range(count):
                layers.append(nn.Conv2d(before, out, 3, padding=1))
                layers += [nn.BatchNorm2d(out)] if batch_norm else []
                layers.append(nn.ReLU())
                before = out
            layers.append(nn.MaxPool2d(2, 2))
        self.features = nn.Sequential(*layers)
        hidden = 8 * before
        self.classifier = nn.Sequential(
            *(nn.Linear(before * 49, hidden), nn.ReLU(), nn.Dropout()),
            *(nn.Linear(hidden, hidden), nn.ReLU(), nn.Dropout()),
            nn.Linear(hidden, classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.classifier(torch.flatten(functional.adaptive_avg_pool2d(self.features(x), 7), 1))
        return y


def with_random_weights(net: nn.Module) -> nn.Module:
    """Fill weights and running statistics with numbers that no start of training has; the logits stay of order 1."""
    torch.manual_seed(7)
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                nn.init.normal_(module.bias, std=0.1)
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, std=0.2)
            assert module.running_mean is not None and module.running_var is not None
            nn.init.normal_(module.running_mean, std=0.2)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    return net.eval()
