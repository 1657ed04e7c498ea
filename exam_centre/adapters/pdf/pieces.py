"""Blocks to pieces of a page."""

from collections.abc import Sequence
from dataclasses import replace
from functools import singledispatchmethod

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from exam_centre.adapters.pdf.blocks import (
    Align,
    Block,
    Boxed,
    Bullets,
    Columns,
    Facts,
    Fold,
    Grid,
    Heading,
    PageBreak,
    Photo,
    Plate,
    QrBlock,
    Rule,
    Seal,
    Signatures,
    Size,
    Spacer,
    Table,
    Text,
    ToBottom,
)
from exam_centre.adapters.pdf.lines import Line, Style, TextBox, Typesetter
from exam_centre.adapters.pdf.marks import (
    HAIRLINE,
    HEAVY,
    LINE,
    SOFT,
    TICK,
    draw_seal,
    draw_tick,
    frame,
    photo_figure,
    qr_figure,
    rule,
)
from exam_centre.adapters.pdf.piece import (
    Drawing,
    Piece,
    Start,
    blank,
    draw_stack,
    jump,
    stack_height,
)
from exam_centre.adapters.pdf.tables import grid_pieces, table_pieces

TEXT_SIZES = {Size.SMALL: 9.0, Size.BODY: 12.0, Size.LARGE: 15.0, Size.DISPLAY: 22.0}  # points
HEADINGS = {1: (21.0, 12.0), 2: (15.0, 12.0), 3: (12.0, 8.0)}  # level: points, points above
LABEL = Style(10.5, leading=1.6, ink=SOFT)
VALUE = Style(12.0, leading=1.4)
SMALLEST_VALUE = 9.0
SMALLEST_PLATE = 20.0
GUTTER = 6 * mm
PADDING = 8.0
SIGNING_HEIGHT = 14 * mm
MARKER = 18.0  # points a list's items stand in


