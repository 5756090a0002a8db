"""What is a network made of, and what does each part cost? A card, two side by side, a family; nothing is trained."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, final

from depthlab.command_line import run_command, whole_number
from depthlab.questions.arguments import ask

if TYPE_CHECKING:
    from depthlab.questions.anatomy.measure.pass_times import Pass
    from depthlab.questions.anatomy.networks import Networks, Untrained
    from depthlab.questions.anatomy.record import AnatomyRecord, ConvolutionCheck, NetworkCard, PassTimes, Tradeoff
    from depthlab.recipe import Recipe
    from depthlab.runs import ImageShape
    from depthlab.training import Hardware

EXAMPLES = (
    "model=plain,resnet depth=56",
    "depth=20,32,44,56,110 width=1,2,4",
    "model=inception_v1 model.form=imagenet depth=22 image=224 classes=1000",
    "model=resnet,wide_resnet data=digits time=false",
)
OWN_KEYS = {
    "image": "side of the images, in pixels [that of data's]",
    "channels": "channels of the images [those of data's]",
    "classes": "number of classes [that of data's]",
    "time": "true or false: whether passes are timed on this machine [true]",
    "batch": "images in the batch of the times, 2 or more [16]",
    "rounds": "rounds of the times, in each of which every network has its turn [5]",
}
WORDS_HELP = """\
Any words that choose networks can be typed: model=, depth=, width=, model.KEY=, one value or several. data= tells what
images they are for; they need not be there. trainer.threads=, trainer.precision= and trainer.device= say how passes are
timed. With sweep.impossible=skip, combinations that a family can't have are named and left out.
"""
# own keys that are whole numbers: what is least, and an example
NUMBERS = {"image": (1, 32), "channels": (1, 3), "classes": (2, 10), "batch": (2, 16), "rounds": (1, 5)}
PAGE = "anatomy"
CARDS = 2  # so many networks are shown layer by layer, side by side
# what says how a network is trained, or how runs are carried out and kept
IDLE_GROUPS = ("optimizer", "schedule", "tracking", "fresh", "ray", "hydra")
ALLOWED = ("sweep", "sweep.impossible", "sweep.dry_run", "hydra.searchpath", "depth", "width", "dropout", "drop_path")


def anatomy() -> None:
    """Read the command line, count, time, draw, write."""
    asked = ask(sys.argv[1:], sweep=PAGE, about=__doc__ or "", own=OWN_KEYS, examples=EXAMPLES, words_help=WORDS_HELP)
    check_words(asked.words)
    options = read_options(asked.own)

    from depthlab.questions.anatomy.networks import span_networks
    from depthlab.sweeps import settings_of

    settings = settings_of(asked.words)
    networks = span_networks(asked.words, settings, options.shape_of)
    cards = count(networks.found)
    if settings.dry_run:
        print(*table(cards, (), networks.left_out), sep="\n")
        return
    record = examine(networks, cards, options)
    write(record, asked.output)


@final
@dataclass(frozen=True)
class Options:
    """The pipeline's own keys."""

    timed: bool
    image: int | None = None
    channels: int | None = None
    classes: int | None = None
    batch: int = 16
    rounds: int = 5

    def shape_of(self, recipe: "Recipe") -> "ImageShape":
        """Return what was typed of the images, and of the rest what the recipe's are."""
        from depthlab.runs import ImageShape, expected_shape

        if self.image is not None and self.channels is not None and self.classes is not None:
            return ImageShape(self.channels, self.image, self.classes)
        known = expected_shape(recipe)
        return ImageShape(self.channels or known.channels, self.image or known.size, self.classes or known.classes)

    def told(self, recipe: "Recipe") -> str:
        """Return the data set whose images' shape it is, "" if some of it was typed."""
        typed = (self.image, self.channels, self.classes)
        return recipe.choices["data"] if typed == (None, None, None) else ""


def read_options(own: Mapping[str, str]) -> Options:
    """Return the own keys' values. Raises `ValueError`."""
    timed = own.get("time", "true").lower()
    if timed not in ("true", "false"):
        raise ValueError(f"time={own['time']}: passes are timed or not; type time=true or time=false")
    for key in ("batch", "rounds"):
        if timed == "false" and key in own:
            raise ValueError(f"{key}={own[key]} does nothing with time=false: leave one of them out")
    numbers = {
        key: whole_number(key, own[key], least=least, example=example)
        for key, (least, example) in NUMBERS.items()
        if key in own
    }
    return Options(timed=timed == "true", **numbers)


def check_words(words: Sequence[str]) -> None:
    """Refuse words that say how networks are trained. Raises `ValueError`."""
    from depthlab.recipe import AXES

    for word in words:
        key = word.partition("=")[0].lstrip("+~")
        idle = key in AXES or key.partition(".")[0] in (*IDLE_GROUPS, "sweep")
        if idle and key not in ALLOWED:
            typed = "; type batch=, which is that of the times" if key == "batch_size" else ""
            raise ValueError(f"{word} does nothing here, where nothing is trained: leave it out{typed}")


def count(networks: "Sequence[Untrained]") -> "list[NetworkCard]":
    """Return a card of each network."""
    from depthlab.questions.anatomy.measure.card import Named, draw_card
    from depthlab.runs import build_untrained
    from depthlab.training import track

    cards = []
    for one in track(networks, "counting"):
        net = build_untrained(one.recipe, one.shape)
        named = Named(one.name, one.words, one.values)
        cards.append(draw_card(net, one.shape.image, classes=one.shape.classes, named=named))
    return cards


