"""A piece of a page: what has a height, stays whole and knows how to draw itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

from reportlab.pdfgen.canvas import Canvas

from exam_centre.kernel.errors import BadInput
from exam_centre.kernel.sentences import say

# Draws with the left edge and the top in points from the sheet's lower left corner.
Drawing: TypeAlias = Callable[[Canvas, float, float], None]


class Start(Enum):
    """Where what follows a piece begins."""

    PAGE = auto()
    FOLD = auto()
    BOTTOM = auto()


class TooLargeForAPage(BadInput):
    """Something that must stay whole is taller than a page."""

    code = "too_large_for_a_page"

    def __init__(self, title: str) -> None:
        super().__init__(
            say(
                "Part of “{title}” does not fit on a page. Nothing was printed. "
                "Shorten its longest text.",
                title=title,
            )
        )


@dataclass(frozen=True)
class Piece:
    """Something to place on a page.

    height  points; before: points above it, dropped at the top of a page.
    stays   on the same page as the next piece.
    head    drawn again above it where it begins a page: a table's heads.
    start   set on a piece that draws nothing but moves the place.
    """

    height: float
    draw: Drawing
    before: float = 0.0
    stays: bool = False
    head: "Piece | None" = None
    start: Start | None = None


def blank(height: float) -> Piece:
    """Return empty height."""
    return Piece(height, _nothing)


def jump(start: Start) -> Piece:
    """Return a piece that moves the place."""
    return Piece(0.0, _nothing, start=start)


def stack_height(pieces: Sequence[Piece]) -> float:
    """Return the points a stack of pieces takes; the first one's space above is dropped."""
    return sum(each.height + (each.before if number else 0.0) for number, each in enumerate(pieces))


def draw_stack(pieces: Sequence[Piece], canvas: Canvas, left: float, top: float) -> None:
    """Draw pieces one under the other; jumps mean nothing inside a stack."""
    for number, each in enumerate(pieces):
        top -= each.before if number else 0.0
        each.draw(canvas, left, top)
        top -= each.height


def _nothing(_canvas: Canvas, _left: float, _top: float) -> None:
    """Draw nothing."""