class Composer:
    """Turns the blocks of one document into pieces."""

    def __init__(self, setter: Typesetter, scale: float = 1.0) -> None:
        """`scale` enlarges what is read as sentences: headings, paragraphs, lists and facts."""
        self._setter = setter
        self._scale = scale

    def compose(self, blocks: Sequence[Block], width: float) -> list[Piece]:
        """Return the pieces of all blocks for a column of `width` points."""
        return [piece for block in blocks for piece in self._pieces(block, width)]

    @singledispatchmethod
    def _pieces(self, block: Block, _width: float) -> list[Piece]:
        raise TypeError(f"{type(block).__name__} is no block")

    @_pieces.register
    def _(self, block: Heading, width: float) -> list[Piece]:
        points, above = (each * self._scale for each in HEADINGS[block.level])
        style = Style(points, leading=1.3, bold=True, align=block.align)
        box = self._setter.fit(block.text, style, width, floor=points * 0.75)
        lines = [replace(each, stays=True) for each in _flow(box, before=above)]
        return [*lines, replace(blank(points * 0.2), stays=True)]

    @_pieces.register
    def _(self, block: Text, width: float) -> list[Piece]:
        points = TEXT_SIZES[block.size] * self._scale
        leading = 1.6 if self._setter.language == "zh" else 1.45
        spread = block.align is Align.LEFT and self._setter.language == "zh"
        style = Style(points, leading, block.bold, block.align, spread)
        return _flow(self._setter.wrap(block.text, style, width), before=points * 0.35)

    @_pieces.register
    def _(self, block: Bullets, width: float) -> list[Piece]:
        style = Style(TEXT_SIZES[Size.BODY] * self._scale, leading=1.5)
        return [
            self._item(item, f"{number}." if block.numbered else "", block.boxes, style, width)
            for number, item in enumerate(block.items, 1)
        ]

    @_pieces.register
    def _(self, block: Facts, width: float) -> list[Piece]:
        columns = max(1, block.columns)
        share = (width - GUTTER * (columns - 1)) / columns
        pieces = []
        for first in range(0, len(block.pairs), columns):
            row = [
                self._fact(label, value, share, block.label_mm * self._scale * mm)
                for label, value in block.pairs[first : first + columns]
            ]
            before = 0.0 if first else 4.0
            pieces.append(_side_by_side(row, [share] * len(row), GUTTER, before))
        return pieces

    @_pieces.register
    def _(self, block: Photo, width: float) -> list[Piece]:
        figure = photo_figure(block, self._setter, width)
        return [Piece(figure.height, figure.draw, before=4.0)]

    @_pieces.register
    def _(self, block: QrBlock, width: float) -> list[Piece]:
        figure = qr_figure(block, self._setter, width)
        return [Piece(figure.height, figure.draw, before=4.0)]

    @_pieces.register
    def _(self, block: Table, width: float) -> list[Piece]:
        return table_pieces(block, self._setter, width)

    @_pieces.register
    def _(self, block: Grid, width: float) -> list[Piece]:
        return grid_pieces(block, self._setter, width)

    @_pieces.register
    def _(self, block: Plate, width: float) -> list[Piece]:
        padding = PADDING if block.framed else 0.0
        label = self._setter.fit(block.label, LABEL, width - 2 * padding, floor=7.5)
        style = Style(block.points, leading=1.12, bold=True)
        floor = min(SMALLEST_PLATE, block.points)
        sign = self._setter.fit(block.text, style, width - 2 * padding, floor)
        above = label.height if block.label else 0.0
        height = above + sign.height + 2 * padding

        def draw(canvas: Canvas, left: float, top: float) -> None:
            if block.framed:
                frame(canvas, left, top, width, height, HEAVY)
            if block.label:
                label.draw(canvas, left + padding, top - padding)
            sign.draw(canvas, left + padding, top - padding - above)

        return [Piece(height, draw, before=3.0)]

    @_pieces.register
    def _(self, block: Rule, width: float) -> list[Piece]:
        weight = HEAVY if block.heavy else HAIRLINE
        return [Piece(7.0, lambda canvas, left, top: rule(canvas, left, top - 5, width, weight))]

    @_pieces.register
    def _(self, block: Spacer, _width: float) -> list[Piece]:
        return [blank(block.height_mm * mm)]

    @_pieces.register
    def _(self, _block: PageBreak, _width: float) -> list[Piece]:
        return [jump(Start.PAGE)]

    @_pieces.register
    def _(self, _block: ToBottom, _width: float) -> list[Piece]:
        return [jump(Start.BOTTOM)]

    @_pieces.register
    def _(self, _block: Fold, _width: float) -> list[Piece]:
        return [jump(Start.FOLD)]

    @_pieces.register
    def _(self, block: Signatures, width: float) -> list[Piece]:
        columns = max(1, min(block.per_row, len(block.labels)))
        share = (width - GUTTER * (columns - 1)) / columns
        pieces = []
        for first in range(0, len(block.labels), columns):
            row = [
                self._signature(label, block.dated, share)
                for label in block.labels[first : first + columns]
            ]
            pieces.append(_side_by_side(row, [share] * len(row), GUTTER, 0.0))
        return pieces

    @_pieces.register
    def _(self, block: Seal, width: float) -> list[Piece]:
        side = min(block.side_mm * mm, width)
        slack = width - side
        shift = {Align.LEFT: 0.0, Align.CENTRE: slack / 2, Align.RIGHT: slack}[block.align]
        style = Style(9.0, leading=1.4, align=block.align)
        below = self._setter.fit(block.below, style, width, floor=7.0)

        def draw(canvas: Canvas, left: float, top: float) -> None:
            draw_seal(canvas, self._setter, block, left + shift, top, side)
            if block.below:
                below.draw(canvas, left, top - side - 3)

        return [Piece(side + (below.height + 3 if block.below else 0.0), draw, before=6.0)]

    @_pieces.register
    def _(self, block: Boxed, width: float) -> list[Piece]:
        inside = self.compose(block.blocks, width - 2 * PADDING)
        height = stack_height(inside) + 1.6 * PADDING

        def draw(canvas: Canvas, left: float, top: float) -> None:
            frame(canvas, left, top, width, height, LINE)
            draw_stack(inside, canvas, left + PADDING, top - 0.7 * PADDING)

        return [Piece(height, draw, before=7.0)]

    @_pieces.register
    def _(self, block: Columns, width: float) -> list[Piece]:
        weights = block.weights or (1.0,) * len(block.parts)
        room = width - GUTTER * (len(block.parts) - 1)
        widths = [room * weight / sum(weights) for weight in weights]
        stacks = [
            _stacked(self.compose(part, share))
            for part, share in zip(block.parts, widths, strict=True)
        ]
        return [_side_by_side(stacks, widths, GUTTER, 4.0)] if stacks else []

    def _item(self, text: str, number: str, box: bool, style: Style, width: float) -> Piece:
        body = self._setter.wrap(text, style, width - MARKER)
        marker = self._setter.wrap(number, style, MARKER)

        def draw(canvas: Canvas, left: float, top: float) -> None:
            middle = top - style.baseline + style.size * 0.36
            if box:
                draw_tick(canvas, left, middle + TICK / 2)
            elif number:
                marker.draw(canvas, left, top)
            else:
                canvas.setFillGray(0)
                canvas.circle(left + 5, middle, 1.7, stroke=0, fill=1)
            body.draw(canvas, left + MARKER, top)

        return Piece(body.height, draw, before=1.5)

    def _fact(self, label: str, value: str, width: float, label_width: float) -> Piece:
        label_style = replace(LABEL, size=LABEL.size * self._scale)
        value_style = replace(VALUE, size=VALUE.size * self._scale)
        named = self._setter.fit(label, label_style, label_width - 4, floor=8.0)
        said = self._setter.fit(value, value_style, width - label_width, SMALLEST_VALUE)
        # Label and value share a baseline whatever their sizes.
        lead = max(named.style.baseline, said.style.baseline)
        drops = [lead - named.style.baseline, lead - said.style.baseline]
        height = max(named.height + drops[0], said.height + drops[1])

        def draw(canvas: Canvas, left: float, top: float) -> None:
            named.draw(canvas, left, top - drops[0])
            said.draw(canvas, left + label_width, top - drops[1])

        return Piece(height, draw)

    def _signature(self, label: str, dated: str, width: float) -> Piece:
        style = Style(10.5, leading=1.3)
        date_room = width * 0.34 if dated else 0.0
        named = self._setter.fit(label, style, (width - date_room) * 0.6, floor=7.5)
        date = self._setter.fit(dated, style, date_room * 0.5 or 1.0, floor=7.5)
        height = max(SIGNING_HEIGHT, named.height)

        def draw(canvas: Canvas, left: float, top: float) -> None:
            bottom = top - height + 3
            named.draw(canvas, left, bottom + named.height)
            begin = left + max((line.width for line in named.lines), default=0.0) + 4
            rule(canvas, begin, bottom, left + width - date_room - begin, LINE)
            if dated:
                date_left = left + width - date_room + 6
                date.draw(canvas, date_left, bottom + date.height)
                begin = date_left + max(line.width for line in date.lines) + 4
                rule(canvas, begin, bottom, left + width - begin, LINE)

        return Piece(height, draw)


def _flow(box: TextBox, before: float) -> list[Piece]:
    """Return a piece a line, so that a paragraph may cross a page but leaves no line alone."""
    last = len(box.lines) - 1
    pieces = []
    for number, line in enumerate(box.lines):
        stays = (number in (0, last - 1)) and last > 0
        above = 0.0 if number else before
        pieces.append(Piece(box.line_height, _line_of(box, line), before=above, stays=stays))
    return pieces


def _line_of(box: TextBox, line: Line) -> Drawing:
    return lambda canvas, left, top: box.draw_line(canvas, line, left, top)


def _stacked(pieces: Sequence[Piece]) -> Piece:
    return Piece(
        stack_height(pieces), lambda canvas, left, top: draw_stack(pieces, canvas, left, top)
    )


def _side_by_side(
    pieces: Sequence[Piece], widths: Sequence[float], gutter: float, before: float
) -> Piece:
    def draw(canvas: Canvas, left: float, top: float) -> None:
        for piece, width in zip(pieces, widths, strict=True):
            piece.draw(canvas, left, top)
            left += width + gutter

    return Piece(max(each.height for each in pieces), draw, before=before)
