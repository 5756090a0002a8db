"""Passes are timed in turns, and leave networks as they were."""

from contextlib import nullcontext

import torch
from torch import Tensor, nn

from depthlab.questions.anatomy.measure.pass_times import Pass, time_passes
from depthlab.questions.anatomy.record import PassTimes


class Listed(nn.Module):
    """Notes when it runs, and how."""

    def __init__(self, name: str, heard: list[tuple[str, bool, bool]]) -> None:
        super().__init__()
        self.name, self.heard = name, heard
        self.linear = nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        self.heard.append((self.name, self.training, torch.is_grad_enabled()))
        y: Tensor = self.linear(x.flatten(1))
        return y


def test_networks_have_their_turns_in_both_orders() -> None:
    heard: list[tuple[str, bool, bool]] = []
    nets = {name: Listed(name, heard) for name in "ab"}
    before = {name: net.linear.weight.clone() for name, net in nets.items()}
    passes = {name: Pass(net, torch.randn(2, 1, 2, 2), torch.tensor([0, 1])) for name, net in nets.items()}
    times = time_passes(passes, rounds=2, autocast=nullcontext)
    assert [name for name, _, _ in heard] == list("bbaa" + "aabb" + "bbaa"), "one round first that is not timed"
    assert [how for _, *how in heard] == [[False, False], [True, True]] * 6
    assert [(one.network, len(one.forward), len(one.training)) for one in times] == [("a", 2, 2), ("b", 2, 2)]
    assert all(seconds > 0 for one in times for seconds in (*one.forward, *one.training))
    for name, net in nets.items():
        assert torch.equal(net.linear.weight, before[name]) and net.linear.weight.grad is None and net.training


def test_the_backward_pass_is_what_training_takes_beyond_the_forward_pass() -> None:
    assert PassTimes("a", (1.0, 2.0), (3.0, 5.0)).backward == (2.0, 3.0)
