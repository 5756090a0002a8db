"""The validation images are a fixed, stratified part of the training images."""

import pytest
import torch

from depthlab.data import split_validation

LABELS = torch.tensor([0] * 60 + [1] * 30 + [2] * 10)[torch.randperm(100, generator=torch.Generator().manual_seed(1))]


@pytest.mark.parametrize("validation", [20, 0.2])
def test_parts_are_disjoint_complete_and_stratified(validation: int | float) -> None:
    train, held_out = split_validation(LABELS, validation)
    assert sorted(torch.cat([train, held_out]).tolist()) == list(range(100))
    assert LABELS[held_out].bincount().tolist() == [12, 6, 2]
    assert train.dtype == held_out.dtype == torch.int64


def test_the_number_is_met_exactly_where_shares_are_not_whole() -> None:
    _, held_out = split_validation(LABELS, 33)
    assert len(held_out) == 33
    assert LABELS[held_out].bincount().tolist() == [20, 10, 3]


def test_cifar10_divides_into_45000_and_5000_with_equal_classes() -> None:
    labels = torch.arange(50_000) % 10
    train, held_out = split_validation(labels, 5000)
    assert labels[train].bincount().tolist() == [4500] * 10
    assert labels[held_out].bincount().tolist() == [500] * 10


def test_the_division_is_fixed_and_its_seed_moves_it() -> None:
    first, again = split_validation(LABELS, 0.3), split_validation(LABELS, 0.3)
    assert torch.equal(first[1], again[1])
    assert not torch.equal(first[1], split_validation(LABELS, 0.3, seed=1)[1])


def test_a_set_sorted_by_class_is_divided_like_a_shuffled_one() -> None:
    order = torch.sort(LABELS, stable=True).values
    for labels in (order, LABELS):
        train, held_out = split_validation(labels, 0.3)
        assert labels[held_out].bincount().tolist() == [18, 9, 3]
        assert labels[train].bincount().tolist() == [42, 21, 7]
    held_out = split_validation(order, 0.3)[1]
    assert held_out[order[held_out] == 0].tolist() != list(range(18)), "within a class they are chosen at random"


def test_a_class_keeps_an_image_to_train_on() -> None:
    labels = torch.tensor([0] * 50 + [1])
    train, _ = split_validation(labels, 0.5)
    assert labels[train].bincount()[1] == 1


@pytest.mark.parametrize("validation", [0, 100, -1, 0.0, 1.0, 1.5, -0.1, 0.001, True, "5", None, float("nan")])
def test_a_part_without_images_is_refused_in_one_line(validation: object) -> None:
    with pytest.raises(ValueError, match=r"validation=.*data\.validation=0\.1") as error:
        split_validation(LABELS, validation)  # type: ignore[arg-type]
    assert "\n" not in str(error.value)
