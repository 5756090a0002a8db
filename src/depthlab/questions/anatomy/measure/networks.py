"""All that is measured of untrained networks: costs of their parts, closed forms, times of passes."""

from collections.abc import Iterable, Mapping

import torch

from depthlab.models import inception_v1
from depthlab.questions.anatomy.measure.card import draw_card
from depthlab.questions.anatomy.measure.convolution_checks import check_convolutions, typical_convolution
from depthlab.questions.anatomy.measure.pass_times import Pass, time_passes
from depthlab.questions.anatomy.measure.tradeoffs import weigh_choices, weigh_inception
from depthlab.questions.anatomy.networks import UntrainedNetwork, UntrainedNetworks
from depthlab.questions.anatomy.plan import Options
from depthlab.questions.anatomy.record import AnatomyRecord, ConvolutionCheck, NetworkCard, PassTimes, Tradeoff
from depthlab.questions.references import commit_text, describe_code
from depthlab.run import build_untrained
from depthlab.run.evaluate import hardware_line
from depthlab.tracking import capture_environment
from depthlab.training import Hardware, choose_hardware, track

CARDS = 2  # so many networks are shown layer by layer, side by side


def measure(runs: UntrainedNetworks, options: Options) -> AnatomyRecord:
    """Return what was counted of the networks, and how long their passes take."""
    networks = runs.networks
    cards = draw_cards(networks)
    times, hardware = measure_times(networks, options) if options.timed else ((), "")
    checks = check_layers(networks) if len(networks) <= CARDS else {}
    code = describe_code(())
    return AnatomyRecord(
        command=code["command"],
        date=code["date"],
        commit=commit_text(capture_environment()),
        versions=code["versions"],
        cards=cards,
        axes=runs.axes,
        data=options.data_of(networks[0].recipe),
        times=times,
        batch=options.batch if options.timed else 0,
        hardware=hardware,
        convolutions=checks,
        tradeoffs=weigh_tradeoffs(checks) if checks else (),
        left_out=runs.left_out,
    )


def draw_cards(networks: Iterable[UntrainedNetwork]) -> tuple[NetworkCard, ...]:
    """Return a card of each network."""
    return tuple(
        draw_card(
            build_untrained(one.recipe, one.shape),
            one.shape.image,
            classes=one.shape.classes,
            name=one.name,
            words=one.overrides,
            values=one.values,
        )
        for one in track(list(networks), "counting")
    )


def check_layers(networks: Iterable[UntrainedNetwork]) -> dict[str, tuple[ConvolutionCheck, ...]]:
    """Return, by network, its convolutions' closed forms beside their counts."""
    return {one.name: check_convolutions(build_untrained(one.recipe, one.shape), one.shape.image) for one in networks}


def weigh_tradeoffs(checks: Mapping[str, tuple[ConvolutionCheck, ...]]) -> tuple[Tradeoff, ...]:
    """Return the arithmetic of choices, at the channels and pixels where the first network does most of its work."""
    channels, size = typical_convolution(next(iter(checks.values()))) or (64, 32)
    with torch.device("meta"):
        naive, reduced = (
            next(inception_v1(form="imagenet", reduction=reduction).units()) for reduction in (False, True)
        )
    return (*weigh_choices(channels, size), weigh_inception(naive, reduced))


def measure_times(networks: tuple[UntrainedNetwork, ...], options: Options) -> tuple[tuple[PassTimes, ...], str]:
    """Return the times of passes, and the hardware they hold for."""
    largest = max(one.shape.size for one in networks)
    hardware = choose_hardware(networks[0].recipe.config["trainer"], image_size=largest)
    before = torch.get_num_threads()
    torch.set_num_threads(hardware.threads)
    try:
        passes = {one.name: make_pass(one, hardware, options.batch) for one in networks}
        times = time_passes(
            passes,
            rounds=options.rounds,
            autocast=hardware.autocast,
            track=lambda rounds: track(rounds, "timing passes"),
        )
    finally:
        torch.set_num_threads(before)
    processor = hardware.gpu or capture_environment().cpu
    return times, hardware_line(processor, threads=hardware.threads, precision=hardware.precision)


def make_pass(one: UntrainedNetwork, hardware: Hardware, batch: int) -> Pass:
    """Return a network with weights and a batch of noise on the device that computes."""
    torch.manual_seed(0)
    layout = torch.channels_last if hardware.channels_last else torch.contiguous_format
    net = build_untrained(one.recipe, one.shape, weights=True).to(hardware.device)
    net = net.to(memory_format=layout)  # type: ignore[call-overload]
    images = torch.randn(batch, *one.shape.image).to(hardware.device, memory_format=layout)
    labels = torch.randint(one.shape.classes, (batch,)).to(hardware.device)
    return Pass(net, images, labels)