def examine(networks: "Networks", cards: "Sequence[NetworkCard]", options: Options) -> "AnatomyRecord":
    """Return all that the page tells."""
    from depthlab.questions.anatomy.record import AnatomyRecord
    from depthlab.questions.anatomy.verdict import measure_growth, tell_anatomy
    from depthlab.questions.references import LIBRARIES
    from depthlab.tracking import capture_environment, redact

    times, hardware = time_them(networks.found, options) if options.timed else ((), "")
    growth = measure_growth(cards, times)
    environment = capture_environment()
    versions = {name: environment.versions[name] for name in LIBRARIES if name in environment.versions}
    checks = check_layers(networks.found) if len(cards) <= CARDS else {}
    return AnatomyRecord(
        command=("python", *map(redact, sys.argv)),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        commit=environment.commit and environment.commit + (" with uncommitted changes" if environment.diff else ""),
        versions={"python": environment.python} | versions,
        cards=tuple(cards),
        axes=networks.axes,
        data=options.told(networks.found[0].recipe),
        times=times,
        batch=options.batch if options.timed else 0,
        hardware=hardware,
        convolutions=checks,
        tradeoffs=weigh(checks) if checks else (),
        growth=growth,
        left_out=tuple(networks.left_out),
        verdict=tell_anatomy(cards, times, growth, options.batch),
    )


def check_layers(networks: "Sequence[Untrained]") -> "dict[str, tuple[ConvolutionCheck, ...]]":
    """Return, by network, its convolutions' closed forms beside their counts."""
    from depthlab.questions.anatomy.measure.convolution_checks import check_convolutions
    from depthlab.runs import build_untrained

    return {one.name: check_convolutions(build_untrained(one.recipe, one.shape), one.shape.image) for one in networks}


def weigh(checks: "Mapping[str, tuple[ConvolutionCheck, ...]]") -> "tuple[Tradeoff, ...]":
    """Return the arithmetic of choices, at the channels and pixels where the first network does most of its work."""
    import torch

    from depthlab.models import inception_v1
    from depthlab.questions.anatomy.measure.convolution_checks import typical_convolution
    from depthlab.questions.anatomy.measure.tradeoffs import weigh_choices, weigh_inception

    channels, size = typical_convolution(next(iter(checks.values()))) or (64, 32)
    with torch.device("meta"):
        naive, reduced = (
            next(inception_v1(form="imagenet", reduction=reduction).units()) for reduction in (False, True)
        )
    return (*weigh_choices(channels, size), weigh_inception(naive, reduced))


def time_them(networks: "Sequence[Untrained]", options: Options) -> "tuple[tuple[PassTimes, ...], str]":
    """Return the times of passes, and the hardware they hold for."""
    import torch

    from depthlab.questions.anatomy.measure.pass_times import time_passes
    from depthlab.runs.evaluate import hardware_line
    from depthlab.tracking import capture_environment
    from depthlab.training import choose_hardware, track

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


def make_pass(one: "Untrained", hardware: "Hardware", batch: int) -> "Pass":
    """Return a network with weights and a batch of noise on the device that computes."""
    import torch

    from depthlab.questions.anatomy.measure.pass_times import Pass
    from depthlab.runs import build_untrained

    torch.manual_seed(0)
    layout = torch.channels_last if hardware.channels_last else torch.contiguous_format
    net = build_untrained(one.recipe, one.shape, weights=True).to(hardware.device, memory_format=layout)
    images = torch.randn(batch, *one.shape.image).to(hardware.device, memory_format=layout)
    labels = torch.randint(one.shape.classes, (batch,)).to(hardware.device)
    return Pass(net, images, labels)


def write(record: "AnatomyRecord", output: Path) -> None:
    """Write the page and `record.json`, and tell the verdict."""
    from depthlab.questions.anatomy.page import anatomy_page
    from depthlab.report import write_page
    from depthlab.tracking import write_atomically

    write_page(anatomy_page(record), output)
    write_atomically(output / "record.json", record.to_json())
    print(*table(record.cards, record.times, record.left_out), sep="\n")
    print("", *record.verdict, f"page: {output / 'index.html'}", sep="\n", flush=True)


def table(cards: "Sequence[NetworkCard]", times: "Sequence[PassTimes]", left_out: Sequence[str]) -> list[str]:
    """Return the costs as lines of text."""
    from depthlab.questions.anatomy.verdict import bytes_text, costs_of, seconds_text

    timed = {one.network: one for one in times}
    rows = [("network", "parameters", "multiply-adds", "kept an image", "peak", "forward", "training")]
    for card in cards:
        costs = costs_of(card, timed.get(card.name))
        seconds = [seconds_text(costs[name]) if name in costs else "-" for name in ("forward", "training")]
        sizes = [bytes_text(size) if size is not None else "-" for size in (card.kept, card.peak)]
        rows.append((card.name, f"{card.parameters:,}", f"{card.multiply_adds:,}", sizes[0], sizes[1], *seconds))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            [row[0].ljust(widths[0]), *(text.rjust(width) for text, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    ]
    return [*lines, *(f"left out: {reason}" for reason in left_out)]


if __name__ == "__main__":
    run_command(anatomy)
