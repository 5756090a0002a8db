"""What is chosen for a machine is what it has and what pays there, unless a person said."""

from typing import Any

import pytest
import torch

from depthlab.training import choose_hardware
from depthlab.training.hardware import ALL_THREADS, Hardware, has_bf16

AUTO = {"device": "auto", "threads": None, "precision": "auto", "channels_last": "auto"}


def choose(*, image_size: int = 32, **changes: Any) -> Hardware:
    return choose_hardware(AUTO | changes, image_size=image_size)


@pytest.fixture
def bf16(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: True)


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


@pytest.mark.usefixtures("bf16", "no_gpu")
@pytest.mark.parametrize(("image_size", "precision"), [(8, "fp32"), (23, "fp32"), (24, "bf16"), (32, "bf16")])
def test_bf16_is_taken_where_images_are_large_enough_for_it_to_pay(image_size: int, precision: str) -> None:
    assert choose(image_size=image_size).precision == precision


@pytest.mark.usefixtures("no_gpu")
def test_bf16_is_not_taken_where_it_would_be_emulated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    assert choose(image_size=224).precision == "fp32"


@pytest.mark.parametrize("supported", [True, False])
def test_a_gpu_that_only_emulates_bf16_does_not_count(monkeypatch: pytest.MonkeyPatch, supported: bool) -> None:
    monkeypatch.setattr(
        torch.cuda, "is_bf16_supported", lambda including_emulation=True: including_emulation or supported
    )
    assert has_bf16(torch.device("cuda", 0)) is supported


@pytest.mark.usefixtures("bf16")
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_a_precision_that_was_typed_wins(precision: str) -> None:
    assert choose(image_size=8, device="cpu", precision=precision).precision == precision
    assert choose(image_size=64, device="cpu", precision=precision).precision == precision


@pytest.mark.usefixtures("no_gpu")
@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_a_device_that_is_not_there_is_refused_in_one_line(device: str) -> None:
    with pytest.raises(ValueError, match=f"trainer.device={device}.*it has cpu; type trainer.device=auto") as raised:
        choose(device=device)
    assert "\n" not in str(raised.value)


@pytest.mark.usefixtures("no_gpu")
def test_without_a_gpu_the_processor_is_taken() -> None:
    hardware = choose()
    assert (hardware.device, hardware.gpu) == (torch.device("cpu"), None)


def test_a_gpu_is_taken_where_there_is_one_but_mps_only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose(precision="fp32").device.type == "cpu"
    assert choose(precision="fp32", device="mps").device.type == "mps"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 1)
    assert choose(precision="fp32").device == torch.device("cuda", 1)
    assert choose(precision="fp32", device="cpu").device == torch.device("cpu")


@pytest.mark.parametrize(("layout", "expected"), [("auto", True), (True, True), (False, False)])
def test_the_memory_layout_has_a_switch(layout: object, expected: bool) -> None:
    assert choose(device="cpu", channels_last=layout).channels_last is expected


def test_threads_are_those_that_were_asked_for_or_as_many_as_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("depthlab.training.hardware.ALL_THREADS", 6)
    assert choose(device="cpu", threads=3, image_size=8).threads == 3
    assert choose(device="cpu", image_size=8).threads == 1
    assert choose(device="cpu", image_size=16).threads == 6


def test_threads_of_a_run_before_do_not_matter() -> None:
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(before + 1)
        assert choose(device="cpu", image_size=32).threads == ALL_THREADS != before + 1
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize(("precision", "kind"), [("fp32", torch.float32), ("bf16", torch.bfloat16)])
def test_autocast_computes_in_the_precision(precision: str, kind: torch.dtype) -> None:
    with choose(device="cpu", precision=precision).autocast():
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == kind
