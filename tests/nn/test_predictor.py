"""A trained network, ready to use."""

import pickle

import pytest
import torch
from torch import Tensor, nn

from depthlab.models import resnet
from depthlab.nn import Predictor


def predictor(channels: int = 3) -> Predictor:
    torch.manual_seed(0)
    return Predictor(
        resnet(depth=8, in_channels=channels, num_classes=4),
        classes=("ant", "bee", "cat", "dog"),
        mean=(0.5, 0.4, 0.3)[:channels],
        std=(0.2, 0.25, 0.3)[:channels],
        image_size=8,
        name="resnet-8",
    )


def pixels(n: int = 5, channels: int = 3) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.randint(0, 256, (n, channels, 8, 8), dtype=torch.uint8, generator=generator)


def test_uint8_images_are_normalized_and_floats_are_taken_as_they_are() -> None:
    net = predictor()
    mean, std = torch.tensor([0.5, 0.4, 0.3]).view(3, 1, 1), torch.tensor([0.2, 0.25, 0.3]).view(3, 1, 1)
    x = (pixels().double() / 255 - mean) / std
    torch.testing.assert_close(net(pixels()), net.network(x.float()))
    torch.testing.assert_close(net(x), net.network(x.float()))


def test_predict_gives_labels_and_probabilities() -> None:
    net = predictor()
    labels, probabilities = net.predict(pixels())
    assert labels.shape == (5,)
    assert labels.dtype == torch.int64
    assert torch.equal(labels, probabilities.argmax(dim=1))
    torch.testing.assert_close(probabilities, net(pixels()).softmax(dim=1).detach())
    assert not probabilities.requires_grad


def test_predict_is_the_same_in_small_batches() -> None:
    net = predictor()
    torch.testing.assert_close(net.predict(pixels(), batch_size=2)[1], net.predict(pixels())[1])


def test_predict_evaluates_and_leaves_the_mode_as_it_was() -> None:
    net = predictor().train()
    expected = predictor().predict(pixels())[1]
    before = {key: value.clone() for key, value in net.state_dict().items()}
    assert torch.equal(net.predict(pixels())[1], expected)
    assert all(torch.equal(value, before[key]) for key, value in net.state_dict().items())
    assert net.training


def test_it_knows_what_it_was_trained_on() -> None:
    net = predictor()
    assert (net.classes, net.image_size, net.name, net.channels) == (("ant", "bee", "cat", "dog"), 8, "resnet-8", 3)
    assert not net.training


def test_pickle_round_trip() -> None:
    net = predictor()
    again = pickle.loads(pickle.dumps(net))
    assert torch.equal(again(pixels()), net(pixels()))
    assert again.classes == net.classes


def test_only_the_network_has_state() -> None:
    net = predictor()
    assert list(net.state_dict()) == [f"network.{key}" for key in net.network.state_dict()]


def test_it_follows_the_device_and_type_it_is_moved_to() -> None:
    net = predictor().double()
    assert net(pixels()).dtype == torch.float64
    assert predictor().to("meta")(pixels()).device.type == "meta"


@pytest.mark.parametrize(
    "images", [pixels(channels=1), pixels()[0], pixels()[None], pixels()[:0], torch.zeros(2, 3, 0, 8)]
)
def test_images_of_another_shape_are_refused_in_one_line(images: Tensor) -> None:
    for ask in (predictor(), predictor().predict):
        with pytest.raises(ValueError, match=r"resnet-8 takes images of shape \(N, 3, height, width\), not") as caught:
            ask(images)
        assert str(tuple(images.shape)) in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("dtype", [torch.int64, torch.int8, torch.bool, torch.complex64])
def test_images_of_another_type_are_refused(dtype: torch.dtype) -> None:
    with pytest.raises(
        ValueError, match=f"resnet-8 takes uint8 pixels or normalized .*, not {dtype}".replace("torch.", "")
    ):
        predictor()(torch.zeros(2, 3, 8, 8, dtype=dtype))


def test_an_array_is_refused_with_the_way_to_make_a_tensor_of_it() -> None:
    with pytest.raises(ValueError, match=r"takes a torch.Tensor, not a builtins.list; torch.as_tensor\(images\)"):
        predictor().predict([[0]])  # type: ignore[arg-type]


def test_any_network_will_do() -> None:
    net = Predictor(
        nn.Sequential(nn.Flatten(), nn.Linear(64, 2)),
        classes=("no", "yes"),
        mean=(0.0,),
        std=(1.0,),
        image_size=8,
        name="mine",
    )
    assert net.predict(pixels(channels=1))[1].shape == (5, 2)
