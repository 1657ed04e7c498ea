"""Text to lines: where lines may break in Chinese and in Latin, and runs in one font each."""

from dataclasses import dataclass, replace
from itertools import pairwise

from reportlab.pdfgen.canvas import Canvas

from exam_centre.adapters.pdf.blocks import Align
from exam_centre.adapters.pdf.fonts import NO_BREAK, Fonts, Glyph, printable

NEVER_FIRST = frozenset(
    "!%),.:;?]}¢°'\"†‡›»℃‰′″∶、。〃々〆〕〗〞﹚﹜！＂％＇），．：；？！］｝～》」』】〉〙〛’”—…‥·・-~"
)
NEVER_LAST = frozenset("([{£¥$‹«〈《「『【〔〖〘〚〝﹙﹛（［｛￥＄‘“")
EITHER_WAY = frozenset("\"'-")  # open what follows where a blank stands before them
BOUND = frozenset((NO_BREAK, "\xa0", "·", "・"))  # nothing breaks before or after these
GAP = 0.18  # ems between a Han character and a Latin letter or digit
MOST_SLACK = 1.2  # ems a line may lack and still be spread to the full width
ASCENT = 0.88  # of the em box that Han characters fill
BLACK = (0.0, 0.0, 0.0)
FINEST_STEP = 0.25  # points; sizes between would not be told apart


@dataclass(frozen=True)
class Style:
    """How a text is set; `leading` is the height of a line in ems."""

    size: float
    leading: float = 1.5
    bold: bool = False
    align: Align = Align.LEFT
    spread: bool = False  # lines of a paragraph reach the right edge
    ink: tuple[float, float, float] = BLACK  # red, green, blue from 0 to 1

    @property
    def baseline(self) -> float:
        """Points from the top of a line to its baseline."""
        return (self.size * self.leading - self.size) / 2 + ASCENT * self.size


@dataclass(frozen=True)
class Run:
    """Characters in one font, beginning `x` points from the line's start."""

    font: str
    text: str
    x: float


@dataclass(frozen=True)
class Line:
    """Runs on one baseline; `spacing` points are added after each character."""

    runs: tuple[Run, ...]
    width: float
    spacing: float = 0.0


@dataclass(frozen=True)
class TextBox:
    """Lines ready to be drawn."""

    lines: tuple[Line, ...]
    style: Style
    width: float

    @property
    def line_height(self) -> float:
        """Points from one baseline to the next."""
        return self.style.size * self.style.leading

    @property
    def height(self) -> float:
        """Points from the top of the first line to the bottom of the last."""
        return self.line_height * len(self.lines)

    def draw(self, canvas: Canvas, left: float, top: float) -> None:
        """Draw all lines, the first one's top at `top`."""
        for number, line in enumerate(self.lines):
            self.draw_line(canvas, line, left, top - number * self.line_height)

    def draw_line(self, canvas: Canvas, line: Line, left: float, top: float) -> None:
        """Draw one line in a line's height below `top`."""
        baseline = top - self.style.baseline
        slack = self.width - line.width
        shift = {Align.LEFT: 0.0, Align.CENTRE: slack / 2, Align.RIGHT: slack}[self.style.align]
        pen = canvas.beginText()
        pen.setFillColorRGB(*self.style.ink)
        pen.setCharSpace(line.spacing)
        for run in line.runs:
            pen.setTextOrigin(left + shift + run.x, baseline)
            pen.setFont(run.font, self.style.size)
            pen.textOut(run.text)
        pen.setCharSpace(0)
        canvas.drawText(pen)


@dataclass(frozen=True)
class Typesetter:
    """Sets texts of one language in one set of fonts. Every text must have been checked before."""

    fonts: Fonts
    language: str

    def wrap(self, text: str, style: Style, width: float) -> TextBox:
        """Break a text into lines of at most `width` points; a token longer than that breaks."""
        lines: list[Line] = []
        for paragraph in printable(text, self.language).split("\n"):
            lines += self._paragraph(paragraph, style, width)
        return TextBox(tuple(lines), style, width)

    def fit(self, text: str, style: Style, width: float, floor: float) -> TextBox:
        """Set a text smaller, down to `floor` points, so that it stays on one line; else wrap.

        Where even the floor needs several lines, the largest size with as few lines is taken.
        """
        plain = printable(text, self.language)
        natural = max(self._natural(each, style.bold) for each in plain.split("\n"))
        size = style.size
        if natural * size > width:
            steps = int(width / natural / FINEST_STEP) if natural else 0
            size = max(min(floor, style.size), min(steps * FINEST_STEP, style.size))
        least = self.wrap(text, replace(style, size=size), width)
        wanted = len(plain.split("\n"))
        while len(least.lines) > wanted and size < style.size:
            size = min(size + 2 * FINEST_STEP, style.size)
            larger = self.wrap(text, replace(style, size=size), width)
            if len(larger.lines) > len(least.lines):
                break
            least = larger
        return least

    def natural_width(self, text: str, style: Style) -> float:
        """Return the points a text takes on one line."""
        return self._natural(printable(text, self.language), style.bold) * style.size

    def _natural(self, text: str, bold: bool) -> float:
        drawn = _Measured.of(text, bold, self.fonts)
        return sum(drawn.advances) + sum(drawn.gaps[1:])

    def _paragraph(self, text: str, style: Style, width: float) -> list[Line]:
        drawn = _Measured.of(text, style.bold, self.fonts)
        cuts = drawn.cuts(width / style.size)
        if not cuts:
            return [Line((), 0.0)]
        last = len(cuts) - 1
        return [
            drawn.line(start, end, style, width if style.spread and number != last else None)
            for number, (start, end) in enumerate(cuts)
        ]


