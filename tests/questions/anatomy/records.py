"""Records of networks that were not trained, small ones."""

from dataclasses import replace
from functools import cache

import torch
from torch import nn

from depthlab.models import densenet, inception_v1, plain, resnet
from depthlab.questions.anatomy.measure.card import draw_card
from depthlab.questions.anatomy.measure.convolution_checks import check_convolutions
from depthlab.questions.anatomy.measure.tradeoffs import weigh_choices, weigh_inception
from depthlab.questions.anatomy.record import AnatomyRecord, NetworkCard, PassTimes
from depthlab.questions.anatomy.verdict import judge
from tests.questions.anatomy.cards import grid

IMAGE = (3, 8, 8)


@cache
def networks() -> dict[str, nn.Module]:
    with torch.device("meta"):
        return {
            "plain-8": plain(depth=8),
            "resnet-20": resnet(depth=20),
            "densenet-13": densenet(depth=13),
            "inception_v1-8": inception_v1(depth=8, auxiliary=True),
            "Own": nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 10)),
        }


@cache
def card_of(name: str) -> NetworkCard:
    return draw_card(networks()[name], IMAGE, classes=10, name=name, values={"model": name})


def record_of(*names: str, timed: bool = True, data: str = "digits", **changed: object) -> AnatomyRecord:
    cards = tuple(card_of(name) for name in names)
    times = tuple(PassTimes(name, (0.01, 0.012, 0.011), (0.03, 0.034, 0.029)) for name in names) if timed else ()
    with torch.device("meta"):
        naive, reduced = (next(inception_v1(form="imagenet", reduction=each).units()) for each in (False, True))
    record = AnatomyRecord(
        command=("python", "pipelines/anatomy.py", f"model={','.join(names)}"),
        date="2026-11-23T12:00:00+00:00",
        commit="c0ffee",
        versions={"torch": "2.13.0"},
        cards=cards,
        axes=("model",) if len(names) > 1 else (),
        data=data,
        times=times,
        batch=16 if timed else 0,
        hardware="a processor, threads: 2, fp32" if timed else "",
        convolutions={name: check_convolutions(networks()[name], IMAGE) for name in names},
        tradeoffs=(*weigh_choices(8, 8), weigh_inception(naive, reduced)),
    )
    return replace(judge(record), **changed)  # type: ignore[arg-type]


def family_record(**changed: object) -> AnatomyRecord:
    cards, times = grid()
    record = AnatomyRecord(
        command=("python", "pipelines/anatomy.py", "depth=10,20,40", "width=1,2"),
        date="2026-11-23T12:00:00+00:00",
        commit=None,
        versions={},
        cards=tuple(cards),
        axes=("depth", "width"),
        times=tuple(times),
        batch=16,
        hardware="a processor, threads: 2, fp32",
        left_out=("resnet can't have depth=21 (in depth=21)",),
    )
    return replace(judge(record), **changed)  # type: ignore[arg-type]
