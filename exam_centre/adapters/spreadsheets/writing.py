"""Writing XLSX and CSV in which nothing is live and no number loses a digit."""

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any, TypeAlias

from xlsxwriter import Workbook

from exam_centre.adapters.spreadsheets.cells import APOSTROPHE, LIVE

Value: TypeAlias = str | int | Decimal | None

EXACT = 10**15  # a spreadsheet keeps fifteen digits of a number
LONGEST_CELL = 32_767  # characters
MOST_ROWS = 1_048_576
LONGEST_NAME = 31
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
SURROGATES = re.compile("[\ud800-\udfff]")
WIDTH_ROWS = 500  # rows that decide on the columns' widths
NARROWEST, WIDEST = 6, 48  # in characters
BYTE_ORDER_MARK = "\ufeff"  # without it, spreadsheet programs take UTF-8 for something else


@dataclass(frozen=True)
class OutSheet:
    """A sheet to write. Texts stay texts; numbers are int or Decimal, which keeps its places.

    Raises ValueError where a row has not as many values as the header.
    """

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Value]]

    def __post_init__(self) -> None:
        for number, row in enumerate(self.rows, 2):
            if len(row) != len(self.header):
                raise ValueError(f"row {number} has {len(row)} values, not {len(self.header)}")


def write_xlsx(sheets: Sequence[OutSheet], made_at: datetime) -> bytes:
    """Return a workbook with frozen headers; the same input gives the same bytes.

    made_at  goes into its properties. ID numbers are texts: hand them over as str.
    Raises   ValueError for more rows or longer texts than a sheet holds.
    """
    buffer = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(buffer, options) as book:
        book.set_properties({"author": "Exam Centre", "created": made_at.replace(tzinfo=None)})
        formats = _Formats(book)
        for each in sheets:
            _write_sheet(book, each, formats)
    return buffer.getvalue()


def write_csv(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """Return UTF-8 with its mark and CRLF; texts that some program would run get an apostrophe.

    Spreadsheet programs cut long digits when they open CSV: give people XLSX where there are any.
    """
    text = StringIO(newline="")
    writer = csv.writer(text)
    for row in (header, *rows):
        writer.writerow([_harmless(value) for value in row])
    return (BYTE_ORDER_MARK + text.getvalue()).encode()


class _Formats:
    def __init__(self, book: Any) -> None:
        self._book = book
        self.header = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "num_format": "@"}
        )
        self.text = book.add_format({"num_format": "@", "valign": "top"})
        # Says to the program what an apostrophe says to a person: this is a text.
        self.quoted = book.add_format({"num_format": "@", "valign": "top", "quote_prefix": True})
        self._numbers: dict[int, Any] = {}

    def number(self, places: int) -> Any:
        """Return the format of numbers with so many digits after the point."""
        if places not in self._numbers:
            pattern = "0." + "0" * places if places else "0"
            self._numbers[places] = self._book.add_format({"num_format": pattern})
        return self._numbers[places]


def _write_sheet(book: Any, sheet: OutSheet, formats: _Formats) -> None:
    if len(sheet.rows) >= MOST_ROWS:
        raise ValueError(f"{len(sheet.rows)} rows do not fit into a sheet")
    page = book.add_worksheet(_sheet_name(sheet.name))
    page.freeze_panes(1, 0)
    for column, width in enumerate(_widths(sheet)):
        page.set_column(column, column, width)
    for column, text in enumerate(sheet.header):
        page.write_string(0, column, _whole(text), formats.header)
    for number, row in enumerate(sheet.rows, 1):
        for column, value in enumerate(row):
            _write(page, number, column, value, formats)


def _write(page: Any, row: int, column: int, value: Value, formats: _Formats) -> None:
    if value is None or value == "":
        return
    if isinstance(value, str):
        text = _whole(value)
        page.write_string(row, column, text, formats.quoted if LIVE.match(text) else formats.text)
        return
    number = Decimal(value)
    exponent = number.as_tuple().exponent  # a letter where it is no finite number
    if isinstance(exponent, str) or abs(number) >= EXACT:
        page.write_string(row, column, str(value), formats.text)
    else:
        page.write_number(row, column, value, formats.number(max(0, -exponent)))


def _whole(text: str) -> str:
    text = SURROGATES.sub("\ufffd", text)
    if len(text) > LONGEST_CELL:
        raise ValueError(f"a text of {len(text)} characters does not fit into a cell")
    return text


def _harmless(value: Value) -> str:
    if not isinstance(value, str):
        return "" if value is None else str(value)
    text = SURROGATES.sub("\ufffd", value)
    return APOSTROPHE + text if LIVE.match(text) else text


def _sheet_name(name: str) -> str:
    return NOT_IN_NAMES.sub(" ", name).strip("' ")[:LONGEST_NAME].strip("' ") or "Sheet"


def _widths(sheet: OutSheet) -> list[float]:
    columns = zip(sheet.header, *sheet.rows[:WIDTH_ROWS], strict=True)
    return [
        min(max(NARROWEST, *(_width(str(value or "")) for value in column)) + 2, WIDEST)
        for column in columns
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
