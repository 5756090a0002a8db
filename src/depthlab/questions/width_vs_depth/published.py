"""Published errors on CIFAR-10 with the size of the network: the twins of errors against cost."""

import re
from collections.abc import Callable

from depthlab.published.results import PublishedResult, published_results
from depthlab.published.twins import published_figure
from depthlab.questions.width_vs_depth.record import PublishedNetwork

WIDE_TABLE = "Zagoruyko & Komodakis 2016, Wide Residual Networks (arXiv 1605.07146), Table 4"

_PAPERS = ("1605.07146", "1611.05431", "1512.03385")
_MILLION = 1e6

# what a model is called -> its name here, its family, and its values on the axes
_Read = Callable[[re.Match[str]], tuple[str, str, dict[str, float]]]
_NAMES: tuple[tuple[str, _Read], ...] = (
    (
        r"WRN-(\d+)-(\d+)",
        lambda m: (
            f"wide_resnet-{m[1]}" + (f" width {m[2]}" if m[2] != "1" else ""),
            "wide_resnet",
            {"depth": float(m[1]), "width": float(m[2])},
        ),
    ),
    (
        r"ResNeXt-(\d+) (\d+)x(\d+)d",
        lambda m: (
            f"resnext-{m[1]} {m[2]}x{m[3]}d",
            "resnext",
            {"depth": float(m[1]), "width": 1.0, "cardinality": float(m[2])},
        ),
    ),
    (
        r"ResNet-(\d+) \(option A\)",
        lambda m: (f"resnet-{m[1]}", "resnet", {"depth": float(m[1]), "width": 1.0}),
    ),
)


def published_networks() -> tuple[PublishedNetwork, ...]:
    """Return the test errors on CIFAR-10 of He et al. 2015, Zagoruyko & Komodakis 2016 and Xie et al. 2017.

    Only networks without dropout whose number of parameters is published too.
    """
    found = (_network(result) for result in published_results() if result.arxiv in _PAPERS)
    return tuple(one for one in found if one is not None)


def _network(result: PublishedResult) -> PublishedNetwork | None:
    on_cifar = result.dataset.startswith("CIFAR-10") and not result.dataset.startswith("CIFAR-100")
    if result.error is None or not result.metric.startswith("test_") or not result.params_millions or not on_cifar:
        return None
    for pattern, read in _NAMES:
        if named := re.fullmatch(pattern, result.model):
            name, family, values = read(named)
            figure = published_figure(result.id, "test", name)
            return PublishedNetwork(figure, family, values, _MILLION * float(result.params_millions))
    return None
