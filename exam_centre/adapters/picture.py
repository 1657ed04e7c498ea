"""A sheet as a picture people can keep where their browser keeps no files: text, a code, a seal."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from exam_centre.adapters import qr
from exam_centre.adapters.pdf import Fonts

WIDTH, HEIGHT = 1080, 1528  # pixels, the shape of A4
MARGIN = 110
PAPER, INK, SOFT, VERMILION = "#FFFFFF", "#16212E", "#4A5968", "#B8301F"
LEADING = 1.45
QR_SIDE = 300
SEAL_SIDE = 190


@dataclass(frozen=True)
class PictureLine:
    """One centred line, or several where the width does not hold it. Sizes in pixels."""

    text: str
    size: int
    bold: bool = False
    soft: bool = False
    gap: int = 0  # above it


@dataclass(frozen=True)
class Picture:
    """What stands on the sheet: lines from the top, and at its foot a code, words and a seal."""

    lines: Sequence[PictureLine]
    qr_text: str
    beside: Sequence[PictureLine]
    seal: str  # four characters, read downwards from the right


def draw_picture(picture: Picture, fonts: Fonts, assets_dir: Path) -> bytes:
    """Return a PNG. Raises CannotDraw where no font has a character, before anything is drawn."""
    fonts.check([line.text for line in (*picture.lines, *picture.beside)] + [picture.seal])
    sheet = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = _Pen(ImageDraw.Draw(sheet), fonts, assets_dir)
    pen.draw.rectangle((40, 40, WIDTH - 41, HEIGHT - 41), outline=INK, width=3)
    pen.draw.rectangle((50, 50, WIDTH - 51, HEIGHT - 51), outline=INK, width=1)
    top = MARGIN
    for line in picture.lines:
        top = pen.lines(line, MARGIN, top + line.gap, WIDTH - 2 * MARGIN, centred=True)
    foot = HEIGHT - MARGIN - QR_SIDE
    _draw_code(pen.draw, picture.qr_text, MARGIN - 24, foot)
    top = foot + 24
    left = MARGIN + QR_SIDE
    for line in picture.beside:
        width = WIDTH - MARGIN - SEAL_SIDE - 16 - left
        top = pen.lines(line, left, top + line.gap, width, centred=False)
    _draw_seal(pen, picture.seal, WIDTH - MARGIN - SEAL_SIDE, foot + 60)
    buffer = BytesIO()
    sheet.quantize(32).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


class _Pen:
    """Writes text in the faces that have its characters, the same the printed sheet takes."""

    def __init__(self, draw: ImageDraw.ImageDraw, fonts: Fonts, assets_dir: Path) -> None:
        self.draw, self._fonts, self._files = draw, fonts, _files(assets_dir.resolve())

    def face(self, character: str, size: int, bold: bool) -> ImageFont.FreeTypeFont:
        glyph = self._fonts.glyph(character, bold)
        assert glyph is not None, "every character was checked"
        return _face(self._files[glyph.font], size)

    def width(self, text: str, size: int, bold: bool) -> float:
        return sum(self.face(each, size, bold).getlength(each) for each in text)

    def lines(self, line: PictureLine, left: int, top: int, width: int, *, centred: bool) -> int:
        """Write a line, wrapped where it must be, and return where the next one begins."""
        for text in self._wrapped(line, width):
            x: float = left
            if centred:
                x += (width - self.width(text, line.size, line.bold)) / 2
            self.write(text, x, top, line.size, line.bold, SOFT if line.soft else INK)
            top += int(line.size * LEADING)
        return top

    def write(self, text: str, x: float, top: float, size: int, bold: bool, ink: str) -> None:
        for each in text:
            face = self.face(each, size, bold)
            self.draw.text((x, top + size), each, fill=ink, font=face, anchor="ls")
            x += face.getlength(each)

    def _wrapped(self, line: PictureLine, width: int) -> list[str]:
        rows, row = [], ""
        for word in _words(line.text):
            if row and self.width(row + word.rstrip(), line.size, line.bold) > width:
                rows.append(row.rstrip())
                row = ""
            row += word
        return [*rows, row.rstrip()]


def _words(text: str) -> list[str]:
    """Return the pieces a line may break between: Latin words whole, Han characters singly."""
    words: list[str] = []
    for each in text:
        joins = bool(words) and each.isascii() and words[-1][-1].isascii() and words[-1][-1] != " "
        closes = bool(words) and each in "，。；：！？、》）”"
        if joins or closes:
            words[-1] += each
        else:
            words.append(each)
    return words


def _draw_code(draw: ImageDraw.ImageDraw, text: str, left: int, top: int) -> None:
    modules = qr.matrix(text)
    step = QR_SIDE // (len(modules) + 2 * qr.QUIET_ZONE)
    for row, column, length in qr.runs(modules):
        x, y = left + (column + qr.QUIET_ZONE) * step, top + (row + qr.QUIET_ZONE) * step
        draw.rectangle((x, y, x + length * step - 1, y + step - 1), fill="#000000")


def _draw_seal(pen: _Pen, text: str, left: int, top: int) -> None:
    box = (left, top, left + SEAL_SIDE, top + SEAL_SIDE)
    pen.draw.rectangle(box, outline=VERMILION, width=8)
    size = SEAL_SIDE * 2 // 5
    for number, each in enumerate(text[:4]):
        x = left + SEAL_SIDE / 2 + (4 if number < 2 else -size - 4)
        pen.write(each, x, top + 14 + (number % 2) * (size + 6), size, True, VERMILION)


@cache
def _face(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size)


@cache
def _files(assets_dir: Path) -> dict[str, Path]:
    """Return the name a font is registered under -> its file."""
    named: dict[str, str] = json.loads((assets_dir / "manifest.json").read_text())
    return {Path(each).stem: assets_dir / each for each in named.values() if each.endswith(".ttf")}
