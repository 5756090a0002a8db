"""The structure of a network as plain values: layers, series, and paths that are merged."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

from torch import nn

from depthlab.nn import Network, Parallel
from depthlab.questions.anatomy.measure.layer_words import describe_layer
from depthlab.questions.anatomy.record import Piece


@final
@dataclass(frozen=True)
class NetworkBlock:
    """A part of a network: its name in the state dict, where it stands, and its module, if it is one module."""

    name: str
    where: str  # stem, stage 1, head; "" in a network that is not a `Network`
    piece: Piece


def blocks_of(net: nn.Module) -> list[NetworkBlock]:
    """Return stem, units and head of a `Network`; of any other network its children in the order of their names.

    The children of a sequence are taken for blocks themselves, so that blocks are what a person would name.
    """
    if not isinstance(net, Network):
        return [NetworkBlock(name, "", piece_of(module)) for name, module in _children(net)]
    units = [
        NetworkBlock(f"stages.{stage}.{place}", f"stage {stage + 1}", piece_of(unit))
        for stage, members in enumerate(net.stages)
        for place, unit in enumerate(members.children())
    ]
    ends = NetworkBlock("stem", "stem", piece_of(net.stem)), NetworkBlock("head", "head", piece_of(net.head))
    return [block for block in (ends[0], *units, ends[1]) if block.piece.kind != "series" or block.piece.parts]


def piece_of(module: nn.Module) -> Piece:
    """Return what a module is made of; a series has no series inside, and no identities."""
    if isinstance(module, Parallel):
        paths = tuple(_path(name, path) for name, path in module.paths.items())
        merged = Piece(type(module).__name__.lower(), "", paths)
        return _series([piece_of(module.before), merged, piece_of(module.after)])
    if isinstance(module, nn.Sequential):
        return _series([piece_of(child) for child in module.children()])
    if isinstance(module, nn.Identity):
        return _series([])
    return Piece(*describe_layer(module))


def _path(name: str, module: nn.Module) -> Piece:
    piece = piece_of(module)
    members = piece.parts if piece.kind == "series" else (piece,)
    return Piece("series", name, members)


def _series(pieces: list[Piece]) -> Piece:
    members: list[Piece] = []
    for piece in pieces:
        members += piece.parts if piece.kind == "series" else [piece]
    return members[0] if len(members) == 1 else Piece("series", "", tuple(members))


def _children(net: nn.Module, prefix: str = "") -> Iterator[tuple[str, nn.Module]]:
    children = list(net.named_children())
    if not children and not prefix:
        yield "", net
    for name, child in children:
        if isinstance(child, nn.Sequential | nn.ModuleList) and any(True for _ in child.children()):
            yield from _children(child, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", child
