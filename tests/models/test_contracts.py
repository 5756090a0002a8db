"""What every network of `conf/model/` keeps, in its default form and in every form that a family has."""

import copy
import io
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hydra import compose, initialize_config_dir
from hydra.utils import instantiate
from torch import Tensor, nn

from depthlab.nn import Network, Parallel, Sum

CONF = Path(__file__).parents[2] / "conf"
FORMS = {
    "plain": [
        ["dropout=0.2"],
        ["model.unit=bottleneck"],
        ["depth=[1,2,1]", "width=0.5"],
    ],
    "resnet": [
        ["dropout=0.2", "drop_path=0.5"],
        ["model.shortcut=B"],
        ["model.shortcut=C", "model.unit=bottleneck"],
        ["model.shortcut_padding=end", "width=[8,12,20]"],
    ],
}
MODELS = sorted(path.stem for path in (CONF / "model").glob("*.yaml"))
ALL = [(model, *form) for model in MODELS for form in [[], *FORMS.get(model, [])]]


def build(form: tuple[str, ...], **arguments: Any) -> Network:
    model, *overrides = form
    with initialize_config_dir(str(CONF), version_base=None):
        config = compose("train", overrides=[f"model={model}", *overrides])
    torch.manual_seed(0)
    net = instantiate(config.model, _convert_="all", **{"num_classes": 5, "in_channels": 3, **arguments})
    assert isinstance(net, Network)
    return net


@pytest.fixture(params=ALL, ids=" ".join)
def form(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return tuple(request.param)


def images(n: int = 4, channels: int = 3, size: int = 8) -> Tensor:
    return torch.randn(n, channels, size, size, generator=torch.Generator().manual_seed(1))


def test_there_are_models() -> None:
    assert {"plain", "resnet"} <= set(MODELS)
    assert set(FORMS) <= set(MODELS)


def test_logits_have_one_row_per_image_and_one_column_per_class(form: tuple[str, ...]) -> None:
    for channels in (1, 3):
        net = build(form, num_classes=7, in_channels=channels).eval()
        for size in (8, 28, 32, 64):
            assert net(images(2, channels, size)).shape == (2, 7)


def test_every_parameter_gets_a_gradient(form: tuple[str, ...]) -> None:
    net = build(form)
    nn.functional.cross_entropy(net(images(16)), torch.arange(16) % 5).backward()
    for name, parameter in net.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        assert parameter.grad.count_nonzero() > 0, name


def test_evaluating_treats_every_image_alone_and_draws_nothing(form: tuple[str, ...]) -> None:
    net, x = build(form).eval(), images()
    state = torch.get_rng_state()
    together = net(x)
    assert torch.equal(torch.get_rng_state(), state)
    torch.testing.assert_close(torch.cat([net(image[None]) for image in x]), together)
    assert not torch.allclose(together[0], together[1])


def test_nothing_is_changed_in_place(form: tuple[str, ...]) -> None:
    net, x = build(form), images()
    seen: list[tuple[str, Tensor, Tensor]] = [("images", x, x.clone())]
    for name, module in net.named_modules():
        module.register_forward_hook(lambda _m, _i, y, name=name: seen.append((name, y, y.clone())))
    net(x)
    assert len(seen) > 20
    assert [name for name, now, then in seen if not torch.equal(now, then)] == []


def test_units_are_parallel_and_hold_all_that_stages_hold(form: tuple[str, ...]) -> None:
    net = build(form)
    units = list(net.units())
    assert units
    assert all(isinstance(unit, Parallel) and len(unit.paths) > 0 for unit in units)
    inside = sum(p.numel() for unit in units for p in unit.parameters())
    around = sum(p.numel() for part in (net.stem, net.head) for p in part.parameters())
    assert inside + around == sum(p.numel() for p in net.parameters())
    assert inside > around


def test_paths_of_a_sum_agree_in_shape(form: tuple[str, ...]) -> None:
    net = build(form)
    shapes: dict[Parallel, list[torch.Size]] = {unit: [] for unit in net.units()}
    for unit in net.units():
        for path in unit.paths.values():
            path.register_forward_hook(lambda _m, _i, y, unit=unit: shapes[unit].append(y.shape))
    net(images())
    assert all(len(found) == len(unit.paths) for unit, found in shapes.items())
    assert all(len(set(found)) == 1 for unit, found in shapes.items() if isinstance(unit, Sum))


def by_state_dict(net: Network, form: tuple[str, ...]) -> Network:
    file = io.BytesIO()
    torch.save(net.state_dict(), file)
    file.seek(0)
    again = build(form)
    nn.init.zeros_(again.head.get_parameter("linear.weight"))
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
    net(images())  # moves the running statistics of batch norm
    again = copied(net, form)
    assert list(again.state_dict()) == list(net.state_dict())
    assert not {p.data_ptr() for p in again.parameters()} & {p.data_ptr() for p in net.parameters()}
    assert torch.equal(again.eval()(images()), net.eval()(images()))


def test_a_seed_decides_every_weight(form: tuple[str, ...]) -> None:
    assert all(torch.equal(a, b) for a, b in zip(build(form).parameters(), build(form).parameters(), strict=True))


def test_it_can_be_built_without_memory(form: tuple[str, ...]) -> None:
    with torch.device("meta"):
        net = build(form)
        assert net(torch.empty(2, 3, 8, 8)).shape == (2, 5)
    assert all(tensor.is_meta for tensor in net.state_dict().values())


def test_channels_last_computes_the_same(form: tuple[str, ...]) -> None:
    net, x = build(form).eval(), images()
    expected = net(x)
    net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    torch.testing.assert_close(net(x.contiguous(memory_format=torch.channels_last)), expected, rtol=1e-4, atol=1e-5)
