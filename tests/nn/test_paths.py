"""Laws of merging."""

import pytest
import torch
from torch import Tensor, nn

from depthlab.nn import Concat, Parallel, Sum


class ConstantScale(nn.Module):
    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        return self.factor * x


def whole_numbers() -> Tensor:
    """Features whose sums are exact."""
    return torch.randint(-9, 10, (2, 3, 4, 4)).float()


def test_sum_adds_its_paths() -> None:
    x = whole_numbers()
    assert torch.equal(Sum({"a": ConstantScale(2), "b": ConstantScale(4), "c": ConstantScale(-1)})(x), 5 * x)


def test_concat_stacks_channels_in_the_order_of_its_paths() -> None:
    x = whole_numbers()
    assert torch.equal(Concat({"z": ConstantScale(1), "a": ConstantScale(2)})(x), torch.cat([x, 2 * x], dim=1))


def test_one_path_alone_is_that_path() -> None:
    x = whole_numbers()
    assert torch.equal(Sum({"branch": ConstantScale(2)})(x), 2 * x)
    assert torch.equal(Concat({"branch": ConstantScale(2)})(x), 2 * x)


def test_a_zeroed_branch_makes_a_sum_the_identity() -> None:
    x = whole_numbers()
    assert torch.equal(Sum({"branch": ConstantScale(0), "skip": nn.Identity()})(x), x)


def test_before_is_shared_by_all_paths_and_after_follows_the_merge() -> None:
    x = whole_numbers()
    unit = Sum({"branch": ConstantScale(2), "skip": nn.Identity()}, before=ConstantScale(-1), after=nn.ReLU())
    assert torch.equal(unit(x), (-3 * x).relu())


@pytest.mark.parametrize("kind", [Sum, Concat])
def test_merging_changes_no_path_in_place(kind: type[Parallel]) -> None:
    unit = kind({"branch": nn.Conv2d(3, 3, 1), "skip": nn.Identity()}, after=nn.ReLU())
    seen: dict[str, tuple[Tensor, Tensor]] = {}
    for name, path in unit.paths.items():
        path.register_forward_hook(lambda _m, _i, y, name=name: seen.update({name: (y, y.clone())}))
    x = whole_numbers()
    given = x.clone()
    unit(x)
    assert torch.equal(x, given)
    assert seen.keys() == {"branch", "skip"}
    assert all(torch.equal(now, then) for now, then in seen.values())


def test_a_unit_that_does_nothing_before_and_after_has_only_its_paths_keys() -> None:
    unit = Sum({"skip": nn.Identity(), "branch": nn.Conv2d(3, 3, 1)})
    assert list(unit.state_dict()) == ["paths.branch.weight", "paths.branch.bias"]


def test_parallel_is_abstract() -> None:
    with pytest.raises(TypeError, match="abstract"):
        Parallel({"branch": nn.Identity()})  # type: ignore[abstract]


def test_no_paths_is_a_bug() -> None:
    with pytest.raises(AssertionError, match="at least one path"):
        Sum({})
