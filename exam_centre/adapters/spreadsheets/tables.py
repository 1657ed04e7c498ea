"""A table in a spreadsheet: the header found, columns by their names, rows by their numbers."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from exam_centre.adapters.spreadsheets.cells import (
    NOTHING,
    Cell,
    FileRefused,
    FileTooLarge,
    Limits,
    Row,
    Sheet,
    WrongFileType,
)
from exam_centre.adapters.spreadsheets.csv_files import read_csv
from exam_centre.adapters.spreadsheets.workbook import read_workbook
from exam_centre.kernel.sentences import say

LIMITS = Limits()
HEADER_WITHIN = 20  # rows; titles and notes may stand above the header
UNIMPORTANT = re.compile(r"[\s_*:：\-]|\(.*?\)")
# How other files begin; people choose them by mistake, or rename them.
OTHER_TYPES: Mapping[bytes, str] = {
    b"%PDF-": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7-Zip",
    b"\x1f\x8b": "gzip",
    b"{\\rtf": "RTF",
}
ARCHIVE = b"PK"
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
MARKUP = (b"<!doctype html", b"<html", b"<table", b"<?xml")


class NoHeader(FileRefused):
    """None of the first rows names a wanted column."""

    code = "no_header"

    def __init__(self, wanted: Sequence[str]) -> None:
        super().__init__(
            say(
                "None of the first {count} rows names the columns. Put a row with these names "
                "above the data: {columns}. Nothing was imported.",
                count=HEADER_WITHIN,
                columns=", ".join(wanted),
            )
        )


class MissingColumns(FileRefused):
    """The header lacks columns without which nothing can be imported."""

    code = "missing_columns"

    def __init__(self, row: int, columns: Sequence[str]) -> None:
        self.columns = tuple(columns)
        super().__init__(
            say(
                "Row {row} is the header, but these columns are missing: {columns}. Add them and "
                "upload again. Nothing was imported.",
                row=row,
                columns=", ".join(columns),
            )
        )


class RepeatedColumn(FileRefused):
    """Two columns mean the same thing."""

    code = "repeated_column"

    def __init__(self, row: int, column: str) -> None:
        super().__init__(
            say(
                "Row {row} names the column {column} twice. Keep one of them and upload again. "
                "Nothing was imported.",
                row=row,
                column=column,
            )
        )


@dataclass(frozen=True)
class Wanted:
    """A column the caller knows: its own name, and what people also write above it."""

    name: str
    aliases: Collection[str] = ()
    required: bool = True


@dataclass(frozen=True, slots=True)
class Record:
    """A row under the header; `cells` by the caller's names, only of columns the file has."""

    number: int
    cells: Mapping[str, Cell]
    hidden: bool
    merged: bool

    def cell(self, name: str) -> Cell:
        """Return a cell; an empty one where the file has no such column."""
        return self.cells.get(name, NOTHING)


@dataclass(frozen=True)
class Table:
    """The data of a file. `letters` says where a column stands, e.g. {"name": "B"}."""

    header_row: int
    letters: Mapping[str, str]
    unknown: tuple[str, ...]  # headers nobody asked for
    records: tuple[Record, ...]
    sheet: str
    other_sheets: tuple[str, ...]


def read(data: bytes, limits: Limits = LIMITS) -> Sheet:
    """Return the rows of a CSV or XLSX file that are not blank; the content decides, not a name.

    Raises FileTooLarge, before anything is parsed where sizes tell; WrongFileType; DamagedFile.
    """
    if len(data) > limits.file_bytes:
        raise FileTooLarge(
            say(
                "The file has more than {most} megabytes.",
                most=limits.file_bytes // 1_000_000,
            )
        )
    if not data.strip():
        raise WrongFileType(say("The file is empty."))
    if data.startswith(ARCHIVE):
        return read_workbook(data, limits)
    if data.startswith(OLD_OFFICE):
        raise WrongFileType(say("This is an old Excel file (.xls), or one with a password."))
    for start, kind in OTHER_TYPES.items():
        if data.startswith(start):
            raise WrongFileType(say("This is a {kind} file.", kind=kind))
    if data[:64].lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(MARKUP):
        raise WrongFileType(say("This is a web page or XML, whatever its name says."))
    return read_csv(data, limits)


def read_table(data: bytes, wanted: Sequence[Wanted], limits: Limits = LIMITS) -> Table:
    """Return the rows under the header, by the names of `wanted`.

    The header is the first of the topmost rows that names every required column. Upper and lower
    case, full width, blanks, underscores, stars, colons and remarks in brackets do not matter.
    Raises as `read`; NoHeader, MissingColumns, RepeatedColumn.
    """
    sheet = read(data, limits)
    meanings = {_key(each): one.name for one in wanted for each in (one.name, *one.aliases)}
    header, names = _find_header(sheet.rows[:HEADER_WITHIN], wanted, meanings)
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        if name is None:
            continue
        if name in places:
            raise RepeatedColumn(header.number, name)
        places[name] = place
    unknown = tuple(
        cell.text.strip()
        for cell, name in zip(header.cells, names, strict=True)
        if name is None and cell.text.strip()
    )
    records = tuple(_record(row, places) for row in sheet.rows if row.number > header.number)
    letters = {name: column_letters(place + 1) for name, place in places.items()}
    return Table(header.number, letters, unknown, records, sheet.name, sheet.others)


def column_letters(number: int) -> str:
    """Return a column's letters: 1 is A, 27 is AA."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _find_header(
    rows: Sequence[Row], wanted: Sequence[Wanted], meanings: Mapping[str, str]
) -> tuple[Row, list[str | None]]:
    required = [each.name for each in wanted if each.required]
    best: tuple[int, Row, list[str | None]] | None = None
    for row in rows:
        names = [meanings.get(_key(cell.text)) for cell in row.cells]
        found = len(set(names) - {None})
        if found and not set(required) - set(names):
            return row, names
        if found and (best is None or found > best[0]):
            best = found, row, names
    if best is None:
        raise NoHeader(required or [each.name for each in wanted])
    _, row, names = best
    raise MissingColumns(row.number, [each for each in required if each not in names])


def _record(row: Row, places: Mapping[str, int]) -> Record:
    cells = {
        name: row.cells[place] if place < len(row.cells) else NOTHING
        for name, place in places.items()
    }
    return Record(row.number, cells, row.hidden, row.merged)


def _key(header: str) -> str:
    plain = unicodedata.normalize("NFKC", header).casefold()
    return UNIMPORTANT.sub("", plain)
