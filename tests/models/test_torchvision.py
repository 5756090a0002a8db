"""Weights that torchvision published go into our networks, which compute the same with them then."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from depthlab.models import densenet, load_torchvision, plain, read_torchvision, resnet, resnext, vgg, wide_resnet
from depthlab.nn import Network
from tests.models.torchvision_reference import VGG, DenseNet, ResNet, with_random_weights

SMALL_VGG = (4, 5, 6, 7, 8)
PAIRS: dict[str, tuple[Callable[[], nn.Module], Callable[[], Network]]] = {
    "resnet, basic units": (
        lambda: ResNet([1, 2, 1, 1], expansion=1, first=8, classes=12),
        lambda: resnet(depth=[1, 2, 1, 1], form="imagenet", width=0.125, num_classes=12),
    ),
    "resnet, bottlenecks": (
        lambda: ResNet([2, 1, 1, 1], expansion=4, first=8, classes=12),
        lambda: resnet(
            depth=[2, 1, 1, 1], form="imagenet", width=0.125, unit="bottleneck", stride_at="3x3", num_classes=12
        ),
    ),
    "wide resnet": (
        lambda: ResNet([1, 1, 1, 1], expansion=4, width_per_group=96, classes=12),
        lambda: wide_resnet(depth=[1, 1, 1, 1], form="imagenet", width=1.5, unit="bottleneck", num_classes=12),
    ),
    "resnext": (
        lambda: ResNet([1, 1, 2, 1], expansion=4, groups=4, width_per_group=8, classes=12),
        lambda: resnext(depth=[1, 1, 2, 1], form="imagenet", cardinality=4, group_width=8, num_classes=12),
    ),
    "densenet": (
        lambda: DenseNet(6, (2, 3, 1, 2), classes=12),
        lambda: densenet(depth=[2, 3, 1, 2], form="imagenet", growth_rate=6, num_classes=12),
    ),
    "vgg": (
        lambda: VGG(SMALL_VGG, (1, 2, 1, 1, 2), batch_norm=False, classes=12),
        lambda: vgg(depth=[1, 2, 1, 1, 2], form="imagenet", width=SMALL_VGG, num_classes=12),
    ),
    "vgg with batch norm": (
        lambda: VGG(SMALL_VGG, (1, 2, 1, 1, 2), batch_norm=True, classes=12),
        lambda: vgg(depth=[1, 2, 1, 1, 2], form="imagenet", width=SMALL_VGG, batch_norm=True, num_classes=12),
    ),
}


def published(name: str) -> nn.Module:
    return with_random_weights(PAIRS[name][0]())


@pytest.mark.parametrize("size", [64, 75])
@pytest.mark.parametrize("name", PAIRS)
def test_a_network_with_published_weights_computes_the_published_logits(name: str, size: int) -> None:
    theirs, ours = published(name), PAIRS[name][1]().eval()
    load_torchvision(ours, theirs.state_dict())
    images = torch.randn(2, 3, size, size)
    expected = theirs(images)
    assert expected.std() > 0.01
    torch.testing.assert_close(ours(images), expected)


def test_every_tensor_has_its_own_place() -> None:
    for name, (_, build) in PAIRS.items():
        state = {key: torch.full_like(value, n) for n, (key, value) in enumerate(published(name).state_dict().items())}
        net = build()
        load_torchvision(net, state)
        found = sorted(float(value.flatten()[0]) for value in net.state_dict().values())
        assert found == [float(n) for n in range(len(state))]


def test_a_file_is_read_in_its_early_forms_too(tmp_path: Path) -> None:
    """Before 2018 batch norm counted no batches; DenseNet said norm.1 for norm1; files were no zip archives."""
    theirs, ours = published("densenet"), PAIRS["densenet"][1]().eval()
    early = {
        re.sub(r"(denselayer\d+\.(?:norm|conv))([12])", r"\1.\2", key): value
        for key, value in theirs.state_dict().items()
        if not key.endswith("num_batches_tracked")
    }
    assert "features.denseblock1.denselayer2.norm.1.running_var" in early
    torch.save(early, tmp_path / "densenet.pth", _use_new_zipfile_serialization=False)
    load_torchvision(ours, tmp_path / "densenet.pth")
    images = torch.randn(2, 3, 64, 64)
    torch.testing.assert_close(ours(images), theirs(images))


@pytest.mark.parametrize(
    ("name", "overrides"),
    [
        ("resnet, basic units", "model=resnet model.form=imagenet depth=[1,2,1,1] width=0.125"),
        (
            "resnet, bottlenecks",
            "model=resnet model.form=imagenet depth=[2,1,1,1] model.unit=bottleneck model.stride_at=3x3 width=0.125",
        ),
        (
            "wide resnet",
            "model=wide_resnet model.form=imagenet depth=[1,1,1,1] model.unit=bottleneck width=1.5",
        ),
        (
            "resnext",
            "model=resnext model.form=imagenet depth=[1,1,2,1] model.cardinality=4 model.group_width=8",
        ),
        ("densenet", "model=densenet model.form=imagenet depth=[2,3,1,2] model.growth_rate=6"),
        ("vgg", "model=vgg model.form=imagenet depth=[1,2,1,1,2] width=[4,5,6,7,8]"),
        (
            "vgg with batch norm",
            "model=vgg model.form=imagenet depth=[1,2,1,1,2] model.batch_norm=true width=[4,5,6,7,8]",
        ),
    ],
)
def test_a_state_dict_tells_what_it_fits(name: str, overrides: str) -> None:
    weights = read_torchvision(published(name).state_dict())
    assert (weights.overrides, weights.num_classes, weights.in_channels) == (overrides, 12, 3)


@pytest.mark.parametrize(
    ("build", "overrides"),
    [
        (lambda: ResNet([2, 2, 2, 2], expansion=1), "model=resnet model.form=imagenet depth=18"),
        (lambda: ResNet([3, 4, 6, 3], expansion=4), "model=resnet model.form=imagenet depth=50 model.stride_at=3x3"),
        (
            lambda: ResNet([3, 4, 6, 3], expansion=4, width_per_group=128),
            "model=wide_resnet model.form=imagenet depth=50 width=2",
        ),
        (
            lambda: ResNet([3, 4, 23, 3], expansion=4, groups=32, width_per_group=8),
            "model=resnext model.form=imagenet depth=101 model.cardinality=32 model.group_width=8",
        ),
        (lambda: DenseNet(48, (6, 12, 36, 24)), "model=densenet model.form=imagenet depth=161"),
        (
            lambda: VGG((64, 128, 256, 512, 512), (2, 2, 4, 4, 4), batch_norm=True),
            "model=vgg model.form=imagenet depth=19 model.batch_norm=true",
        ),
    ],
    ids=["resnet18", "resnet50", "wide_resnet50_2", "resnext101_32x8d", "densenet161", "vgg19_bn"],
)
def test_networks_of_published_size_are_known_by_their_depth(build: Callable[[], nn.Module], overrides: str) -> None:
    with torch.device("meta"):
        assert read_torchvision(build().state_dict()).overrides == overrides


def other_weights(name: str) -> dict[str, Tensor]:
    return PAIRS[name][0]().state_dict()


@pytest.mark.parametrize(
    ("build", "weights", "message"),
    [
        (
            lambda: resnet(depth=[2, 1, 1, 1], form="imagenet", width=0.125, unit="bottleneck", num_classes=12),
            "resnet, bottlenecks",
            "the state dict was trained with the stride of bottlenecks in the 3x3 convolution, the network has it "
            "in the first 1x1: type model.stride_at=3x3",
        ),
        (
            lambda: resnet(depth=[1, 2, 1, 1], form="imagenet", width=0.125),
            "resnet, basic units",
            "the state dict has 12 classes, the network 10: num_classes=12 fits",
        ),
        (
            lambda: resnet(depth=[1, 1, 1, 1], form="imagenet", width=0.125, num_classes=12),
            "resnet, basic units",
            "does not fit the network: the network has no place for its layer2.1.bn1.bias (and 9 more); what it fits "
            "is built by model=resnet model.form=imagenet depth=[1,2,1,1] width=0.125",
        ),
        (
            lambda: resnet(depth=[1, 2, 2, 1], form="imagenet", width=0.125, num_classes=12),
            "resnet, basic units",
            "it has nothing for stages.2.1.paths.branch.conv1.weight (and 9 more)",
        ),
        (
            lambda: resnet(depth=[1, 2, 1, 1], width=[8, 16, 32, 64], shortcut="B", num_classes=12),
            "resnet, basic units",
            "its conv1.weight has shape (8, 3, 7, 7), stem.conv.weight has (8, 3, 3, 3);",
        ),
        (
            lambda: plain(depth=[1, 2, 1, 1], form="imagenet", width=0.125, num_classes=12),
            "resnet, basic units",
            "the network has no place for its layer2.0.downsample.0.weight",
        ),
        (lambda: resnet(depth=8, num_classes=12), "vgg", "it has nothing for stem.conv.weight"),
        (
            lambda: vgg(depth=11, width=[4] * 5),
            "densenet",
            "built by model=densenet model.form=imagenet depth=[2,3,1,2]",
        ),
    ],
)
def test_weights_of_another_network_are_refused_and_change_nothing(
    build: Callable[[], Network], weights: str, message: str
) -> None:
    net = build()
    before = {key: value.clone() for key, value in net.state_dict().items()}
    with pytest.raises(ValueError) as caught:
        load_torchvision(net, other_weights(weights))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert all(torch.equal(value, before[key]) for key, value in net.state_dict().items())


def test_what_is_no_file_of_weights_is_refused(tmp_path: Path) -> None:
    damaged, checkpoint, alexnet = tmp_path / "damaged.pth", tmp_path / "checkpoint.pth", tmp_path / "alexnet.pth"
    torch.save(other_weights("vgg"), damaged)
    damaged.write_bytes(damaged.read_bytes()[:1000])
    torch.save({"state_dict": other_weights("vgg"), "epoch": 3}, checkpoint)
    torch.save({"features.0.weight": torch.zeros(1), "classifier.6.weight": torch.zeros(1)}, alexnet)
    for file, message in (
        (tmp_path / "nowhere.pth", "nowhere.pth: there is no such file"),
        (tmp_path, "there is no such file"),
        (damaged, "damaged.pth is not a file of weights as torch.save writes it, or it is damaged"),
        (checkpoint, "checkpoint.pth holds no state dict: it must map the names of weights to tensors"),
        (
            alexnet,
            "is not of a ResNet, ResNeXt, wide ResNet, DenseNet or VGG of torchvision: its first key is features",
        ),
    ):
        with pytest.raises(ValueError) as caught:
            read_torchvision(file)
        assert message in str(caught.value)
        assert "\n" not in str(caught.value)


class Trap:
    """What a hostile file would have run when it is read."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("run",)


def test_reading_a_file_runs_nothing_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save({"features.0.weight": Trap()}, tmp_path / "trap.pth")
    with pytest.raises(ValueError, match="is not a file of weights"):
        read_torchvision(tmp_path / "trap.pth")
    assert capsys.readouterr().out == ""
