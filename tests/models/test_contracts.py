"""What every network of `conf/model/` keeps, in its default form and in every form that a family has."""

import copy
import inspect
import io
import pickle
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import torch
from hydra.utils import get_method, instantiate
from torch import Tensor, nn

from depthlab.nn import DropPath, Network, Parallel, Sum
from depthlab.recipe import CONF, compose
from depthlab.training.hardware import SMALLEST_BF16
from tests.models.forms import FORMS

MODELS = sorted(path.stem for path in (CONF / "model").glob("*.yaml"))
ALL = [(model, *form) for model in MODELS for form in [[], *FORMS.get(model, [])]]
SIZES = (8, 28, 32, 64)


@cache
def config_of(form: tuple[str, ...]) -> dict[str, Any]:
    model, *overrides = form
    return dict(compose([f"model={model}", *overrides]).config["model"])


def build(form: tuple[str, ...], *, size: int | None = None, **arguments: Any) -> Network:
    """Build a network for images of `size` pixels: the least of SIZES that it takes, if not said."""
    arguments = arguments_of(form, size) | arguments
    if torch.get_default_device() == torch.device("meta"):
        return build_anew(form, **arguments)
    return copy.deepcopy(build_once(form, **arguments))


def arguments_of(form: tuple[str, ...], size: int | None = None) -> dict[str, Any]:
    sized = "image_size" in inspect.signature(get_method(config_of(form)["_target_"])).parameters
    return {"num_classes": 5, "in_channels": 3} | ({"image_size": size or SIZES[0]} if sized else {})


def build_anew(form: tuple[str, ...], **arguments: Any) -> Network:
    torch.manual_seed(0)
    net = instantiate(config_of(form), **arguments)
    assert isinstance(net, Network)
    return net


build_once = cache(build_anew)  # to be copied: a copy takes a fraction of the time


def params(forms: list[tuple[str, ...]]) -> list[Any]:
    """Return the forms as parameters of tests; all but the families' defaults are slow."""
    return [pytest.param(form, marks=pytest.mark.slow if form[1:] else (), id=" ".join(form)) for form in forms]


