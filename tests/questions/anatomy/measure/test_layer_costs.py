"""What layers keep, compute and take: by hand, and the same for real as on the meta device."""

import copy

import pytest
import torch
from torch import Tensor, nn

from depthlab.models import densenet, inception_v1, resnet
from depthlab.nn import measure_cost, on_meta_device, sequential
from depthlab.questions.anatomy.measure.layer_costs import count_work, measure_saved
from depthlab.questions.anatomy.measure.peak_memory import measure_peak

META, CPU = torch.device("meta"), torch.device("cpu")
FLOAT = 4  # bytes


def test_what_two_layers_need_is_kept_once_where_it_is_needed_first() -> None:
    net = sequential(
        conv1=nn.Conv2d(3, 8, 3, padding=1),
        norm=nn.BatchNorm2d(8),
        relu=nn.ReLU(),
        conv2=nn.Conv2d(8, 4, 1),
    )
    kept = measure_saved(on_meta_device(net), (3, 6, 6), META)
    features = FLOAT * 8 * 36
    # the image, what is normalized, and what ReLU puts out, which the second convolution reads too
    expected = {"conv1": FLOAT * 3 * 36, "norm": features, "relu": features}
    assert {name: size for name, size in kept.per_image.items() if size} == expected
    assert kept.total == FLOAT * 3 * 36 + 2 * features
    assert kept.once == 2 * FLOAT * 8, "mean and scale of the batch, by channel"


def test_what_a_resnet_keeps_by_hand() -> None:
    with torch.device("meta"):
        net = resnet(depth=20)
    stages = [FLOAT * channels * size**2 for channels, size in ((16, 32), (32, 16), (64, 8))]
    image, stem, pooled = FLOAT * 3 * 32**2, 2 * stages[0], FLOAT * 64
    # of each unit: what both normalizations read, and what both ReLUs put out
    units = sum(3 * 4 * stage for stage in stages)
    assert measure_saved(on_meta_device(net), (3, 32, 32), META).total == image + stem + units + pooled


@pytest.mark.parametrize(
    "make", [lambda: resnet(depth=8, dropout=0.2), lambda: densenet(depth=10), lambda: inception_v1(depth=8)]
)
def test_the_meta_device_keeps_what_is_kept_for_real(make: object) -> None:
    assert callable(make)
    net = make()
    image = (3, 8, 8)
    real = measure_saved(copy.deepcopy(net), image, CPU)
    assert measure_saved(on_meta_device(net), image, META) == real
    assert measure_peak(on_meta_device(net), image, META) == pytest.approx(measure_peak(net, image, CPU), rel=0.02)


def test_auxiliary_heads_keep_too() -> None:
    with torch.device("meta"):
        alone, helped = (inception_v1(depth=8, auxiliary=auxiliary) for auxiliary in (False, True))
    one, other = (measure_saved(on_meta_device(net), (3, 8, 8), META) for net in (alone, helped))
    assert other.total > one.total
    assert any(name.startswith("auxiliary") for name in other.per_image)


def test_the_peak_by_hand() -> None:
    net = sequential(
        conv=nn.Conv2d(1, 8, 3, padding=1, bias=False), relu=nn.ReLU(), pool=nn.AvgPool2d(2), flat=nn.Flatten()
    )
    # while ReLU works: the image, what it reads and what it puts out
    assert measure_peak(net, (1, 4, 4), CPU) == FLOAT * (16 + 2 * 8 * 16)
    wide = sequential(pool=nn.AvgPool2d(2), conv=nn.Conv2d(1, 8, 3, padding=1, bias=False), relu=nn.ReLU())
    assert measure_peak(wide, (1, 4, 4), CPU) == FLOAT * (16 + 2 * 8 * 4), "the peak is where most is there at once"


class Product(nn.Module):
    """Has a weight and multiplies by it itself, between two layers."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(12, 5), nn.Linear(7, 2)
        self.between = nn.Parameter(torch.zeros(5, 7))

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.second(self.first(x.flatten(1)) @ self.between)
        return y


def test_work_is_that_of_the_module_that_does_it() -> None:
    net = Product()
    heard = count_work(net, (3, 2, 2), CPU)
    assert {name: one.multiply_adds for name, one in heard.items()} == {"": 35, "first": 60, "second": 14}
    assert sum(one.multiply_adds for one in heard.values()) == measure_cost(net, (3, 2, 2)).multiply_adds
    assert heard["first"].input == (12,) and heard["second"].output == (2,)


def test_a_module_that_is_called_twice_works_twice() -> None:
    shared = nn.Linear(4, 4)
    heard = count_work(nn.Sequential(nn.Flatten(), shared, nn.ReLU(), shared), (1, 2, 2), CPU)
    assert heard["1"].multiply_adds == 2 * 4 * 4


def test_a_network_that_keeps_different_things_by_batch_says_so() -> None:
    class Fickle(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear = nn.Linear(4, 2)

        def forward(self, x: Tensor) -> Tensor:
            y: Tensor = self.linear(x.flatten(1)).exp()
            return y.exp() if len(x) == 2 else y

    with pytest.raises(ValueError, match="depends on the batch"):
        measure_saved(Fickle(), (1, 2, 2), CPU)
