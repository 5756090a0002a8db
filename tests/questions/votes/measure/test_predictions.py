"""Ensembles by their laws: copies, order, one member, and means and measures against direct computation."""

import itertools
import math

import pytest
import torch
from torch import Tensor

from depthlab.questions.votes.measure.disagreement import disagreement, disagreement_interval
from depthlab.questions.votes.measure.ensembles import independent_ensembles
from depthlab.questions.votes.measure.masks import dropout_layers, sampled
from depthlab.questions.votes.measure.predictions import (
    Mean,
    ensemble,
    sampled_curve,
    sampled_votes,
    score,
    snapshot_curve,
    whole_vote,
)
from depthlab.statistics import t_interval
from depthlab.statistics.jackknife import pseudo_values
from tests.questions.votes.networks import batches, members, network, truth

MEANS: tuple[Mean, ...] = ("arithmetic", "geometric")


@pytest.mark.parametrize("mean", MEANS)
def test_copies_say_what_the_copied_one_says(mean: Mean) -> None:
    one = members(1)
    assert torch.allclose(ensemble(one.expand(7, -1, -1), mean), one[0], atol=1e-12)
    assert torch.equal(ensemble(one, mean), one[0]) or torch.allclose(ensemble(one, mean), one[0], atol=1e-12)


@pytest.mark.parametrize("mean", MEANS)
def test_the_order_of_members_does_not_matter_and_probabilities_sum_to_one(mean: Mean) -> None:
    found = members(6)
    there = ensemble(found, mean)
    assert torch.allclose(ensemble(found[torch.tensor([3, 1, 5, 0, 4, 2])], mean), there, atol=1e-12)
    assert torch.allclose(there.exp().sum(dim=1), torch.ones(30, dtype=torch.float64))


def test_means_are_those_of_probabilities() -> None:
    found = members(5)
    assert torch.allclose(ensemble(found).exp(), found.exp().mean(dim=0))
    product = found.exp().prod(dim=0) ** (1 / 5)
    assert torch.allclose(ensemble(found, "geometric").exp(), product / product.sum(dim=1, keepdim=True))


def test_an_ensemble_is_no_worse_than_its_members_by_likelihood() -> None:
    """Jensen: the loss of the mean is at most the mean of losses, for each image."""
    found, labels = members(8), truth()
    alone = sum(score(member, labels).loss for member in found) / 8
    assert score(ensemble(found), labels).loss < alone
    assert score(ensemble(found, "geometric"), labels).loss < alone


def test_scores_by_hand() -> None:
    shares = torch.tensor([[0.8, 0.2], [0.8, 0.2], [0.6, 0.4], [0.4, 0.6]], dtype=torch.float64)
    found = score(shares.log(), torch.tensor([0, 1, 0, 1]))
    assert found.error == 25
    assert found.loss == pytest.approx(-(math.log(0.8) + math.log(0.2) + 2 * math.log(0.6)) / 4)
    assert found.calibration == pytest.approx(100 * (0.5 * 0.3 + 0.5 * 0.4))
    assert found.chance is not None and found.value("calibration") == found.calibration - found.chance


def test_the_whole_network_is_one_pass_in_evaluation_mode() -> None:
    net, images = network(dropout=0.5).train(), batches(5, 3)
    found = whole_vote(net, images)
    assert net.training
    with torch.no_grad():
        expected = net.eval()(torch.cat([x for x, _ in images])).log_softmax(dim=1)
    assert torch.allclose(found, expected.double(), atol=1e-5)


def test_one_sampled_network_is_one_pass_and_more_of_them_begin_with_it() -> None:
    net, images = network(dropout=0.5), batches(5, 3)
    layers = dropout_layers(net)
    found = sampled_votes(net, layers, images, range(3))
    with torch.no_grad(), sampled(net, layers, seed=0):
        alone = torch.cat([net(x) for x, _ in images]).double().log_softmax(dim=1)
    assert torch.equal(found[0], alone)
    assert torch.equal(ensemble(found[:1]), alone) or torch.allclose(ensemble(found[:1]), alone, atol=1e-12)
    assert torch.equal(sampled_votes(net, layers, images, range(1))[0], found[0])
    assert not torch.allclose(found[1], found[0], atol=1e-3)


def test_without_a_layer_that_drops_every_sample_is_the_whole_network() -> None:
    net, images = network(), batches(4)
    whole = whole_vote(net, images)
    assert all(torch.equal(member, whole) for member in sampled_votes(net, [], images, range(2)))


def test_what_is_no_number_and_no_image_is_refused() -> None:
    net = network()
    with pytest.raises(ValueError, match="there are no images"):
        whole_vote(net, [])
    with pytest.raises(ValueError, match="not finite numbers"):
        whole_vote(net, [(torch.full((2, 3, 8, 8), math.nan), torch.zeros(2))])


@pytest.mark.parametrize(
    ("count", "sizes", "ensembles"), [(1, [1], 1), (3, [1], 3), (7, [1, 2], 7), (40, [1, 2, 5, 10, 20], 20)]
)
def test_of_every_size_there_are_as_many_ensembles_up_to_half_of_the_members(
    count: int, sizes: list[int], ensembles: int
) -> None:
    curve = sampled_curve("dropout", members(count, images=4), truth(4))
    assert [point.members for point in curve.points] == sizes
    assert {len(point.scores) for point in curve.points} == {ensembles}


