"""What a sweep searches, and what it compares."""

import pytest

from depthlab.recipe import read_space
from depthlab.sweeps.plan.searched import searched_axes
from tests.sweeps.planned import settings


@pytest.mark.parametrize(
    ("words", "changed", "searched"),
    [
        (("model=plain,resnet", "depth=8,14", "seed=0,1"), {}, ()),
        (("dropout=0,0.1", "weight_decay=0,1e-4", "cutout=0,4", "regularization=none,dropout"), {}, ()),
        (("parts.activation=relu,gelu", "model.shortcut=A,B", "data=digits,cifar10"), {}, ()),
        (("learning_rate=0.1", "epochs=3", "seed=0,1"), {}, ()),
        (("learning_rate=0.1,0.01", "depth=8,14"), {}, ("learning_rate",)),
        (("batch_size=8,16", "epochs=1,2"), {}, ("batch_size", "epochs")),
        (("optimizer=sgd,adamw", "schedule.warmup=0.1,0.2"), {}, ("optimizer", "schedule.warmup")),
        (("data.flip=true,false", "trainer.gradient_clip=1,2"), {}, ("data.flip", "trainer.gradient_clip")),
        (("depth=8,14", "seed=0,1"), {"search": "random", "samples": 3}, ("depth",)),
        (("depth=8,14",), {"search": "optuna", "samples": 3}, ("depth",)),
        (("depth=8,14", "seed=0,1"), {"scheduler": "asha"}, ("depth",)),
        (("weight_decay=interval(0,1)",), {"search": "random", "samples": 3}, ("weight_decay",)),
    ],
)
def test_how_networks_are_trained_is_searched_and_what_they_are_is_compared(
    words: tuple[str, ...], changed: dict[str, object], searched: tuple[str, ...]
) -> None:
    assert searched_axes(read_space(words), settings(**changed)) == searched
