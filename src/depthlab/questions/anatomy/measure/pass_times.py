"""Times of passes of several networks, taken in turns, so that what else the machine does meets all of them alike."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor, nn
from torch.nn import functional

from depthlab.nn import Network, evaluating
from depthlab.questions.anatomy.record import PassTimes

Autocast = Callable[[], AbstractContextManager[object]]


@final
@dataclass(frozen=True)
class Pass:
    """A network on the device that computes, and a batch of what it takes with its labels."""

    network: nn.Module
    images: Tensor
    labels: Tensor


def time_passes(
    passes: Mapping[str, Pass],
    *,
    rounds: int,
    autocast: Autocast,
    track: Callable[[Sequence[int]], Iterable[int]] = iter,
) -> tuple[PassTimes, ...]:
    """Return seconds of passes by network: forward in evaluation mode, and forward and backward in the
    mode that the network is in.

    Each network runs once without being timed, as memory is asked for and algorithms are chosen then. In every round
    each has its turn, in the opposite order from round to round. Weights stay as they are, but statistics of batch
    norm move. `track` shows the rounds, the untimed one first.
    """
    forward: dict[str, list[float]] = {name: [] for name in passes}
    training: dict[str, list[float]] = {name: [] for name in passes}
    for number in track(range(rounds + 1)):
        names = list(passes) if number % 2 else list(passes)[::-1]
        for name in names:
            one, both = _time_answer(passes[name], autocast), _time_training(passes[name], autocast)
            if number:
                forward[name].append(one)
                training[name].append(both)
    return tuple(PassTimes(name, tuple(forward[name]), tuple(training[name])) for name in passes)


def _seconds(run: Callable[[], object], one: Pass, autocast: Autocast) -> float:
    _synchronize(one.images.device)
    began = time.perf_counter()
    with autocast():
        run()
    _synchronize(one.images.device)
    ended = time.perf_counter()
    one.network.zero_grad(set_to_none=True)
    return ended - began


def _time_answer(one: Pass, autocast: Autocast) -> float:
    with evaluating(one.network), torch.no_grad():
        return _seconds(lambda: one.network(one.images), one, autocast)


def _time_training(one: Pass, autocast: Autocast) -> float:
    return _seconds(lambda: _learn(one), one, autocast)


def _learn(one: Pass) -> None:
    net = one.network
    logits = net.all_logits(one.images) if isinstance(net, Network) else [net(one.images)]
    loss = torch.stack([functional.cross_entropy(each.float(), one.labels) for each in logits]).sum()
    loss.backward()


def _synchronize(device: torch.device) -> None:
    if device.type == "cuda":  # it computes on when the host is done
        torch.cuda.synchronize(device)
