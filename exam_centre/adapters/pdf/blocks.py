"""What a printed document may consist of: small typed blocks, said in a room, drawn here."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from typing import TypeAlias


class Align(StrEnum):
    """Where text stands in the width it is given."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class Size(StrEnum):
    """How large a paragraph is set."""

    SMALL = "small"
    BODY = "body"
    LARGE = "large"
    DISPLAY = "display"  # a name on a certificate


class Page(StrEnum):
    """A sheet and its margins."""

    PORTRAIT = "portrait"  # A4
    LANDSCAPE = "landscape"  # A4
    WIDE = "wide"  # A3 landscape
    CERTIFICATE = "certificate"  # A4 portrait with wide margins, everything set larger


@dataclass(frozen=True)
class Heading:
    """A heading: level 1 for the document, 2 and 3 inside it. Stays with what follows it."""

    text: str
    level: int = 1
    align: Align = Align.LEFT


@dataclass(frozen=True)
class Text:
    """A paragraph, or several with line breaks between them."""

    text: str
    size: Size = Size.BODY
    bold: bool = False
    align: Align = Align.LEFT


@dataclass(frozen=True)
class Bullets:
    """A list; numbered, or with a box to tick before each item."""

    items: tuple[str, ...]
    numbered: bool = False
    boxes: bool = False


@dataclass(frozen=True)
class Facts:
    """Labels with their values, in one or more columns. A long value shrinks, then wraps."""

    pairs: tuple[tuple[str, str], ...]
    columns: int = 1
    label_mm: float = 26.0


@dataclass(frozen=True)
class Photo:
    """A portrait as JPEG bytes that storage cleaned; None leaves an empty frame with `missing`."""

    jpeg: bytes | None
    width_mm: float = 26.0
    height_mm: float = 34.0
    missing: str = ""


@dataclass(frozen=True)
class QrBlock:
    """A QR code with what people may type instead under it."""

    text: str
    side_mm: float = 34.0  # quiet zone included
    caption: str = ""


@dataclass(frozen=True)
class Tick:
    """An empty box to tick by hand, in a table's cell."""


Cell: TypeAlias = str | Photo | QrBlock | Tick


@dataclass(frozen=True)
class Column:
    """A table's column: its head, its share of the width, and how its texts stand.

    weight  share of what the columns with a width leave; width_mm fixes it instead.
    shrink  texts get smaller to stay on one line before they wrap: right for names and codes.
    """

    head: str
    weight: float = 1.0
    width_mm: float | None = None
    align: Align = Align.LEFT
    bold: bool = False
    shrink: bool = True