def test_ensembles_are_of_members_in_a_row_and_the_first_follows_the_last() -> None:
    found, labels = members(7), truth()
    curve = sampled_curve("dropout", found, labels)
    assert curve.points[0].scores == tuple(score(member, labels) for member in found)
    assert curve.points[1].scores[3] == score(ensemble(found[3:5]), labels)
    assert curve.points[1].scores[6] == score(ensemble(found[torch.tensor([6, 0])]), labels)


def test_snapshots_are_counted_from_the_end() -> None:
    found, labels = members(4), truth()
    curve = snapshot_curve(found, labels)
    assert [point.members for point in curve.points] == [1, 2, 3, 4]
    assert curve.points[0].scores == (score(found[-1], labels),)
    assert curve.points[1].scores == (score(ensemble(found[2:]), labels),)


def test_disagreement_is_the_mean_over_pairs() -> None:
    classes = members(6).argmax(dim=2)
    pairs = [float((a != b).double().mean()) for a, b in itertools.combinations(classes, 2)]
    assert disagreement(classes) == pytest.approx(100 * sum(pairs) / len(pairs))
    assert disagreement(classes[:1]) is None and disagreement(classes[:1].expand(4, -1)) == 0
    opposed = torch.tensor([[0, 1, 2], [1, 2, 0]])
    assert disagreement(opposed) == 100


def test_the_interval_of_disagreement_is_the_jackknife_over_members() -> None:
    classes = members(6).argmax(dim=2)
    whole = disagreement(classes)
    rest = [disagreement(torch.cat([classes[:i], classes[i + 1 :]])) for i in range(6)]
    assert disagreement_interval(classes) == t_interval(pytest.approx(pseudo_values(whole, rest)).expected)
    assert disagreement_interval(classes[:2]) is None


def test_pseudo_values_of_a_mean_are_the_values() -> None:
    values = [3.0, 1.0, 4.0, 1.5]
    rest = [(sum(values) - value) / 3 for value in values]
    assert pseudo_values(sum(values) / 4, rest) == pytest.approx(values)


def test_independent_ensembles_are_the_mean_over_all_combinations() -> None:
    votes, labels = members(4), truth()
    found = independent_ensembles("net", dict(zip((3, 5, 7, 9), votes, strict=True)), labels)
    assert found.seeds == (3, 5, 7, 9) and [point.ensembles for point in found.points] == [4, 6, 4, 1]
    for size, point in enumerate(found.points, 1):
        losses = [score(ensemble(votes[list(some)]), labels).loss for some in itertools.combinations(range(4), size)]
        assert point.score.loss == pytest.approx(sum(losses) / len(losses))
    alone = [score(vote, labels).loss for vote in votes]
    assert [share.loss for share in found.points[0].shares] == pytest.approx(alone), (
        "of one each, the values themselves"
    )
    pair = found.points[1]
    assert sum(share.loss for share in pair.shares) / 4 == pytest.approx(pair.score.loss), "a U statistic has no bias"
    without_first = independent_ensembles("net", dict(enumerate(votes[1:])), labels).points[1]
    assert pair.shares[0].loss == pytest.approx(4 * pair.score.loss - 3 * without_first.score.loss)
    assert found.points[-1].shares == (), "nothing can be left out of all"


def test_an_ensemble_of_copies_gains_nothing_and_members_never_disagree() -> None:
    vote, labels = members(1)[0], truth()
    found = independent_ensembles("net", dict.fromkeys(range(3), vote), labels)
    first = found.points[0].score
    assert all(point.score.error == first.error for point in found.points)
    assert [point.score.loss for point in found.points] == pytest.approx([first.loss] * 3)
    assert found.disagreement == 0


@pytest.mark.slow
@pytest.mark.parametrize(("networks", "size"), [(3, 2), (5, 3)])
def test_the_jackknife_covers_the_gain_of_ensembles(networks: int, size: int) -> None:
    """Networks share images and each errs by itself; 95 % intervals of what ensembles gain hold the true gain."""
    generator = torch.Generator().manual_seed(networks)
    ease = torch.randn(60, generator=generator, dtype=torch.float64) * 1.2 + 1.5

    def draw() -> Tensor:
        """Return the log-probabilities (networks, images, 2 classes) of a study; the first class is right."""
        own = torch.randn(networks, 60, generator=generator, dtype=torch.float64) * 1.2
        shared = torch.randn(networks, 1, generator=generator, dtype=torch.float64) * 0.3
        margin = ease + own + shared
        return torch.stack([margin, torch.zeros_like(margin)], dim=2).log_softmax(dim=2)

    labels = torch.zeros(60, dtype=torch.int64)
    gains, intervals = [], []
    for _ in range(150):
        points = independent_ensembles("net", dict(enumerate(draw())), labels).points
        gains.append(points[size - 1].score.error - points[0].score.error)
        pairs = zip(points[size - 1].shares, points[0].shares, strict=True)
        intervals.append(t_interval([a.error - b.error for a, b in pairs]))
    true = sum(gains) / len(gains)  # known 12 times as well as by one study
    covered = sum(one is not None and one.low <= true <= one.high for one in intervals) / len(intervals)
    assert covered >= 0.92, "95 %, and two standard errors"