@pytest.fixture(params=params(ALL))
def form(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return tuple(request.param)


def images(n: int = 4, channels: int = 3, size: int = 8) -> Tensor:
    return torch.randn(n, channels, size, size, generator=torch.Generator().manual_seed(1))


def images_for(net: Network, n: int = 4) -> Tensor:
    """Return images of the least of SIZES that the network takes."""
    return images(n, size=next(size for size in SIZES if size >= net.smallest_image))


def test_forms_are_of_families_that_there_are() -> None:
    assert {"plain", "resnet"} <= set(FORMS) <= set(MODELS)


def test_logits_have_one_row_per_image_and_one_column_per_class(form: tuple[str, ...]) -> None:
    for channels, sizes in ((1, SIZES[:2]), (3, SIZES[2:])):
        for size in sizes:
            net = build(form, size=size, num_classes=7, in_channels=channels).eval()
            if size >= net.smallest_image:
                assert net(images(2, channels, size)).shape == (2, 7)


def test_the_least_image_size_is_the_least(form: tuple[str, ...]) -> None:
    with torch.device("meta"):
        net = build(form)
        least = net.smallest_image
        assert least <= SIZES[-1] + 16
        if least == 1:
            return
        assert net(torch.empty(2, 3, least, least)).shape == (2, 5)
        with pytest.raises(ValueError, match=f"images of {least}x{least} pixels or more, not {least}x{least - 1}"):
            net(torch.empty(2, 3, least, least - 1))
        net.smallest_image = 1
        with pytest.raises(RuntimeError):
            net(torch.empty(2, 3, least - 1, least - 1))


def test_evaluating_treats_every_image_alone_and_draws_nothing(form: tuple[str, ...]) -> None:
    net = build(form).eval()
    x = images_for(net)
    state = torch.get_rng_state()
    together = net(x)
    assert torch.equal(torch.get_rng_state(), state)
    torch.testing.assert_close(torch.cat([net(image[None]) for image in x]), together, rtol=1e-5, atol=1e-5)
    assert not torch.allclose(together[0], together[1])


def test_nothing_is_changed_in_place(form: tuple[str, ...]) -> None:
    net = build(form)
    x = images_for(net)
    seen: list[tuple[str, Tensor, Tensor]] = [("images", x, x.clone())]
    for name, module in net.named_modules():
        module.register_forward_hook(lambda _m, _i, y, name=name: seen.append((name, y, y.clone())))
    net(x)
    assert len(seen) > len(list(net.modules())) // 2
    assert [name for name, now, then in seen if not torch.equal(now, then)] == []


def test_units_are_parallel_and_nothing_else_stands_in_a_stage(form: tuple[str, ...]) -> None:
    net = build(form)
    assert list(net.units())
    assert all(isinstance(unit, Parallel) and len(unit.paths) > 0 for unit in net.units())
    inside = sum(p.numel() for unit in net.units() for p in unit.parameters())
    around = sum(p.numel() for part in (net.stem, net.head, net.auxiliary) for p in part.parameters())
    assert inside + around == sum(p.numel() for p in net.parameters())
    assert inside > 0


def test_the_first_logits_are_those_of_the_head(form: tuple[str, ...]) -> None:
    net = build(form).eval()
    x = images_for(net)
    logits, *auxiliary = net.all_logits(x)
    assert torch.equal(logits, net(x))
    assert len(auxiliary) == len(net.auxiliary)
    assert all(others.shape == logits.shape for others in auxiliary)


def test_paths_of_a_sum_agree_in_shape(form: tuple[str, ...]) -> None:
    net = build(form)
    shapes: dict[Parallel, list[torch.Size]] = {unit: [] for unit in net.units()}
    for unit in net.units():
        for path in unit.paths.values():
            path.register_forward_hook(lambda _m, _i, y, unit=unit: shapes[unit].append(y.shape))
    net(images_for(net))
    assert all(len(found) == len(unit.paths) for unit, found in shapes.items())
    assert all(len(set(found)) == 1 for unit, found in shapes.items() if isinstance(unit, Sum))


def by_state_dict(net: Network, form: tuple[str, ...]) -> Network:
    file = io.BytesIO()
    torch.save(net.state_dict(), file)
    file.seek(0)
    again = build(form)
    for parameter in again.parameters():
        nn.init.constant_(parameter, 0.5)
    again.load_state_dict(torch.load(file, weights_only=True))
    return again


@pytest.mark.parametrize(
    "copied",
    [
        pytest.param(by_state_dict, id="state_dict"),
        pytest.param(lambda net, _form: pickle.loads(pickle.dumps(net)), id="pickle"),
        pytest.param(lambda net, _form: copy.deepcopy(net), id="deepcopy"),
    ],
)
def test_copies_compute_the_same(form: tuple[str, ...], copied: Callable[[Network, tuple[str, ...]], Network]) -> None:
    net = build(form)
    x = images_for(net)
    net(x)  # moves the running statistics of batch norm
    again = copied(net, form)
    assert list(again.state_dict()) == list(net.state_dict())
    assert not {p.data_ptr() for p in again.parameters()} & {p.data_ptr() for p in net.parameters()}
    assert torch.equal(again.eval()(x), net.eval()(x))


def test_a_seed_decides_every_weight(form: tuple[str, ...]) -> None:
    one, other = build(form), build_anew(form, **arguments_of(form))
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


def test_it_can_be_built_without_memory(form: tuple[str, ...]) -> None:
    with torch.device("meta"):
        net = build(form)
        assert net(images_for(net, 2).to("meta")).shape == (2, 5)
    assert all(tensor.is_meta for tensor in net.state_dict().values())


def test_channels_last_computes_the_same(form: tuple[str, ...]) -> None:
    net = build(form).eval()
    x = images_for(net)
    expected = net(x)
    net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    torch.testing.assert_close(net(x.contiguous(memory_format=torch.channels_last)), expected, rtol=1e-4, atol=1e-5)


def check_training(net: Network, size: int, *, bf16: bool = False) -> None:
    """Train for a few steps: every parameter gets a gradient and moves, and all stays finite."""
    x, labels = images(8, size=max(size, net.smallest_image)), torch.arange(8) % 5
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    before = [parameter.detach().clone() for parameter in net.parameters()]
    for step in range(3):
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bf16):
            scores = net.all_logits(x)
        loss = sum(nn.functional.cross_entropy(logits.float(), labels) for logits in scores)
        assert loss.isfinite()
        optimizer.zero_grad()
        loss.backward()
        for name, parameter in net.named_parameters():
            assert parameter.grad is not None and parameter.grad.isfinite().all(), name
            assert step > 0 or parameter.grad.count_nonzero() > 0, name
        optimizer.step()
    for (name, parameter), start in zip(net.named_parameters(), before, strict=True):
        assert parameter.isfinite().all(), name
        assert not torch.equal(parameter, start), name


def test_every_parameter_gets_a_gradient_and_moves_in_training(form: tuple[str, ...]) -> None:
    check_training(build(form), SIZES[0])


@pytest.mark.slow
@pytest.mark.parametrize("form", params([form for form in ALL if not form[1:] or "model.form=imagenet" in form]))
def test_training_in_bf16_stays_finite(form: tuple[str, ...]) -> None:
    check_training(build(form, size=SMALLEST_BF16), SMALLEST_BF16, bf16=True)


def test_knobs_that_are_off_leave_no_module(form: tuple[str, ...]) -> None:
    if not any(word.startswith(("dropout", "drop_path", "model.")) for word in form):
        assert not any(isinstance(module, nn.Dropout | DropPath) for module in build(form).modules())
