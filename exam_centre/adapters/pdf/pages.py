"""Pieces to pages, pages to a PDF file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from itertools import takewhile

from reportlab import rl_config
from reportlab.lib.pagesizes import A3, A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from exam_centre.adapters.pdf.blocks import Align, Document, Page, content_hash, texts
from exam_centre.adapters.pdf.fonts import Fonts
from exam_centre.adapters.pdf.lines import Style, TextBox, Typesetter
from exam_centre.adapters.pdf.marks import HAIRLINE, SOFT, rule
from exam_centre.adapters.pdf.piece import Piece, Start, TooLargeForAPage, stack_height
from exam_centre.adapters.pdf.pieces import Composer
from exam_centre.kernel.sentences import say

AUTHOR = "Exam Centre"
LANGUAGE_TAGS = {"zh": "zh-Hans-CN", "en": "en"}
HASH_DIGITS = 16  # of the content's hash, in groups of four
FOOTER_TOP = 15 * mm  # from the sheet's lower edge
FOOTER_STYLE = Style(7.5, leading=1.35, ink=SOFT)
RUNNING_STYLE = Style(8.5, leading=1.3, ink=SOFT)
RUNNING_ABOVE = 3 * mm  # from the text's top to the running head's
BELOW_FOLD = 8 * mm
TOLERANCE = 0.01  # points

# Streams as bytes: as text they take a quarter more, and most of the time of a large file.
rl_config.useA85 = 0


@dataclass(frozen=True)
class Sheet:
    """A sheet's size and margins in points."""

    width: float
    height: float
    side: float
    top: float
    bottom: float

    @property
    def body_width(self) -> float:
        """Points between the side margins."""
        return self.width - 2 * self.side


SHEETS = {
    Page.PORTRAIT: Sheet(*A4, side=18 * mm, top=15 * mm, bottom=20 * mm),
    Page.LANDSCAPE: Sheet(*landscape(A4), side=16 * mm, top=14 * mm, bottom=20 * mm),
    Page.WIDE: Sheet(*landscape(A3), side=16 * mm, top=14 * mm, bottom=20 * mm),
    Page.CERTIFICATE: Sheet(*A4, side=32 * mm, top=34 * mm, bottom=26 * mm),
}

SCALES = {Page.CERTIFICATE: 1.25, Page.WIDE: 1.4}


@dataclass
class PlacedPage:
    """The pieces of a page, each with its top in points from the sheet's lower edge."""

    pieces: list[tuple[Piece, float]] = field(default_factory=list)
    fold: bool = False


def draw(document: Document, fonts: Fonts) -> bytes:
    """Return the document as a PDF file; the same document always gives the same bytes.

    Raises CannotDraw where no font has a character, TooLargeForAPage where a row, a frame or a
    set of columns is taller than a page, DamagedPhoto and TooLongForQr for their blocks: always
    before anything is drawn.
    """
    return draw_batch((document,), document.title, fonts)


def draw_batch(documents: Sequence[Document], title: str, fonts: Fonts) -> bytes:
    """Return several documents as one file, each with its own number, hash and page count.

    title  of the file as a whole. Raises as `draw`; ValueError for no documents.
    """
    if not documents:
        raise ValueError("a file has at least one document")
    fonts.check([title, *(text for document in documents for text in texts(document))])
    with fonts.lock:
        printed = [_Printed(document, fonts) for document in documents]
        buffer = BytesIO()
        canvas = Canvas(
            buffer,
            invariant=1,
            pageCompression=1,
            lang=LANGUAGE_TAGS.get(documents[0].language, documents[0].language),
        )
        canvas.setTitle(title)
        canvas.setAuthor(AUTHOR)
        canvas.setCreator(AUTHOR)
        canvas.setSubject(documents[0].number if len(documents) == 1 else title)
        canvas.setViewerPreference("DisplayDocTitle", "true")
        for number, each in enumerate(printed):
            each.draw(canvas, f"document-{number}" if len(printed) > 1 else "")
        canvas.save()
    return buffer.getvalue()


