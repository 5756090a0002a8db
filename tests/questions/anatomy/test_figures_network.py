"""Pictures of networks: equal units are folded, nothing lies on anything else, arcs go around what they skip."""

from itertools import combinations

import pytest
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg

from depthlab.models import inception_v3, preresnet, resnet
from depthlab.nn import Network
from depthlab.questions.anatomy.figures_folds import fold
from depthlab.questions.anatomy.figures_layout import NetworkLayout, height_of, skips, widest, width_of
from depthlab.questions.anatomy.figures_network import draw_networks
from depthlab.questions.anatomy.measure.pieces import piece_of
from depthlab.questions.anatomy.record import BlockCard, Piece
from tests.questions.anatomy.records import card_of

LAYER = 1.0


def pieces() -> dict[str, Piece]:
    with torch.device("meta"):
        nets = (
            resnet(depth=8, shortcut="B"),
            preresnet(depth=8, shortcut="exclusive_gating"),
            preresnet(depth=8, shortcut="shortcut_gating"),
            inception_v3(depth=20),
        )
    assert all(isinstance(net, Network) for net in nets)
    found = {
        f"{number}.{place}": piece_of(unit) for number, net in enumerate(nets) for place, unit in enumerate(net.units())
    }
    return found | {"many": Piece("concat", "", tuple(Piece("series", name) for name in "abc"))}


PIECES = pieces()


@pytest.mark.parametrize("name", PIECES)
def test_nothing_lies_on_anything_else(name: str) -> None:
    piece = PIECES[name]
    layout = NetworkLayout(LAYER)
    end = layout.place(piece, 0.0, 0.0)
    assert end == pytest.approx(height_of(piece))
    half = width_of(piece, LAYER) / 2 + 1e-9
    for box in layout.boxes:
        assert -half <= box.x and box.x + box.width <= half and box.y >= 0 and box.y + box.height <= end + 1e-9
    for one, other in combinations(layout.boxes, 2):
        apart = one.x + one.width <= other.x or other.x + other.width <= one.x
        assert apart or one.y + one.height <= other.y + 1e-9 or other.y + other.height <= one.y + 1e-9
    for wire in layout.wires:
        assert all(abs(x) <= half and 0 <= y <= end + 1e-9 for x, y in wire.points)


@pytest.mark.parametrize("name", [name for name in PIECES if skips(PIECES[name])])
def test_an_arc_goes_around_what_it_skips(name: str) -> None:
    layout = NetworkLayout(LAYER)
    layout.place(PIECES[name], 0.0, 0.0)
    arcs = [wire for wire in layout.wires if wire.skip]
    assert arcs
    for wire in arcs:
        (start, top), (side, _), _, (end, bottom) = wire.points
        inside = [box for box in layout.boxes if top < box.y < bottom and abs(box.x + box.width / 2 - start) < side]
        assert start == end and all(box.x + box.width < side for box in inside)


def block(piece: Piece, output: tuple[int, ...], where: str = "stage 1", parameters: int = 5) -> BlockCard:
    return BlockCard("x", where, piece, output, (3, 3), False, parameters, 2_000_000, 1)


def test_equal_neighbors_are_folded() -> None:
    one, other = Piece("convolution", "3×3, 16"), Piece("convolution", "1×1, 16")
    blocks = [
        block(one, (16, 8, 8)),
        block(one, (16, 8, 8)),
        block(other, (16, 8, 8)),
        block(one, (16, 8, 8)),
        block(one, (16, 4, 4)),
        block(one, (16, 4, 4), "stage 2"),
    ]
    assert [each.count for each in fold(blocks)] == [2, 1, 1, 1, 1]
    assert fold(blocks)[0].lines == ("16×8×8 · sees 3×3", "5 parameters each", "2 M multiply-adds each")


def test_units_that_grow_are_folded_with_their_sum() -> None:
    dense = Piece(
        "concat",
        "",
        (Piece("series", "skip"), Piece("series", "branch", (Piece("convolution", "3×3, 12"),))),
    )
    [one] = fold([block(dense, (28, 8, 8), parameters=10), block(dense, (40, 8, 8), parameters=20)])
    assert one.lines == ("28 to 40 channels of 8×8", "sees 3×3", "30 parameters in all", "2 M multiply-adds each")


def test_depth_does_not_make_the_picture_longer() -> None:
    folds = fold(card_of("resnet-20").blocks)
    assert [each.count for each in folds] == [1, 3, 1, 2, 1, 2, 1]
    assert sum(each.count for each in folds) == len(card_of("resnet-20").blocks)


def test_paths_side_by_side_are_counted() -> None:
    assert widest(piece_of(resnet(depth=8).stages[0][0])) == 1  # type: ignore[index]
    assert max(widest(PIECES[name]) for name in PIECES if name.startswith("3.")) >= 4


@pytest.mark.parametrize("names", [("resnet-20",), ("plain-8", "inception_v1-8"), ("Own",)])
def test_all_text_is_inside_of_the_picture(names: tuple[str, ...]) -> None:
    figure = draw_networks([card_of(name) for name in names])
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    whole = figure.bbox
    texts = [text for text in figure.axes[0].texts if text.get_text()]
    assert {card_of(name).name for name in names} <= {text.get_text() for text in texts}
    for text in texts:
        box = text.get_window_extent(canvas.get_renderer())
        assert whole.x0 <= box.x0 and box.x1 <= whole.x1 and whole.y0 <= box.y0 and box.y1 <= whole.y1, text.get_text()
