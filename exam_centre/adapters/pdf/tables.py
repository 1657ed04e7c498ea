"""Tables whose heads repeat and whose rows stay whole, and grids of desks and labels."""

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from exam_centre.adapters.pdf.blocks import (
    Align,
    Cell,
    Column,
    Grid,
    GridCell,
    Photo,
    QrBlock,
    Size,
    Table,
)
from exam_centre.adapters.pdf.lines import BLACK, Style, TextBox, Typesetter
from exam_centre.adapters.pdf.marks import (
    HAIRLINE,
    HEAVY,
    LINE,
    SOFT,
    TICK,
    draw_tick,
    frame,
    photo_figure,
    qr_figure,
    rule,
)
from exam_centre.adapters.pdf.piece import Drawing, Piece

CELL_SIZES = {Size.SMALL: 9.0, Size.BODY: 10.5, Size.LARGE: 12.0, Size.DISPLAY: 15.0}  # points
SMALLEST_CELL = 7.5
SIDE_PADDING = 4.5
TOP_PADDING = 3.0
WHITE = (1.0, 1.0, 1.0)
FRONT_MM = 7.0
DOOR_SHARE = 0.16  # of the width of the bar that shows the room's front


@dataclass(frozen=True)
class _Set:
    """A cell ready to be drawn; `lead` is where its first baseline lies, None for pictures."""

    width: float
    height: float
    draw: Drawing
    lead: float | None = None


def table_pieces(table: Table, setter: Typesetter, width: float) -> list[Piece]:
    """Return the heads and one piece a row."""
    widths = _widths(table.columns, width)
    size = CELL_SIZES[table.size]
    is_form = table.row_mm > 0
    head = _head(table, setter, widths, size)
    rows = [
        _row(row, table, setter, widths, Style(size, leading=1.4), is_form) for row in table.rows
    ]
    pieces = [Piece(head.height, head.draw, before=7.0, stays=bool(rows))]
    for number, row in enumerate(rows):
        is_last = number == len(rows) - 1
        pieces.append(Piece(row.height, _ruled(row, width, is_last), head=head))
    return pieces


def grid_pieces(grid: Grid, setter: Typesetter, width: float) -> list[Piece]:
    """Return the front of the room and one piece a row of cells."""
    pieces: list[Piece] = []
    if grid.front or grid.door:
        pieces.append(_front(grid, setter, width))
    gap = grid.gap_mm * mm
    for row in grid.rows:
        cell_width = (width - gap * (len(row) - 1)) / max(len(row), 1)
        pieces.append(_grid_row(grid, row, setter, cell_width))
    return pieces


def _widths(columns: Sequence[Column], width: float) -> list[float]:
    """Share the width out: fixed ones first, the rest by weight; all shrink if it is too little."""
    fixed = sum(each.width_mm or 0.0 for each in columns) * mm
    weights = sum(each.weight for each in columns if each.width_mm is None)
    least = 8 * mm * sum(each.width_mm is None for each in columns)
    scale = min(1.0, (width - min(least, width / 2)) / fixed) if fixed else 1.0
    rest = width - fixed * scale
    return [
        each.width_mm * mm * scale if each.width_mm is not None else rest * each.weight / weights
        for each in columns
    ]


def _head(table: Table, setter: Typesetter, widths: list[float], size: float) -> Piece:
    boxes = [
        setter.wrap(
            column.head,
            Style(size - 1, leading=1.25, bold=True, align=column.align),
            width - 2 * SIDE_PADDING,
        )
        for column, width in zip(table.columns, widths, strict=True)
    ]
    height = max(box.height for box in boxes) + 2 * TOP_PADDING
    is_form = table.row_mm > 0

    def draw(canvas: Canvas, left: float, top: float) -> None:
        rule(canvas, left, top, sum(widths), HEAVY)
        rule(canvas, left, top - height, sum(widths), LINE)
        x = left
        for box, width in zip(boxes, widths, strict=True):
            box.draw(canvas, x + SIDE_PADDING, top - height + TOP_PADDING + box.height)
            x += width
        if is_form:
            _verticals(canvas, left, top, height, widths)

    return Piece(height, draw)


def _row(
    row: Sequence[Cell],
    table: Table,
    setter: Typesetter,
    widths: list[float],
    style: Style,
    is_form: bool,
) -> Piece:
    cells = [
        _cell(cell, column, setter, width - 2 * SIDE_PADDING, style)
        for cell, column, width in zip(row, table.columns, widths, strict=True)
    ]
    least = max(table.row_mm * mm, style.size * style.leading + 2 * TOP_PADDING)
    lead = max((each.lead or 0.0 for each in cells), default=0.0)
    # Texts of different sizes share a baseline, so a smaller one begins a little lower.
    drops = [0.0 if is_form or each.lead is None else lead - each.lead for each in cells]
    tallest = max(each.height + drop for each, drop in zip(cells, drops, strict=True))
    height = max(tallest + 2 * TOP_PADDING, least)

    def draw(canvas: Canvas, left: float, top: float) -> None:
        x = left
        for cell, drop, width in zip(cells, drops, widths, strict=True):
            is_picture = cell.lead is None
            is_middle = is_form or is_picture
            y = top - ((height - cell.height) / 2 if is_middle else TOP_PADDING + drop)
            aside = (width - cell.width) / 2 if is_picture else SIDE_PADDING
            cell.draw(canvas, x + aside, y)
            x += width
        if is_form:
            _verticals(canvas, left, top, height, widths)

    return Piece(height, draw)


