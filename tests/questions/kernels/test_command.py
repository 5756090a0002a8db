"""The question of kinds from its command to its page, in the small."""

from pathlib import Path

import pytest

from depthlab.questions.kernels.record import KernelsRecord
from depthlab.questions.kernels.variants import VariantSearch
from depthlab.questions.kernels.verdict import judge
from depthlab.recipe import Recipe
from depthlab.run import ImageFacts
from depthlab.sweeps import CostCounter
from tests.chromium import NARROW, WIDE, OpenPage
from tests.questions.in_process import answer_in_process
from tests.sweeps.planned import TINY


def look(recipe: Recipe) -> ImageFacts:
    return ImageFacts("", 10, 1, 8, 287)


@pytest.mark.slow
@pytest.mark.parametrize("match", ["multiply_adds", "parameters"])
@pytest.mark.parametrize(
    ("slot", "kind"),
    [("convolution", "grouped"), ("convolution", "separable"), ("pool", "max"), ("activation", "gelu")],
)
def test_the_width_is_the_one_of_equal_cost(match: str, slot: str, kind: str) -> None:
    search = VariantSearch(("model=resnet", "depth=8"), CostCounter(look), match)
    found, cost = search.find(slot, kind), search.costs.cost
    assert found.recipe.parts == {slot: kind} and found.overrides[f"parts.{slot}"] == kind
    assert abs(cost(found) / search.budget - 1) < 0.25
    step = 4 if kind == "grouped" else 1
    for channels in (-step, step):
        near = found.with_value("width", found.values["width"] + channels / 16)
        assert abs(cost(near) - search.budget) >= abs(cost(found) - search.budget)


@pytest.mark.slow
def test_kinds_are_matched_run_and_told(tmp_path: Path, open_page: OpenPage) -> None:
    words = (
        *(*TINY, "seed=0,1", "epochs=1", "slots=activation,convolution", "activation=relu,gelu"),
        *("convolution=separable", f"tracking.folder={tmp_path}/runs", f"output={tmp_path}/report", "tracking=none"),
    )
    ended = answer_in_process("kernels", *words, folder=tmp_path)
    assert ended.code == 0, ended.err
    record = KernelsRecord.read(tmp_path / "report" / "record.json")
    assert [one.network for one in record.networks] == ["resnet-8", "activation=gelu", "convolution=separable"]
    assert record.same == ("activation=relu",) and len(record.measured) == 6
    for run in record.measured:
        one = next(network for network in record.networks if network.network == run.network)
        assert (run.parameters, run.multiply_adds) == (one.parameters, one.multiply_adds), "it is the network it names"
    assert judge(record) == record and record.about.verdict[0] in ended.out
    for width in (WIDE, NARROW):
        open_page(tmp_path / "report" / "index.html", width).check()