@dataclass(frozen=True)
class _Measured:
    """A paragraph with, per character, its glyph, its advance and the gap before it, in ems."""

    text: str
    glyphs: tuple[Glyph | None, ...]
    advances: tuple[float, ...]
    gaps: tuple[float, ...]

    @classmethod
    def of(cls, text: str, bold: bool, fonts: Fonts) -> "_Measured":
        glyphs = tuple(None if each == NO_BREAK else fonts.glyph(each, bold) for each in text)
        gaps = [GAP if _wants_gap(one, two) else 0.0 for one, two in pairwise(text)]
        advances = tuple(glyph.advance if glyph else 0.0 for glyph in glyphs)
        return cls(text, glyphs, advances, (0.0, *gaps))

    def cuts(self, width: float) -> list[tuple[int, int]]:
        """Return (start, end) of each line, for lines of `width` ems."""
        cuts: list[tuple[int, int]] = []
        start, length = 0, len(self.text)
        while start < length:
            end = self._end_of_line(start, width)
            visible = end
            while visible > start and self.text[visible - 1] == " ":
                visible -= 1
            cuts.append((start, visible))
            start = end
            while start < length and self.text[start] == " ":
                start += 1
        return self._without_orphan(cuts)

    def line(self, start: int, end: int, style: Style, full: float | None) -> Line:
        """Make a line of the characters from start to end; spread it to `full` points if near."""
        width = (sum(self.advances[start:end]) + sum(self.gaps[start + 1 : end])) * style.size
        count = sum(glyph is not None for glyph in self.glyphs[start:end])
        spacing = 0.0
        if full is not None and count > 1 and 0 < full - width <= MOST_SLACK * style.size:
            spacing = (full - width) / (count - 1)
        runs: list[Run] = []
        font, letters, begin, x = "", "", 0.0, 0.0
        for place in range(start, end):
            glyph = self.glyphs[place]
            if glyph is None:
                continue
            gap = self.gaps[place] if place > start else 0.0
            if glyph.font != font or gap:
                if letters:
                    runs.append(Run(font, letters, begin))
                x += gap * style.size
                font, letters, begin = glyph.font, "", x
            letters += self.text[place]
            x += glyph.advance * style.size + spacing
        if letters:
            runs.append(Run(font, letters, begin))
        return Line(tuple(runs), full if spacing and full else width, spacing)

    def _end_of_line(self, start: int, width: float) -> int:
        used, best = 0.0, start
        for place in range(start, len(self.text)):
            if place > start:
                used += self.gaps[place]
                if self._breaks_before(place):
                    best = place
            used += self.advances[place]
            if used > width + 1e-6 and self.text[place] != " ":
                return best if best > start else self._forced_end(start, place)
        return len(self.text)

    def _forced_end(self, start: int, place: int) -> int:
        """Break inside a token that is longer than the line, still not before a closing sign."""
        end = place
        while end > start + 1 and (
            self.text[end] in NEVER_FIRST or self.text[end - 1] in NEVER_LAST
        ):
            end -= 1
        return end if end > start + 1 else max(place, start + 1)

    def _without_orphan(self, cuts: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Move a character down where one would stand alone on the last line."""
        if len(cuts) < 2:
            return cuts
        (start, end), (last, stop) = cuts[-2:]
        if sum(each not in NEVER_FIRST for each in self.text[last:stop]) != 1 or end != last:
            return cuts
        for place in range(end - 1, max(start + 1, end - 4), -1):
            if self._breaks_before(place):
                return [*cuts[:-2], (start, place), (place, stop)]
        return cuts

    def _breaks_before(self, place: int) -> bool:
        return _may_break(self.text[place - 1], self.text[place])


def _may_break(one: str, two: str) -> bool:
    """Whether a line may end between two neighbours."""
    if two == " " or one in BOUND or two in BOUND or one in NEVER_LAST:
        return False
    if two in NEVER_FIRST:
        return one == " " and two in EITHER_WAY
    if one == " ":
        return True
    if _is_wide(one) or _is_wide(two):
        return True
    # 2026-09-01 and 32-04-ZJG stay whole; well-known and and/or may break.
    return one in "-/" and two.isalpha() and two.islower()


def _is_wide(character: str) -> bool:
    """Han, kana, hangul and full-width signs, between which lines may break anywhere."""
    code = ord(character)
    return (
        0x2E80 <= code <= 0xD7A3
        or 0xF900 <= code <= 0xFAFF
        or 0xFE30 <= code <= 0xFE4F
        or (0xFF00 <= code <= 0xFF60 or 0x20000 <= code <= 0x3FFFF)
        or character in "—…“”‘’"
    )


def _wants_gap(one: str, two: str) -> bool:
    return (_is_letter(one) and _is_han(two)) or (_is_han(one) and _is_letter(two))


def _is_letter(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _is_han(character: str) -> bool:
    code = ord(character)
    return 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0x20000 <= code <= 0x3FFFF
