"""What a spreadsheet holds once it is read: cells with their kinds, rows with their numbers."""

import re
from dataclasses import dataclass
from enum import StrEnum

from exam_centre.kernel.errors import BadInput
from exam_centre.kernel.sentences import Sentence, say

SCIENTIFIC = re.compile(r"[+-]?[0-9](\.[0-9]+)?E\+[0-9]{2,3}", re.IGNORECASE)
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")

FORMULA_STARTS = "=＝"
# After a sign that also begins phone numbers and remarks: @SUM(..., -2+cmd|..., +A1.
CALL = re.compile(r"[+@＋＠－-](.*([A-Za-z]\(|[|!])|[A-Z]{1,3}[0-9]{1,7}\b)", re.DOTALL)
# What some program runs as a formula; blanks before it do not stop all of them.
LIVE = re.compile("\\s*[=+@＝＋－＠-]|[\t\r\n]")
APOSTROPHE = "'"


class Kind(StrEnum):
    """How a cell is stored, which is not always how it looks."""

    EMPTY = "empty"
    TEXT = "text"
    NUMBER = "number"  # a spreadsheet keeps 15 digits of it and no leading zero
    DATE = "date"  # dates, times and durations
    TRUTH = "truth"
    FORMULA = "formula"  # live, or text that becomes live in the next program


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as a person sees it; blanks around the text are kept.

    Numbers look like 12, 0.5 or, from 16 digits on, 4.40E+17; dates like 2026-09-01 or
    2026-09-01 08:30; a formula is its own text, never what it computed.
    """

    text: str
    kind: Kind

    @property
    def lost_digits(self) -> bool:
        """Whether a program turned a long number into 4.40E+17, here or before the file was saved.

        Digits that became zeros in a text can not be told from real ones: a check digit can.
        """
        return (
            self.kind in (Kind.NUMBER, Kind.TEXT)
            and SCIENTIFIC.fullmatch(self.text.strip()) is not None
        )

    @property
    def has_controls(self) -> bool:
        """Whether the text holds control characters other than tabs and line breaks."""
        return CONTROLS.search(self.text) is not None


NOTHING = Cell("", Kind.EMPTY)


def text_cell(text: str) -> Cell:
    """Return the cell of a text: a formula where a spreadsheet program would take it for one.

    A lone apostrophe before such a text is how it was kept from becoming live, and goes.
    """
    if not text:
        return NOTHING
    if text[0] in FORMULA_STARTS or CALL.match(text):
        return Cell(text, Kind.FORMULA)
    if text[0] == APOSTROPHE and LIVE.match(text[1:]):
        return Cell(text[1:], Kind.TEXT)
    return Cell(text, Kind.TEXT)


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not blank.

    number  as the spreadsheet program shows it, the first row is 1.
    hidden  filtered away or hidden: people may not know that it is in the file.
    merged  some of its cells are merged, so that values may stand in another row or column.
    """

    number: int
    cells: tuple[Cell, ...]
    hidden: bool = False
    merged: bool = False


@dataclass(frozen=True)
class Sheet:
    """The rows of one sheet; cells begin at column A. A CSV file is one sheet without a name."""

    name: str
    rows: tuple[Row, ...]
    others: tuple[str, ...] = ()  # further visible sheets with content, which nobody read


@dataclass(frozen=True)
class Limits:
    """What a file may be; beyond it nothing is parsed."""

    file_bytes: int = 20_000_000
    entries: int = 200  # parts of a workbook
    unpacked_bytes: int = 128_000_000
    ratio: int = 100  # unpacked to packed
    rows: int = 200_000
    columns: int = 200
    area: int = 4_000_000  # rows x columns of the smallest rectangle around everything
    cell_characters: int = 8_000


class FileRefused(BadInput):
    """A file that is not read; nothing of it was imported."""

    code = "file_refused"


class WrongFileType(FileRefused):
    """By its content, the file is neither CSV nor XLSX, whatever its name says."""

    code = "wrong_file_type"

    def __init__(self, found: Sentence) -> None:
        super().__init__(
            say(
                "{found} Save it as an Excel workbook (.xlsx) or as CSV in UTF-8, and upload "
                "that. Nothing was imported.",
                found=found,
            )
        )


class FileTooLarge(FileRefused):
    """The file is beyond one of the limits."""

    code = "file_too_large"

    def __init__(self, what: Sentence) -> None:
        super().__init__(
            say("{what} Split the file and upload the parts. Nothing was imported.", what=what)
        )


class DamagedFile(FileRefused):
    """The file claims to be a workbook or a table and can not be read as one."""

    code = "damaged_file"

    def __init__(self, what: Sentence) -> None:
        super().__init__(
            say(
                "{what} Open the file in a spreadsheet program, save it again and upload that. "
                "Nothing was imported.",
                what=what,
            )
        )


def refuse_large_cell(text: str, row: int, limits: Limits) -> None:
    """Raise FileTooLarge for a cell with more characters than the limits allow."""
    if len(text) > limits.cell_characters:
        raise FileTooLarge(
            say(
                "A cell in row {row} has {length} characters; {most} are allowed.",
                row=row,
                length=len(text),
                most=limits.cell_characters,
            )
        )


def refuse_large_sheet(rows: int, columns: int, limits: Limits) -> None:
    """Raise FileTooLarge for a sheet that reaches beyond the limits, blank rows included."""
    if rows > limits.rows or columns > limits.columns or rows * columns > limits.area:
        raise FileTooLarge(
            say(
                "The sheet reaches to row {rows} and column {columns}; {most_rows} rows, "
                "{most_columns} columns and {area} cells are allowed. Delete blank rows and "
                "columns at its end.",
                rows=rows,
                columns=columns,
                most_rows=limits.rows,
                most_columns=limits.columns,
                area=limits.area,
            )
        )
