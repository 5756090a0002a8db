"""The card of a network: what it is made of and what each part costs, without training it."""

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import torch
from torch import nn

from depthlab.nn import Network, ReceptiveField, on_meta_device, trace_receptive_fields
from depthlab.questions.anatomy.measure.layer_costs import LayerWork, SavedTensors, Shape, count_work, measure_saved
from depthlab.questions.anatomy.measure.layer_words import describe_layer
from depthlab.questions.anatomy.measure.peak_memory import measure_peak
from depthlab.questions.anatomy.measure.pieces import NetworkBlock, blocks_of
from depthlab.questions.anatomy.record import BlockCard, LayerCard, NetworkCard

META = torch.device("meta")
NO_UNITS = (
    "the network is not built of units: what its features see and how its paths run can't be told, "
    "so its layers are listed in the order in which they run"
)


def draw_card(
    net: nn.Module,
    image: Shape,
    *,
    classes: int,
    name: str,
    words: tuple[str, ...] = (),
    values: Mapping[str, Any] = MappingProxyType({}),
) -> NetworkCard:
    """Return the card of a network for images of shape (C, H, W); nothing is computed, and `net` stays as it is.

    All is counted on a copy on the meta device. A network that can't run there, as one whose forward pass asks for the
    value of a tensor, is copied and run for real. Memory is that of float32.

    Args:
        net: The network.
        image: Of one image.
        classes: How many there are.
        name: What the network is called.
        words: The overrides that choose it.
        values: Its values on the axes that vary.
    """
    copied, device, work = run_through(net, image)
    notes = [] if isinstance(net, Network) else [NO_UNITS]
    reaches = trace_receptive_fields(net) if isinstance(net, Network) else {}
    peak = measure_peak(copied, image, device)
    kept = _kept(copied, image, device, notes)
    layers = tuple(_layers(net, work, reaches, kept))
    blocks = tuple(_block_card(block, layers, work, reaches) for block in blocks_of(net))
    last = [block.field for block in blocks if block.where.startswith("stage")]
    return NetworkCard(
        name=name,
        words=words,
        values=dict(values),
        image=image,
        classes=classes,
        blocks=blocks,
        layers=layers,
        parameters=sum(layer.parameters for layer in layers),
        multiply_adds=sum(layer.multiply_adds for layer in layers),
        kept=None if kept is None else kept.total,
        kept_once=None if kept is None else kept.once,
        peak=peak,
        field=last[-1] if last else None,
        notes=tuple(notes),
    )


def run_through(net: nn.Module, image: Shape) -> tuple[nn.Module, torch.device, dict[str, LayerWork]]:
    """Return a copy that runs, the device where it does, and what each module did."""
    copied = on_meta_device(net)
    try:
        return copied, META, count_work(copied, image, META)
    except (NotImplementedError, RuntimeError):
        copied, device = copy.deepcopy(net), next(net.parameters()).device
        return copied, device, count_work(copied, image, device)


def _kept(net: nn.Module, image: Shape, device: torch.device, notes: list[str]) -> SavedTensors | None:
    try:
        with torch.random.fork_rng(devices=[]):
            return measure_saved(net, image, device)
    except Exception as error:  # a person's own network can raise anything
        if isinstance(net, Network):
            raise
        notes.append(f"what it keeps for the backward pass could not be measured: {' '.join(str(error).split())}")
        return None


def _layers(
    net: nn.Module, work: dict[str, LayerWork], reaches: dict[str, ReceptiveField], kept: SavedTensors | None
) -> Iterator[LayerCard]:
    """Yield a card for each module that has something of its own: it runs as a whole, or has weights, or computes."""
    modules = dict(net.named_modules())
    counted: set[int] = set()
    for name in (*work, *(name for name in modules if name not in work)):
        module = modules[name]
        own = [p for p in module.parameters(recurse=False) if p.requires_grad and id(p) not in counted]
        counted |= {id(parameter) for parameter in own}
        found, held = work.get(name), kept.per_image.get(name, 0) if kept is not None else 0
        is_layer = found is not None and not any(True for _ in module.children())
        if not (is_layer or own or held or (found is not None and found.multiply_adds)):
            continue
        if isinstance(module, nn.Identity) and not held:
            continue
        kind, label = describe_layer(module)
        reach = reaches.get(name)
        yield LayerCard(
            name=name or type(module).__name__,
            where=_where(net, name),
            kind=kind,
            label=label,
            output=None if found is None else found.output,
            field=None if reach is None else reach.size,
            sees_all=reach is not None and reach.size is None,
            step=None if reach is None else reach.stride,
            parameters=sum(parameter.numel() for parameter in own),
            multiply_adds=0 if found is None else found.multiply_adds,
            kept=None if kept is None else held,
        )


def _where(net: nn.Module, name: str) -> str:
    if not isinstance(net, Network):
        return ""
    first, _, rest = name.partition(".")
    return f"stage {int(rest.partition('.')[0]) + 1}" if first == "stages" and rest else first


def _block_card(
    block: NetworkBlock, layers: Sequence[LayerCard], work: dict[str, LayerWork], reaches: dict[str, ReceptiveField]
) -> BlockCard:
    inside = [
        one for one in layers if one.name == block.name or one.name.startswith(f"{block.name}.") or not block.name
    ]
    found, reach = work.get(block.name), reaches.get(block.name)
    return BlockCard(
        name=block.name,
        where=block.where,
        piece=block.piece,
        output=None if found is None else found.output,
        field=None if reach is None else reach.size,
        sees_all=reach is not None and reach.size is None,
        parameters=sum(one.parameters for one in inside),
        multiply_adds=sum(one.multiply_adds for one in inside),
        kept=_total(one.kept for one in inside),
    )


def _total(numbers: Iterable[int | None]) -> int | None:
    found = list(numbers)
    known = [number for number in found if number is not None]
    return sum(known) if len(known) == len(found) else None
