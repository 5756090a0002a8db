"""What a model's setting is where the configuration leaves it to the family: null, by the network's form."""

from collections.abc import Mapping
from typing import Any

# key of a model -> its value where it is null, in the form for small images and in the papers' ImageNet form;
# None where it depends on more. Tests build both, and compare.
_NULLS: Mapping[tuple[str, str], tuple[Any, Any]] = {
    ("alexnet", "hidden"): (1024, 4096),
    ("densenet", "growth_rate"): (12, None),
    ("densenet", "bottleneck"): (False, True),
    ("densenet", "compression"): (1.0, 0.5),
    ("inception_v1", "batch_norm"): (True, False),
    ("plain", "unit"): ("basic", None),
    ("preresnet", "unit"): ("basic", None),
    ("resnet", "unit"): ("basic", None),
    ("resnet", "shortcut"): ("A", "B"),
    ("vgg", "batch_norm"): (True, False),
    ("vgg", "head"): ("linear", "two_hidden"),
}


def null_value(model: Mapping[str, Any], name: str, key: str) -> Any:
    """Return the value of a setting of the model `name`: the family's own where it is null and that is known."""
    if model[key] is not None or (name, key) not in _NULLS:
        return model[key]
    cifar, imagenet = _NULLS[name, key]
    return imagenet if model.get("form") == "imagenet" else cifar
