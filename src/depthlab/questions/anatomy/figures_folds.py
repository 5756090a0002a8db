"""Equal units that follow each other, taken together: 54 units are a handful of pictures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import final

from depthlab.questions.anatomy.record import BlockCard, Piece
from depthlab.report.counts import amount, size_text

SILENT = ("Flatten",)  # layers that a picture says nothing with


@final
@dataclass(frozen=True)
class Fold:
    """Blocks that look the same: made of the same layers, at the same place, with outputs of the same size."""

    blocks: tuple[BlockCard, ...]

    @property
    def where(self) -> str:
        """Return the stage that they are in."""
        return self.blocks[0].where

    @property
    def piece(self) -> Piece:
        """Return what each is made of."""
        return self.blocks[0].piece

    @property
    def count(self) -> int:
        """Return how many they are."""
        return len(self.blocks)

    @property
    def lines(self) -> tuple[str, ...]:
        """Return what is written beside them: what they put out and see, and what they cost."""
        found = (*self._put_out(), self._cost("parameters"), self._cost("multiply_adds"))
        return tuple(line for line in found if line)

    def _put_out(self) -> tuple[str, ...]:
        """Return the shape of the output and what its features see; two lines where channels grow."""
        first, last = self.blocks[0].output, self.blocks[-1].output
        field = self.blocks[-1].field
        seen = "" if field is None else f"sees {field[0]}×{field[1]}"
        if last is None:
            return (seen,)
        if len(last) == 1:
            return (f"{last[0]} {'scores' if self.where == 'head' else 'features'}", seen)
        if first is not None and first != last:
            return (f"{first[0]} to {last[0]} channels of {size_text(last[1:])}", seen)
        return (f"{size_text(last)}{f' · {seen}' if seen else ''}",)

    def _cost(self, name: str) -> str:
        values = [getattr(block, name) for block in self.blocks]
        word = name.replace("_", "-")
        if not any(values):
            return ""
        if len(set(values)) == 1:
            return f"{amount(values[0])} {word}{' each' if self.count > 1 else ''}"
        return f"{amount(sum(values))} {word} in all"


def fold(blocks: Sequence[BlockCard]) -> list[Fold]:
    """Return the blocks in order, equal neighbors together."""
    found: list[Fold] = []
    for block in blocks:
        if found and _alike(found[-1].blocks[-1], block):
            found[-1] = Fold((*found[-1].blocks, block))
        else:
            found.append(Fold((block,)))
    return found


def _alike(one: BlockCard, other: BlockCard) -> bool:
    sizes = [None if block.output is None else block.output[1:] for block in (one, other)]
    return one.where == other.where and one.piece == other.piece and sizes[0] == sizes[1]


def visible(pieces: Iterable[Piece]) -> list[Piece]:
    """Return the pieces that are drawn."""
    return [piece for piece in pieces if piece.label not in SILENT or piece.kind != "other"]
