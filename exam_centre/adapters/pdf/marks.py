"""What is drawn rather than written: portraits, QR codes, the seal, boxes to tick, rules."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from exam_centre.adapters import qr
from exam_centre.adapters.pdf.blocks import Align, Photo, QrBlock, Seal
from exam_centre.adapters.pdf.lines import Style, TextBox, Typesetter
from exam_centre.kernel.errors import BadInput
from exam_centre.kernel.sentences import say

HAIRLINE = 0.35  # points
LINE = 0.7
HEAVY = 1.4
VERMILION = (0xB8 / 255, 0x30 / 255, 0x1F / 255)
SOFT = (0.32, 0.32, 0.32)  # labels and small print: still dark on a poor printer
TICK = 9.0  # points, the side of a box to tick
CAPTION = 9.5
JPEG_START = b"\xff\xd8\xff"


class DamagedPhoto(BadInput):
    """A photo on the document is no JPEG picture."""

    code = "damaged_photo"

    def __init__(self) -> None:
        super().__init__(
            say("A photo on this document can not be read. Upload it again, then print.")
        )


def read_photo(jpeg: bytes) -> Any:
    """Return the picture as the canvas takes it. Raises DamagedPhoto for anything but a JPEG."""
    if not jpeg.startswith(JPEG_START):
        raise DamagedPhoto
    try:
        picture = ImageReader(BytesIO(jpeg))
        picture.getSize()
    except (OSError, ValueError) as error:
        raise DamagedPhoto from error
    return picture


def rule(canvas: Canvas, left: float, y: float, width: float, weight: float = HAIRLINE) -> None:
    """Draw a horizontal line."""
    canvas.setLineWidth(weight)
    canvas.setStrokeGray(0)
    canvas.line(left, y, left + width, y)


def frame(
    canvas: Canvas, left: float, top: float, width: float, height: float, weight: float = LINE
) -> None:
    """Draw the outline of a rectangle."""
    canvas.setLineWidth(weight)
    canvas.setStrokeGray(0)
    canvas.rect(left, top - height, width, height)


def draw_tick(canvas: Canvas, left: float, top: float) -> None:
    """Draw an empty box to tick."""
    frame(canvas, left, top, TICK, TICK, LINE)


@dataclass(frozen=True)
class PhotoFigure:
    """A portrait in the middle of its place, whole and undistorted; or an empty frame."""

    picture: Any  # what the canvas draws; None where there is no photo
    width: float
    height: float
    note: TextBox  # what the empty frame says

    def draw(self, canvas: Canvas, left: float, top: float) -> None:
        """Draw the portrait or the frame."""
        if self.picture is None:
            frame(canvas, left, top, self.width, self.height, HAIRLINE)
            self.note.draw(canvas, left, top - (self.height - self.note.height) / 2)
            return
        pixels_wide, pixels_high = self.picture.getSize()
        scale = min(self.width / pixels_wide, self.height / pixels_high)
        wide, high = pixels_wide * scale, pixels_high * scale
        x, y = left + (self.width - wide) / 2, top - (self.height + high) / 2
        canvas.drawImage(self.picture, x, y, wide, high)


def photo_figure(photo: Photo, setter: Typesetter, width: float) -> PhotoFigure:
    """Prepare a portrait at most `width` points wide. Raises DamagedPhoto."""
    picture = read_photo(photo.jpeg) if photo.jpeg is not None else None
    scale = min(1.0, width / (photo.width_mm * mm))
    wide, high = photo.width_mm * mm * scale, photo.height_mm * mm * scale
    style = Style(CAPTION, leading=1.3, align=Align.CENTRE, ink=SOFT)
    return PhotoFigure(picture, wide, high, setter.fit(photo.missing, style, wide, floor=6.0))


def draw_qr(canvas: Canvas, modules: qr.Matrix, left: float, top: float, side: float) -> None:
    """Draw a QR code with its quiet zone as one filled path in a square of `side` points."""
    modules_a_side = len(modules) + 2 * qr.QUIET_ZONE
    canvas.saveState()
    canvas.translate(left, top)
    # Whole numbers of modules keep the path short; y grows downwards as the rows do.
    canvas.scale(side / modules_a_side, -side / modules_a_side)
    canvas.setFillGray(0)
    zone = qr.QUIET_ZONE
    path = [f"{column + zone} {row + zone} {run} 1 re" for row, column, run in qr.runs(modules)]
    # The library's own path writes each number as a fraction, at five times the cost.
    canvas.addLiteral("\n".join((*path, "f")))
    canvas.restoreState()


@dataclass(frozen=True)
class QrFigure:
    """A QR code of `side` points with its caption under it."""

    modules: qr.Matrix
    side: float
    caption: TextBox | None

    @property
    def height(self) -> float:
        """Points from the top of the code to the bottom of the caption."""
        return self.side + (self.caption.height if self.caption else 0.0)

    def draw(self, canvas: Canvas, left: float, top: float) -> None:
        """Draw the code and its caption."""
        draw_qr(canvas, self.modules, left, top, self.side)
        if self.caption:
            self.caption.draw(canvas, left, top - self.side)


def qr_figure(block: QrBlock, setter: Typesetter, width: float) -> QrFigure:
    """Prepare a QR code at most `width` points wide."""
    side = min(block.side_mm * mm, width)
    style = Style(CAPTION, leading=1.3, align=Align.CENTRE)
    caption = setter.fit(block.caption, style, side, floor=6.0) if block.caption else None
    return QrFigure(qr.matrix(block.text), side, caption)


def draw_seal(
    canvas: Canvas, setter: Typesetter, seal: Seal, left: float, top: float, side: float
) -> None:
    """Draw a square seal: up to four Han characters in columns from the right, else in lines."""
    canvas.saveState()
    canvas.setStrokeColorRGB(*VERMILION)
    canvas.setLineWidth(side * 0.035)
    inset = side * 0.02
    canvas.rect(left + inset, top - side + inset, side - 2 * inset, side - 2 * inset)
    inset = side * 0.075
    canvas.setLineWidth(side * 0.008)
    canvas.rect(left + inset, top - side + inset, side - 2 * inset, side - 2 * inset)
    canvas.restoreState()
    inner = side * 0.76
    text = seal.text if len(seal.text) != 4 or seal.text.isascii() else _in_columns(seal.text)
    lines = text.split("\n")
    style = Style(
        inner / max(len(lines), 2), leading=1.0, bold=True, align=Align.CENTRE, ink=VERMILION
    )
    box = setter.fit(text, style, inner, floor=4.0)
    box.draw(canvas, left + side * 0.12, top - (side - box.height) / 2)


def _in_columns(text: str) -> str:
    """Arrange four characters two by two, read downwards from the right."""
    return f"{text[2]}{text[0]}\n{text[3]}{text[1]}"