class _Printed:
    """A document laid out: its pages are known before the first is drawn."""

    def __init__(self, document: Document, fonts: Fonts) -> None:
        self._document = document
        self._sheet = SHEETS[document.page]
        self._setter = Typesetter(fonts, document.language)
        composer = Composer(self._setter, SCALES.get(document.page, 1.0))
        pieces = composer.compose(document.blocks, self._sheet.body_width)
        paginator = Paginator(self._sheet, document.title)
        paginator.place(pieces)
        self._pages = paginator.pages
        digest = content_hash(document)[:HASH_DIGITS]
        groups = " ".join(digest[place : place + 4] for place in range(0, HASH_DIGITS, 4))
        self._facts = (
            say("No. {number}", number=document.number).say_in(document.language),
            say("Content {digest}", digest=groups).say_in(document.language),
            *(f"{label} {value}" for label, value in document.footer),
        )

    def draw(self, canvas: Canvas, bookmark: str) -> None:
        """Draw every page; a bookmark leads to the first."""
        sheet = self._sheet
        for number, page in enumerate(self._pages, 1):
            canvas.setPageSize((sheet.width, sheet.height))
            if bookmark and number == 1:
                canvas.bookmarkPage(bookmark)
                name = f"{self._document.title} {self._document.number}"
                canvas.addOutlineEntry(name, bookmark)
            if number > 1:
                self._draw_running_head(canvas)
            if page.fold:
                _draw_fold(canvas, sheet)
            for piece, top in page.pieces:
                piece.draw(canvas, sheet.side, top)
            self._draw_footer(canvas, number)
            canvas.showPage()

    def _draw_running_head(self, canvas: Canvas) -> None:
        sheet = self._sheet
        title = self._setter.fit(self._document.title, RUNNING_STYLE, sheet.body_width, 6.0)
        first = TextBox(title.lines[:1], title.style, title.width)
        first.draw(canvas, sheet.side, sheet.height - sheet.top + RUNNING_ABOVE + title.line_height)

    def _draw_footer(self, canvas: Canvas, number: int) -> None:
        sheet = self._sheet
        position = say("Page {page} of {pages}", page=number, pages=len(self._pages))
        place = position.say_in(self._document.language)
        right = replace(FOOTER_STYLE, align=Align.RIGHT)
        room = self._setter.natural_width(place, right) + 1
        facts = "   ".join(self._facts)
        rule(canvas, sheet.side, FOOTER_TOP, sheet.body_width, HAIRLINE)
        left_box = self._setter.fit(facts, FOOTER_STYLE, sheet.body_width - room - 8, floor=6.0)
        left_box.draw(canvas, sheet.side, FOOTER_TOP - 3)
        place_box = self._setter.wrap(place, right, room)
        place_box.draw(canvas, sheet.side + sheet.body_width - room, FOOTER_TOP - 3)


class Paginator:
    """Places pieces on pages of one kind of sheet."""

    def __init__(self, sheet: Sheet, title: str) -> None:
        self._sheet = sheet
        self._title = title
        self.pages = [PlacedPage()]
        self._y = sheet.height - sheet.top
        self._is_fresh = True  # nothing placed since the top of the page or the fold

    def place(self, pieces: Sequence[Piece]) -> None:
        """Place all pieces. Raises TooLargeForAPage for one that is taller than a page."""
        for number, piece in enumerate(pieces):
            if piece.start is Start.BOTTOM:
                self._place_from(pieces[:number])
                rest = pieces[number + 1 :]
                self._sink(_stack_until_page(rest))
                self.place(rest)
                return
        self._place_from(pieces)

    def _place_from(self, pieces: Sequence[Piece]) -> None:
        for group in _groups(pieces):
            if group[0].start is Start.PAGE:
                self._turn()
            elif group[0].start is Start.FOLD:
                self._fold()
            elif self._height(group) <= self._whole_page():
                self._place_together(group)
            else:
                for piece in group:
                    self._place_together([piece])

    def _place_together(self, group: list[Piece]) -> None:
        if self._height(group) > self._room():
            self._turn()
            head = group[0].head
            group = [head, *group] if head else group
            if self._height(group) > self._room():
                raise TooLargeForAPage(self._title)
        for piece in group:
            self._y -= 0.0 if self._is_fresh else piece.before
            self.pages[-1].pieces.append((piece, self._y))
            self._y -= piece.height
            self._is_fresh = False

    def _turn(self) -> None:
        """Go to the top of a new page, unless this one is empty."""
        if self.pages[-1].pieces:
            self.pages.append(PlacedPage())
            self._y = self._sheet.height - self._sheet.top
            self._is_fresh = True

    def _fold(self) -> None:
        """Go below the fold; where the text is past it already, there is nothing to fold."""
        middle = self._sheet.height / 2
        if self._y > middle:
            self.pages[-1].fold = True
            self._y = middle - BELOW_FOLD
            self._is_fresh = True

    def _sink(self, height: float) -> None:
        """Go down so far that `height` ends at the foot of the page; on a new one at need."""
        if height > self._room():
            self._turn()
        if height <= self._room():
            self._y = self._sheet.bottom + height
            self._is_fresh = True

    def _height(self, group: Sequence[Piece]) -> float:
        return stack_height(group) + (0.0 if self._is_fresh else group[0].before)

    def _room(self) -> float:
        return self._y - self._sheet.bottom + TOLERANCE

    def _whole_page(self) -> float:
        return self._sheet.height - self._sheet.top - self._sheet.bottom


def _groups(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Yield what stays together: pieces up to and with the first that does not ask to stay."""
    group: list[Piece] = []
    for piece in pieces:
        if piece.start and group:
            yield group
            group = []
        group.append(piece)
        if not piece.stays:
            yield group
            group = []
    if group:
        yield group


def _stack_until_page(pieces: Sequence[Piece]) -> float:
    """Return the points of what stands before the next jump."""
    return stack_height(list(takewhile(lambda piece: piece.start is None, pieces)))


def _draw_fold(canvas: Canvas, sheet: Sheet) -> None:
    canvas.saveState()
    canvas.setLineWidth(HAIRLINE)
    canvas.setDash(3, 3)
    canvas.line(0, sheet.height / 2, sheet.width, sheet.height / 2)
    canvas.restoreState()
