"""Images are chosen by class and at random, however a set is sorted."""

import pytest
import torch

from depthlab.data import choose_images

ORDER = torch.randperm(100, generator=torch.Generator().manual_seed(1))
SHUFFLED = torch.tensor([0] * 60 + [1] * 30 + [2] * 9 + [4])[ORDER]


@pytest.mark.parametrize("count", [0, 1, 7, 10, 33, 99, 100, 1000])
def test_each_class_has_its_share_to_within_one(count: int) -> None:
    chosen = choose_images(SHUFFLED, count)
    number = min(count, 100)
    assert len(set(chosen.tolist())) == len(chosen) == number and chosen.dtype == torch.int64
    shares = SHUFFLED[chosen].bincount(minlength=5) - SHUFFLED.bincount() * number / 100
    assert shares.abs().max() < 1


def test_the_first_of_a_choice_are_of_all_classes_too() -> None:
    labels = torch.arange(10).repeat_interleave(100)
    order = labels[choose_images(labels, 500)]
    assert (order[:100].bincount(minlength=10) > 0).all() and not torch.equal(order, order.sort().values)


def test_a_sorted_set_gives_the_same_images_in_the_same_order() -> None:
    names = torch.arange(100)
    order = SHUFFLED.argsort(stable=True)  # images of a class keep their order
    for count in (10, 50, 100):
        shuffled, sorted_ = names[choose_images(SHUFFLED, count)], names[order][choose_images(SHUFFLED[order], count)]
        assert torch.equal(shuffled, sorted_)


def test_a_choice_is_fixed_and_its_seed_moves_it() -> None:
    assert torch.equal(choose_images(SHUFFLED, 30), choose_images(SHUFFLED, 30))
    assert not torch.equal(choose_images(SHUFFLED, 30).sort().values, choose_images(SHUFFLED, 30, seed=1).sort().values)


def test_every_image_is_as_likely_as_any_other_of_its_class() -> None:
    labels = torch.arange(2).repeat_interleave(10)
    drawn = torch.stack([choose_images(labels, 10, seed).bincount(minlength=20) for seed in range(400)]).sum(0)
    assert ((drawn - 200).abs() < 5 * (400 * 0.5 * 0.5) ** 0.5).all(), "5 standard deviations of Binomial(400, 1/2)"