@dataclass(frozen=True)
class Table:
    """Rows of cells under heads that repeat on each page; no row is broken.

    row_mm  the least height of a row, for signatures and stamps.
    Raises  ValueError where a row has not as many cells as there are columns.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    row_mm: float = 0.0
    size: Size = Size.BODY

    def __post_init__(self) -> None:
        for number, row in enumerate(self.rows, 1):
            if len(row) != len(self.columns):
                raise ValueError(f"row {number} has {len(row)} cells, not {len(self.columns)}")


@dataclass(frozen=True)
class Plate:
    """What must be read from afar, set like a platform sign: a seat, a room, a count."""

    text: str
    label: str = ""
    points: float = 60.0  # shrinks where the width does not hold it
    framed: bool = False


@dataclass(frozen=True)
class GridCell:
    """A desk, a label, a station: a small line, a large one and a small one; all may be empty."""

    main: str
    above: str = ""
    below: str = ""
    dark: bool = False  # white on black, for what must be found


@dataclass(frozen=True)
class Grid:
    """Framed cells in rows, e.g. a seating chart or desk labels; None is a gap without a frame.

    front  stands above the first row, as a bar over the whole width: where the room's front is.
    door   stands at the left or right end of that bar.
    Raises ValueError where the rows differ in length.
    """

    rows: tuple[tuple[GridCell | None, ...], ...]
    row_mm: float = 16.0
    gap_mm: float = 2.0
    main_points: float = 14.0
    front: str = ""
    door: str = ""
    door_at: Align = Align.LEFT

    def __post_init__(self) -> None:
        if len({len(row) for row in self.rows}) > 1:
            raise ValueError("the rows of a grid have one length")


@dataclass(frozen=True)
class Rule:
    """A line across the width."""

    heavy: bool = False


@dataclass(frozen=True)
class Spacer:
    """Empty height."""

    height_mm: float


@dataclass(frozen=True)
class PageBreak:
    """What follows begins a page."""


@dataclass(frozen=True)
class ToBottom:
    """What follows, up to the next page, stands at the foot of the page."""


@dataclass(frozen=True)
class Fold:
    """A dashed line across the middle of the sheet, where it folds to A5; what follows is below."""


@dataclass(frozen=True)
class Signatures:
    """Lines to sign on, each with a label; `dated` adds a place for the date."""

    labels: tuple[str, ...]
    per_row: int = 2
    dated: str = ""  # the word for the date, "" for none


@dataclass(frozen=True)
class Seal:
    """The centre's mark in vermilion: only where someone signed or released."""

    text: str  # two to four characters look right, e.g. "准予发证"
    below: str = ""
    side_mm: float = 26.0
    align: Align = Align.RIGHT


@dataclass(frozen=True)
class Boxed:
    """Blocks in a frame that stays on one page: notices, rights, announcements."""

    blocks: tuple["Block", ...]


@dataclass(frozen=True)
class Columns:
    """Blocks side by side, on one page; `weights` are shares of the width, equal if empty."""

    parts: tuple[tuple["Block", ...], ...]
    weights: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.weights and len(self.weights) != len(self.parts):
            raise ValueError("one weight for each part")


Block: TypeAlias = (
    Heading
    | Text
    | Bullets
    | Facts
    | Photo
    | QrBlock
    | Table
    | Plate
    | Grid
    | Rule
    | Spacer
    | PageBreak
    | ToBottom
    | Fold
    | Signatures
    | Seal
    | Boxed
    | Columns
)


@dataclass(frozen=True)
class Document:
    """One printed document; all its texts stand in `language`, "zh" or "en".

    title   in the metadata and at the head of the second page onwards.
    number  the document's number, in the footer of every page.
    footer  short facts between the number and the page, e.g. (("Plan", "v3"),).
    """

    title: str
    number: str
    language: str
    blocks: tuple[Block, ...]
    page: Page = Page.PORTRAIT
    footer: tuple[tuple[str, str], ...] = ()


def content_hash(document: Document) -> str:
    """Return 64 hexadecimal digits over everything the document says, photos included.

    The footer prints the first sixteen: two prints agree in them only if they say the same.
    """
    spelled = json.dumps(_plain(document), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(spelled.encode("utf-8", "surrogatepass")).hexdigest()


def texts(part: object) -> Iterator[str]:
    """Yield every text of a document or block that will be drawn."""
    if isinstance(part, StrEnum | bytes):
        return
    if isinstance(part, str):
        yield part
    elif isinstance(part, tuple):
        for each in part:
            yield from texts(each)
    elif isinstance(part, QrBlock):
        yield part.caption
    elif isinstance(part, Document):
        # The language is a code for the printer, not a text on the paper.
        yield from texts((part.title, part.number, part.blocks, part.footer))
    elif is_dataclass(part):
        for each in fields(part):
            yield from texts(getattr(part, each.name))


def _plain(part: object) -> object:
    if isinstance(part, bytes):
        return ["sha256", hashlib.sha256(part).hexdigest()]
    if isinstance(part, tuple):
        return [_plain(each) for each in part]
    if is_dataclass(part):
        return [type(part).__name__, *(_plain(getattr(part, each.name)) for each in fields(part))]
    return part