def _ruled(row: Piece, width: float, is_last: bool) -> Drawing:
    def draw(canvas: Canvas, left: float, top: float) -> None:
        row.draw(canvas, left, top)
        rule(canvas, left, top - row.height, width, LINE if is_last else HAIRLINE)

    return draw


def _verticals(
    canvas: Canvas, left: float, top: float, height: float, widths: Sequence[float]
) -> None:
    canvas.setLineWidth(HAIRLINE)
    canvas.setStrokeGray(0)
    x = left
    for width in (0.0, *widths):
        x += width
        canvas.line(x, top, x, top - height)


def _cell(cell: Cell, column: Column, setter: Typesetter, width: float, style: Style) -> _Set:
    if isinstance(cell, str):
        style = Style(style.size, style.leading, bold=column.bold, align=column.align)
        floor = SMALLEST_CELL if column.shrink else style.size
        box = setter.fit(cell, style, width, floor)
        return _Set(box.width, box.height, box.draw, box.style.baseline)
    if isinstance(cell, Photo):
        return _photo_cell(cell, setter, width)
    if isinstance(cell, QrBlock):
        return _qr_cell(cell, setter, width)
    return _Set(TICK, TICK, draw_tick)


def _photo_cell(photo: Photo, setter: Typesetter, width: float) -> _Set:
    figure = photo_figure(photo, setter, width)
    return _Set(figure.width, figure.height, figure.draw)


def _qr_cell(block: QrBlock, setter: Typesetter, width: float) -> _Set:
    figure = qr_figure(block, setter, width)
    return _Set(figure.side, figure.height, figure.draw)


def _front(grid: Grid, setter: Typesetter, width: float) -> Piece:
    height = FRONT_MM * mm
    door_width = width * DOOR_SHARE if grid.door else 0.0
    is_right = grid.door_at is Align.RIGHT
    style = Style(10.5, leading=1.2, bold=True, align=Align.CENTRE)
    bar_width = width - door_width - (2 * mm if grid.door else 0.0)
    front = setter.fit(grid.front, style, bar_width, SMALLEST_CELL)
    door = setter.fit(grid.door, style, max(door_width, 1.0), SMALLEST_CELL) if grid.door else None

    def draw(canvas: Canvas, left: float, top: float) -> None:
        bar_left = left if is_right else left + width - bar_width
        frame(canvas, bar_left, top, bar_width, height, LINE)
        front.draw(canvas, bar_left, top - (height - front.height) / 2)
        if door is not None:
            door_left = left + width - door_width if is_right else left
            frame(canvas, door_left, top, door_width, height, HEAVY)
            door.draw(canvas, door_left, top - (height - door.height) / 2)

    return Piece(height, draw, before=6.0, stays=True)


def _grid_row(
    grid: Grid, row: Sequence[GridCell | None], setter: Typesetter, cell_width: float
) -> Piece:
    height, gap = grid.row_mm * mm, grid.gap_mm * mm
    columns = [_grid_cell(grid, cell, setter, cell_width) if cell else None for cell in row]
    tallest = max((sum(box.height for box in boxes) + 4 for boxes in columns if boxes), default=0)
    height = max(height, tallest)

    def draw(canvas: Canvas, left: float, top: float) -> None:
        for number, (cell, boxes) in enumerate(zip(row, columns, strict=True)):
            if cell is None or boxes is None:
                continue
            x = left + number * (cell_width + gap)
            if cell.dark:
                canvas.setFillGray(0)
                canvas.rect(x, top - height, cell_width, height, stroke=0, fill=1)
            frame(canvas, x, top, cell_width, height, LINE)
            y = top - (height - sum(box.height for box in boxes)) / 2
            for box in boxes:
                box.draw(canvas, x + SIDE_PADDING, y)
                y -= box.height

    return Piece(height, draw, before=gap)


def _grid_cell(grid: Grid, cell: GridCell, setter: Typesetter, cell_width: float) -> list[TextBox]:
    width = cell_width - 2 * SIDE_PADDING
    small = max(min(grid.main_points * 0.62, 10.5), 6.5)
    ink, soft = (WHITE, WHITE) if cell.dark else (BLACK, SOFT)
    lines = (
        (cell.above, Style(small, leading=1.25, align=Align.CENTRE, ink=soft)),
        (
            cell.main,
            Style(grid.main_points, leading=1.2, bold=True, align=Align.CENTRE, ink=ink),
        ),
        (cell.below, Style(small, leading=1.25, align=Align.CENTRE, ink=ink)),
    )
    return [setter.fit(text, style, width, floor=6.0) for text, style in lines if text]
