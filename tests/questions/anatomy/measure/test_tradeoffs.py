"""The arithmetic of choices: closed forms are what is counted, and published numbers come out."""

import pytest
import torch
from torch import nn

from depthlab.models import inception_v1
from depthlab.nn import measure_cost
from depthlab.questions.anatomy.measure import tradeoffs
from depthlab.questions.anatomy.measure.sliding_perceptron import SlidingPerceptron
from depthlab.questions.anatomy.measure.tradeoffs import weigh_choices, weigh_inception, weigh_mlpconv


@pytest.mark.parametrize(("channels", "size"), [(16, 8), (6, 5), (1, 1)])
def test_closed_forms_are_what_is_counted(channels: int, size: int) -> None:
    found = {one.name: one for one in weigh_choices(channels, size)}
    assert list(found) == ["kernels", "stacks", "asymmetric", "groups", "mlpconv"]
    for one in found.values():
        assert [each.name for each in one.alternatives if not each.agrees] == []
    ways = {each.name: each for each in found["stacks"].alternatives}
    assert ways["two 3×3"].multiply_adds * 25 == ways["5×5"].multiply_adds * 18
    assert ways["two 3×3"].field == ways["5×5"].field == (5, 5)
    assert (ways["5×5"].nonlinearities, ways["two 3×3"].nonlinearities, ways["three 3×3"].nonlinearities) == (1, 2, 3)
    pairs = {each.name: each for each in found["asymmetric"].alternatives}
    assert pairs["1×7 and 7×1"].parameters * 7 == pairs["7×7"].parameters * 2
    assert pairs["1×7 and 7×1"].field_counted == (7, 7)


def test_a_wrong_closed_form_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    right = tradeoffs.chain_cost
    monkeypatch.setattr(tradeoffs, "chain_cost", lambda chain, size: (right(chain, size)[0], 1, right(chain, size)[2]))
    assert not any(each.agrees for one in weigh_choices(8, 4) for each in one.alternatives)


def test_an_mlpconv_is_a_perceptron_on_every_patch(monkeypatch: pytest.MonkeyPatch) -> None:
    one = weigh_mlpconv(12, 7, kernel=3)
    assert one == weigh_mlpconv(12, 7, kernel=3), "its weights are the same each time"
    assert one.difference is not None and one.difference < 1e-5
    convolutions, perceptron = one.alternatives
    assert convolutions.multiply_adds_counted == perceptron.multiply_adds_counted == 11 * 12 * 12 * 49
    monkeypatch.setattr(tradeoffs, "share_weights", lambda *_: None)  # another function then
    other = weigh_mlpconv(12, 7, kernel=3)
    assert other.difference is not None and other.difference > 0.1


def test_a_sliding_perceptron_sees_its_patch_alone() -> None:
    net = SlidingPerceptron(2, 3)
    for parameter in net.parameters():
        nn.init.ones_(parameter)  # so that no ReLU hides anything
    image = torch.rand(1, 2, 6, 6)
    changed = image.clone()
    changed[0, :, 0, 0] += 1
    differs = (net(image) != net(changed)).any(dim=1)[0]
    assert differs.nonzero().tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]


def test_the_published_inception_module() -> None:
    with torch.device("meta"):
        naive, reduced = (
            next(inception_v1(form="imagenet", reduction=reduction).units()) for reduction in (False, True)
        )
    one = weigh_inception(naive, reduced)
    assert [each.agrees for each in one.alternatives] == [True, True]
    wide, narrow = one.alternatives
    assert (wide.multiply_adds, narrow.multiply_adds) == (303_464_448, 128_049_152)  # the paper: 128 M
    weights = narrow.parameters - (64 + 96 + 128 + 16 + 32 + 32)  # without biases
    assert weights == 163_328 and weights // 1024 == 159  # the paper: 159 K
    assert isinstance(naive, nn.Module) and measure_cost(naive, (192, 28, 28)).parameters == wide.parameters
